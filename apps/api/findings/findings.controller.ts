import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '#application/caller.js';
import { FindingsService } from '#application/findings/findings.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { eventPages } from '../events/event.view.js';
import { PageParameters } from '../schema/page.js';
import { ListFindingsParameters } from './finding.input.js';
import { findingPages, FindingView } from './finding.view.js';

@Controller('v1/findings')
@ApiTags('findings')
export class FindingsController {
  constructor(private readonly findings: FindingsService) {}

  @Get()
  @Operation({ id: 'listFindings', summary: 'List findings, worst first, then latest change first', about: 'Worst is the highest risk; where `orderBy` says so it is the severity, and of one severity the highest risk.', scope: 'findings:read', returns: findingPages.List, problems: [400, 422] })
  list(@AsCaller() caller: Caller, @Query() { first, after, orderBy, ...filter }: ListFindingsParameters) {
    return this.findings.list(caller, filter, { first, after }, orderBy).then(findingPages.listOf);
  }

  @Get(':id')
  @Operation({ id: 'getFinding', summary: 'Get a finding', scope: 'findings:read', returns: FindingView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.findings.get(caller, id).then(FindingView.of);
  }

  @Get(':id/history')
  @Operation({ id: 'getFindingHistory', summary: 'How a finding came to be, latest first', about: 'Its events, as far back as events are kept.', scope: 'findings:read', returns: eventPages.List, problems: [400, 404, 422] })
  history(@AsCaller() caller: Caller, @Param('id') id: string, @Query() page: PageParameters) {
    return this.findings.history(caller, id, page).then(eventPages.listOf);
  }
}
