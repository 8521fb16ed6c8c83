import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BenchmarkRunsService } from '#application/benchmarks/benchmark-runs.service.js';
import { Caller } from '#application/caller.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { PageParameters } from '../schema/page.js';
import { BenchmarkReportParameters, ListRegressionsParameters, ListRunItemsParameters, ListRunsParameters, RunDifferenceParameters } from './benchmark.input.js';
import { BenchmarkReportView, historyPages, itemPages, regressionPages, runPages } from './benchmark-run.view.js';
import { RunDifferenceView } from './fleet.view.js';
import { needsSubjects, reportMedia, sendReport } from './send-report.js';

const aboutReport = 'Manual and unknown items never count as a pass; what people attested is counted apart. A score stands beside its coverage. `items` of the run has the evidence, subject by subject; every other format has it too.';

@Controller('v1')
@ApiTags('benchmarks')
export class BenchmarkRunsController {
  constructor(private readonly runs: BenchmarkRunsService) {}

  @Get('clusters/:id/benchmark')
  @Operation({ id: 'getClusterBenchmark', summary: 'How a cluster stands by its benchmark, by its latest run', about: aboutReport, scope: 'scans:read', returns: BenchmarkReportView, returnsMedia: reportMedia, problems: [404, 409, 422] })
  async latest(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { format }: BenchmarkReportParameters, @Res({ passthrough: true }) reply: FastifyReply): Promise<BenchmarkReportView | string> {
    return sendReport(reply, await this.runs.latest(caller, clusterId, needsSubjects(format)), format);
  }

  @Get('clusters/:id/benchmark/items/:item/history')
  @Operation({ id: 'getItemHistory', summary: 'What the runs of a cluster said of one item, latest first', about: 'By its number in the latest run; history carries over where the number changed.', scope: 'scans:read', returns: historyPages.List, problems: [400, 404, 409, 422] })
  history(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Param('item') itemId: string, @Query() page: PageParameters) {
    return this.runs.history(caller, clusterId, itemId, page).then(historyPages.listOf);
  }

  @Get('clusters/:id/benchmark/regressions')
  @Operation({ id: 'listRegressions', summary: 'What passed and failed later, newest first', about: 'Open until all that regressed was seen to pass again: evidence that is missing ends nothing.', scope: 'scans:read', returns: regressionPages.List, problems: [400, 404, 422] })
  regressions(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { first, after, isOpen }: ListRegressionsParameters) {
    return this.runs.regressions(caller, clusterId, { ...(isOpen !== undefined && { isOpen }) }, { first, after }).then(regressionPages.listOf);
  }

  @Get('benchmark-runs')
  @Operation({ id: 'listBenchmarkRuns', summary: 'List runs of benchmarks, newest first: the trend', scope: 'scans:read', returns: runPages.List, problems: [400, 422] })
  list(@AsCaller() caller: Caller, @Query() { first, after, ...filter }: ListRunsParameters) {
    return this.runs.list(caller, filter, { first, after }).then(runPages.listOf);
  }

  @Get('benchmark-runs/:id')
  @Operation({ id: 'getBenchmarkRun', summary: 'One run, whole', about: aboutReport, scope: 'scans:read', returns: BenchmarkReportView, returnsMedia: reportMedia, problems: [404, 422] })
  async report(@AsCaller() caller: Caller, @Param('id') id: string, @Query() { format }: BenchmarkReportParameters, @Res({ passthrough: true }) reply: FastifyReply): Promise<BenchmarkReportView | string> {
    return sendReport(reply, await this.runs.report(caller, id, needsSubjects(format)), format);
  }

  @Get('benchmark-runs/:id/items')
  @Operation({ id: 'listRunItems', summary: 'The items of a run with their evidence, subject by subject', scope: 'scans:read', returns: itemPages.List, problems: [400, 404, 422] })
  items(@AsCaller() caller: Caller, @Param('id') id: string, @Query() { first, after, outcome, under }: ListRunItemsParameters) {
    return this.runs.items(caller, id, { ...(outcome && { outcomes: outcome }), ...(under !== undefined && { under }) }, { first, after }).then(itemPages.listOf);
  }

  @Get('benchmark-runs/:id/difference')
  @Operation({ id: 'getRunDifference', summary: 'Where a run differs from an earlier one, or from that of another cluster', scope: 'scans:read', returns: RunDifferenceView, problems: [404, 409, 422] })
  difference(@AsCaller() caller: Caller, @Param('id') id: string, @Query() { from }: RunDifferenceParameters) {
    return this.runs.difference(caller, id, from).then(RunDifferenceView.of);
  }
}
