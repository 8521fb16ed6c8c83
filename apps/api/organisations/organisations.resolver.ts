import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { Operator } from '#application/organisations/operator.js';
import { OrganisationPolicyService } from '#application/organisations/organisation-policy.service.js';
import { OrganisationsService } from '#application/organisations/organisations.service.js';
import { OperatorOnly } from '../access/access.guard.js';
import { AsCaller, AsOperator } from '../access/principal.js';
import { PageParameters } from '../schema/page.js';
import { CreatedOrganisationView, CreateOrganisationInput, organisationPages, OrganisationView } from './organisation.view.js';
import { PolicyInput, policyPages, PolicyView } from './policy.view.js';

@Resolver(() => OrganisationView)
export class OrganisationsResolver {
  constructor(
    private readonly service: OrganisationsService,
    private readonly policies: OrganisationPolicyService,
  ) {}

  @Query(() => organisationPages.Connection, { description: "Organisations, newest first. Takes the installation's operator key." })
  @OperatorOnly()
  organisations(@AsOperator() operator: Operator, @Args() page: PageParameters) {
    return this.service.list(operator, page).then(organisationPages.connectionOf);
  }

  @Mutation(() => CreatedOrganisationView, { description: "Creates an organisation and its first API key. Takes the installation's operator key." })
  @OperatorOnly()
  createOrganisation(@AsOperator() operator: Operator, @Args('input') input: CreateOrganisationInput) {
    return this.service.create(operator, input).then(CreatedOrganisationView.of);
  }

  @Query(() => PolicyView, { description: 'What the organisation decided for all its clusters.' })
  policy(@AsCaller() caller: Caller) {
    return this.policies.get(caller).then(PolicyView.of);
  }

  @Query(() => policyPages.Connection, { description: 'What the organisation ever decided, newest first.' })
  policyVersions(@AsCaller() caller: Caller, @Args() page: PageParameters) {
    return this.policies.versions(caller, page).then(policyPages.connectionOf);
  }

  @Mutation(() => PolicyView, { description: 'Decides for all clusters of the organisation; what is left out stays as it is.' })
  putPolicy(@AsCaller() caller: Caller, @Args('input') input: PolicyInput) {
    return this.policies.put(caller, input).then(PolicyView.of);
  }
}
