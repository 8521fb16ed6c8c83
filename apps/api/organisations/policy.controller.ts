import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '#application/caller.js';
import { OrganisationPolicyService } from '#application/organisations/organisation-policy.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { PageParameters } from '../schema/page.js';
import { PolicyInput, policyPages, PolicyView } from './policy.view.js';

@Controller('v1/policy')
@ApiTags('organisations')
export class PolicyController {
  constructor(private readonly policy: OrganisationPolicyService) {}

  @Get()
  @Operation({ id: 'getPolicy', summary: 'Get what the organisation decided for all its clusters', scope: 'admin:read', returns: PolicyView })
  get(@AsCaller() caller: Caller) {
    return this.policy.get(caller).then(PolicyView.of);
  }

  @Put()
  @Operation({
    id: 'putPolicy', summary: 'Decide for all clusters of the organisation',
    about: 'Counts from the next scan on, as a new version; what is left out stays as it is. Every change is an event.',
    scope: 'admin:write', returns: PolicyView, problems: [400, 409, 413, 415, 422],
  })
  put(@AsCaller() caller: Caller, @Body() input: PolicyInput) {
    return this.policy.put(caller, input).then(PolicyView.of);
  }

  @Get('versions')
  @Operation({ id: 'listPolicyVersions', summary: 'List what the organisation ever decided, newest first', scope: 'admin:read', returns: policyPages.List, problems: [400, 422] })
  versions(@AsCaller() caller: Caller, @Query() page: PageParameters) {
    return this.policy.versions(caller, page).then(policyPages.listOf);
  }
}
