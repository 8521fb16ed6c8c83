import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Caller } from '#application/caller.js';
import { AccessService } from '#application/rbac/access.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { AccessRequestInput, CanIInput, CoversInput, OfScanParameters, RightsInput, WhatCanInput } from './access.input.js';
import { CanIAnswersView, CoversAnswerView, UnusedAccessView, WhatCanAnswerView, WhoCanAnswerView } from './access.view.js';

const about = 'By RBAC, from the evidence of a scan: Node, ABAC and webhook authorizers may allow more.';

@Controller('v1/clusters/:id/access')
@ApiTags('access')
export class AccessController {
  constructor(private readonly access: AccessService) {}

  @Post('can-i')
  @RouteConfig({ manyOf: 'queries' })
  @ApiConsumes('application/json', 'application/x-ndjson')
  @Operation({ id: 'canI', summary: 'Whether requests are allowed, and by which chain', about: `${about} Up to 10,000 queries; as \`application/x-ndjson\` one a line.`, scope: 'access:read', returns: CanIAnswersView, problems: [400, 404, 409, 413, 415, 422] })
  canI(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan }: OfScanParameters, @Body() { queries }: CanIInput) {
    return this.access.canI(caller, { clusterId, scanId: scan }, queries).then(CanIAnswersView.of);
  }

  @Post('who-can')
  @Operation({ id: 'whoCan', summary: 'Who may do something', about, scope: 'access:read', returns: WhoCanAnswerView, problems: [400, 404, 409, 413, 415, 422] })
  whoCan(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan }: OfScanParameters, @Body() request: AccessRequestInput) {
    return this.access.whoCan(caller, { clusterId, scanId: scan }, request).then(WhoCanAnswerView.of);
  }

  @Post('what-can')
  @Operation({ id: 'whatCan', summary: 'All that a subject may do', about, scope: 'access:read', returns: WhatCanAnswerView, problems: [400, 404, 409, 413, 415, 422] })
  whatCan(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan }: OfScanParameters, @Body() { namespace, ...subject }: WhatCanInput) {
    return this.access.whatCan(caller, { clusterId, scanId: scan }, subject, namespace).then(WhatCanAnswerView.of);
  }

  @Post('covers')
  @Operation({ id: 'covers', summary: "Whether one side's rights hold all of another's", about, scope: 'access:read', returns: CoversAnswerView, problems: [400, 404, 409, 413, 415, 422] })
  covers(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan }: OfScanParameters, @Body() { owner, servant }: CoversInput) {
    return this.access.covers(caller, { clusterId, scanId: scan }, RightsInput.read(owner, '/owner'), RightsInput.read(servant, '/servant')).then(CoversAnswerView.of);
  }

  @Get('unused')
  @Operation({ id: 'unusedAccess', summary: 'Roles nobody is bound to, and bindings that lead nowhere', scope: 'access:read', returns: UnusedAccessView, problems: [404, 409, 422] })
  unused(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan }: OfScanParameters) {
    return this.access.unused(caller, { clusterId, scanId: scan }).then(UnusedAccessView.of);
  }
}
