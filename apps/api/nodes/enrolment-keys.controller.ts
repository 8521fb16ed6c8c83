import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '#application/caller.js';
import { EnrolmentKeysService } from '#application/nodes/enrolment-keys.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { PageParameters } from '../schema/page.js';
import { CreatedEnrolmentKeyView, CreateEnrolmentKeyInput, enrolmentKeyPages, EnrolmentKeyView } from './enrolment-key.view.js';

@Controller('v1')
@ApiTags('nodes')
export class EnrolmentKeysController {
  constructor(private readonly keys: EnrolmentKeysService) {}

  @Post('clusters/:id/enrolment-keys')
  @Operation({
    id: 'createEnrolmentKey', summary: "Create a key that a cluster's node collectors sign with",
    about: 'Who has it can send evidence of any node of this cluster, and nothing else. To replace one: create another, give it to the collectors, then revoke the old one.',
    scope: 'enrolment:write', status: 201, returns: CreatedEnrolmentKeyView, problems: [400, 404, 409, 413, 415, 422],
  })
  create(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Body() input: CreateEnrolmentKeyInput) {
    return this.keys.create(caller, clusterId, input).then(CreatedEnrolmentKeyView.of);
  }

  @Get('clusters/:id/enrolment-keys')
  @Operation({ id: 'listEnrolmentKeys', summary: "List a cluster's enrolment keys, newest first", scope: 'enrolment:read', returns: enrolmentKeyPages.List, problems: [400, 404, 422] })
  list(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() page: PageParameters) {
    return this.keys.list(caller, clusterId, page).then(enrolmentKeyPages.listOf);
  }

  @Get('enrolment-keys/:id')
  @Operation({ id: 'getEnrolmentKey', summary: 'Get an enrolment key, without its secret', scope: 'enrolment:read', returns: EnrolmentKeyView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.keys.get(caller, id).then(EnrolmentKeyView.of);
  }

  @Delete('enrolment-keys/:id')
  @Operation({ id: 'revokeEnrolmentKey', summary: 'Revoke an enrolment key', about: 'Counts at once and cannot be undone; what it signed before stays, and the key stays in the list, with the time.', scope: 'enrolment:write', returns: EnrolmentKeyView, problems: [404] })
  revoke(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.keys.revoke(caller, id).then(EnrolmentKeyView.of);
  }
}
