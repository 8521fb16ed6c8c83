import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Operator } from '#application/organisations/operator.js';
import { OrganisationsService } from '#application/organisations/organisations.service.js';
import { OperatorOnly } from '../access/access.guard.js';
import { AsOperator } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { PageParameters } from '../schema/page.js';
import { CreatedOrganisationView, CreateOrganisationInput, organisationPages } from './organisation.view.js';

@Controller('v1/organisations')
@ApiTags('organisations')
@OperatorOnly()
export class OrganisationsController {
  constructor(private readonly organisations: OrganisationsService) {}

  @Post()
  @Operation({ id: 'createOrganisation', summary: 'Create an organisation and its first API key', scope: 'operator', status: 201, returns: CreatedOrganisationView, problems: [400, 413, 415, 422] })
  create(@AsOperator() operator: Operator, @Body() input: CreateOrganisationInput) {
    return this.organisations.create(operator, input).then(CreatedOrganisationView.of);
  }

  @Get()
  @Operation({ id: 'listOrganisations', summary: 'List organisations, newest first', scope: 'operator', returns: organisationPages.List, problems: [400, 422] })
  list(@AsOperator() operator: Operator, @Query() page: PageParameters) {
    return this.organisations.list(operator, page).then(organisationPages.listOf);
  }
}
