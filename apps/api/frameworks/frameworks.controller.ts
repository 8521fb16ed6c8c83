import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '#application/caller.js';
import { FrameworksService } from '#application/frameworks/frameworks.service.js';
import { fleetCsv, reportCsv } from '#application/frameworks/report-csv.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { sendCsv } from '../http/send-csv.js';
import { PageParameters } from '../schema/page.js';
import { view } from '../schema/shapes.js';
import { FleetReportParameters, FleetReportView, FrameworkReportParameters, FrameworkReportView, standingPages } from './framework-report.view.js';
import { FrameworkListView, FrameworkView } from './framework.view.js';

const asCsv = { type: 'text/csv', about: 'The report. As CSV where `format` asks for it.' } as const;

@Controller('v1')
@ApiTags('frameworks')
export class FrameworksController {
  constructor(private readonly frameworks: FrameworksService) {}

  @Get('frameworks')
  @Operation({ id: 'listFrameworks', summary: 'List frameworks with their items, and the controls that answer them', scope: 'any', returns: FrameworkListView })
  list(@AsCaller() caller: Caller): FrameworkListView {
    return view(FrameworkListView, { items: this.frameworks.list(caller).map(FrameworkView.of) });
  }

  @Get('frameworks/:framework')
  @Operation({ id: 'getFramework', summary: 'Get a framework with its items, and the controls that answer them', scope: 'any', returns: FrameworkView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('framework') id: string): FrameworkView {
    return FrameworkView.of(this.frameworks.get(caller, id));
  }

  @Get('frameworks/:framework/report')
  @Operation({
    id: 'getFleetReport', summary: 'How all clusters together stand by a framework', about: 'Each by its latest scan: items with the number of clusters that stand how.',
    scope: 'scans:read', returns: FleetReportView, returnsMedia: asCsv, problems: [404, 422],
  })
  async fleet(@AsCaller() caller: Caller, @Param('framework') id: string, @Query() { format }: FleetReportParameters, @Res({ passthrough: true }) reply: FastifyReply): Promise<FleetReportView | string> {
    const report = await this.frameworks.fleet(caller, id);
    if (format !== 'csv') return FleetReportView.of(report);
    return sendCsv(reply, report.frameworkId, fleetCsv(this.frameworks.get(caller, id), report));
  }

  @Get('frameworks/:framework/clusters')
  @Operation({
    id: 'listClusterStandings', summary: 'How each cluster stands by a framework', about: 'By its latest scan; clusters newest first.', scope: 'scans:read', returns: standingPages.List, problems: [400, 404, 422],
  })
  clusters(@AsCaller() caller: Caller, @Param('framework') id: string, @Query() page: PageParameters) {
    return this.frameworks.ofClusters(caller, id, page).then(standingPages.listOf);
  }

  @Get('clusters/:id/frameworks/:framework')
  @Operation({
    id: 'getFrameworkReport', summary: 'How a cluster stands by a framework', scope: 'scans:read', returns: FrameworkReportView, returnsMedia: asCsv, problems: [404, 409, 422],
    about: 'An item fails where a control that answers it fails; short of that it is unknown where one could not be judged. What no control answers is said so, and is neither passed nor failed.',
  })
  async report(
    @AsCaller() caller: Caller, @Param('id') clusterId: string, @Param('framework') frameworkId: string,
    @Query() { scan: scanId, format }: FrameworkReportParameters, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FrameworkReportView | string> {
    const report = await this.frameworks.report(caller, { clusterId, frameworkId, scanId });
    if (format !== 'csv') return FrameworkReportView.of(report);
    return sendCsv(reply, `${report.frameworkId}-${report.clusterId}`, reportCsv(this.frameworks.get(caller, frameworkId), report));
  }
}
