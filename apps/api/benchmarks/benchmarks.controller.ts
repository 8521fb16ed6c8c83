import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BenchmarkCatalogueService } from '#application/benchmarks/benchmark-catalogue.service.js';
import { BenchmarkRunsService } from '#application/benchmarks/benchmark-runs.service.js';
import { fleetCsv } from '#application/benchmarks/exports/report-csv.js';
import { Caller } from '#application/caller.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { sendCsv } from '../http/send-csv.js';
import { PageParameters } from '../schema/page.js';
import { view } from '../schema/shapes.js';
import { BenchmarkFleetParameters } from './benchmark.input.js';
import { BenchmarkDifferenceParameters, BenchmarkDifferenceView, BenchmarkListView, BenchmarkSummaryView, BenchmarkView } from './benchmark.view.js';
import { FleetBenchmarkView, matrixPages } from './fleet.view.js';

@Controller('v1/benchmarks')
@ApiTags('benchmarks')
export class BenchmarksController {
  constructor(
    private readonly catalogue: BenchmarkCatalogueService,
    private readonly runs: BenchmarkRunsService,
  ) {}

  @Get()
  @Operation({ id: 'listBenchmarks', summary: 'List the benchmarks that are carried', scope: 'any', returns: BenchmarkListView })
  list(@AsCaller() caller: Caller): BenchmarkListView {
    return view(BenchmarkListView, { items: this.catalogue.list(caller).map(BenchmarkSummaryView.of) });
  }

  @Get(':benchmark')
  @Operation({ id: 'getBenchmark', summary: 'Get a benchmark with its items, what decides each, and how it is put right', scope: 'any', returns: BenchmarkView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('benchmark') id: string): BenchmarkView {
    return BenchmarkView.of(this.catalogue.get(caller, id));
  }

  @Get(':benchmark/difference')
  @Operation({ id: 'getBenchmarkDifference', summary: 'What changes where a cluster is judged by this benchmark instead of another', scope: 'any', returns: BenchmarkDifferenceView, problems: [404, 422] })
  difference(@AsCaller() caller: Caller, @Param('benchmark') id: string, @Query() { from }: BenchmarkDifferenceParameters): BenchmarkDifferenceView {
    return BenchmarkDifferenceView.of(this.catalogue.difference(caller, from, id));
  }

  @Get(':benchmark/report')
  @Operation({
    id: 'getBenchmarkFleet', summary: 'How all clusters together stand by a benchmark, and where they differ', scope: 'scans:read', returns: FleetBenchmarkView, problems: [404, 422],
    about: 'Each by its latest run, of whatever benchmark: items go by what they mean. By evidence alone.', returnsMedia: { type: 'text/csv', about: 'The report. As CSV where `format` asks for it.' },
  })
  async fleet(@AsCaller() caller: Caller, @Param('benchmark') id: string, @Query() { format }: BenchmarkFleetParameters, @Res({ passthrough: true }) reply: FastifyReply): Promise<FleetBenchmarkView | string> {
    const fleet = await this.runs.fleet(caller, id);
    if (format !== 'csv') return FleetBenchmarkView.of(fleet);
    return sendCsv(reply, fleet.benchmark.id, fleetCsv(fleet));
  }

  @Get(':benchmark/matrix')
  @Operation({ id: 'getBenchmarkMatrix', summary: 'Each cluster by each item', about: 'By its latest run; clusters newest first. By evidence alone.', scope: 'scans:read', returns: matrixPages.List, problems: [400, 404, 422] })
  matrix(@AsCaller() caller: Caller, @Param('benchmark') id: string, @Query() page: PageParameters) {
    return this.runs.matrix(caller, id, page).then(matrixPages.listOf);
  }
}
