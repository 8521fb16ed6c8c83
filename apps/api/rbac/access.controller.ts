import { Body, Controller, Get, Header, Param, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Caller } from '#application/caller.js';
import { AccessService } from '#application/rbac/access.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { DifferenceParameters, OfScanParameters } from '../scans/of-scan.js';
import { AccessRequestInput, CanIInput, CoversInput, EscalationParameters, RightSizeInput, RightsInput, WhatCanInput } from './access.input.js';
import { AccessDifferenceView, CanIAnswersView, CoversAnswerView, EscalationPathsView, RightSizedView, UnusedAccessView, WhatCanAnswerView, WhoCanAnswerView } from './access.view.js';

const about = 'By RBAC, from the evidence of a scan: Node, ABAC and webhook authorizers may allow more.';
const aboutPaths = 'By the rights that RBAC grants, and by the pods, nodes and tokens they lead to, from the evidence of a scan: each step says what makes it possible.';

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

  @Post('right-size')
  @RouteConfig({ isLarge: true })
  @Operation({ id: 'rightSizeAccess', summary: 'Roles of exactly what a subject uses', about: `${about} Up to 10,000 requests that it was seen to make become a manifest of roles and bindings for it alone; what it may not do today is left out and told. What it needs and did not use meanwhile is not in it.`, scope: 'access:read', returns: RightSizedView, problems: [400, 404, 409, 413, 415, 422] })
  rightSize(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan }: OfScanParameters, @Body() { used, byName = false, ...subject }: RightSizeInput) {
    return this.access.rightSize(caller, { clusterId, scanId: scan }, subject, used, byName).then(RightSizedView.of);
  }

  @Get('difference')
  @Operation({ id: 'accessDifference', summary: 'Who may do what that they might not at an earlier scan', about: `${about} What was lost is the difference the other way round.`, scope: 'access:read', returns: AccessDifferenceView, problems: [404, 409, 422] })
  difference(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan, before }: DifferenceParameters) {
    return this.access.difference(caller, { clusterId, scanId: scan }, before).then(AccessDifferenceView.of);
  }

  @Get('unused')
  @Operation({ id: 'unusedAccess', summary: 'Roles nobody is bound to, and bindings that lead nowhere', scope: 'access:read', returns: UnusedAccessView, problems: [404, 409, 422] })
  unused(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan }: OfScanParameters) {
    return this.access.unused(caller, { clusterId, scanId: scan }).then(UnusedAccessView.of);
  }

  @Get('escalation-paths')
  @Operation({ id: 'escalationPaths', summary: 'The shortest ways to cluster-admin', about: `${aboutPaths} Of everybody, or of one subject or workload.`, scope: 'access:read', returns: EscalationPathsView, problems: [404, 409, 422] })
  escalationPaths(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() parameters: EscalationParameters) {
    return this.access.escalationPaths(caller, { clusterId, scanId: parameters.scan }, EscalationParameters.read(parameters)).then(EscalationPathsView.of);
  }

  @Get('escalation-paths.mermaid')
  @Header('content-type', 'text/vnd.mermaid; charset=utf-8')
  @Operation({ id: 'escalationPathsMermaid', summary: 'The same ways for Mermaid', about: 'At most 200 arrows; those of conditional steps are dashed.', scope: 'access:read', returnsMedia: { type: 'text/vnd.mermaid', about: 'A flowchart.' }, problems: [404, 409, 422] })
  async escalationPathsMermaid(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() parameters: EscalationParameters) {
    return (await this.access.escalationPaths(caller, { clusterId, scanId: parameters.scan }, EscalationParameters.read(parameters))).escalation.mermaid;
  }
}
