import { Controller, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Caller } from '#application/caller.js';
import { KubeBenchService } from '#application/nodes/kube-bench.service.js';
import { Doorkeeper } from '../access/doorkeeper.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { PageParameters } from '../schema/page.js';
import { kubeBenchPages, KubeBenchReportView, KubeBenchUploadView, UploadKubeBenchParameters } from './kube-bench.view.js';
import { reportGate, UploadGate } from './upload-gate.js';
import { uploaded } from './uploaded.js';

/** Also as a pod's log has it, with other lines around it. */
const mediaTypes = ['application/json', 'text/plain', 'application/octet-stream'];

@Controller('v1/clusters/:id/kube-bench-reports')
@ApiTags('nodes')
export class KubeBenchController {
  private readonly gate = new UploadGate(reportGate);

  constructor(
    private readonly reports: KubeBenchService,
    private readonly doorkeeper: Doorkeeper,
  ) {}

  @Post()
  @RouteConfig({ streams: mediaTypes })
  @ApiConsumes(...mediaTypes)
  @ApiBody({ description: 'What `kube-bench --json` wrote, of one node or of several one after the other; also inside the log of its pod.', schema: { type: 'string', format: 'binary' } })
  @Operation({
    id: 'uploadKubeBenchReport', summary: 'Send what `kube-bench --json` wrote',
    about: 'It is shown beside our verdicts and replaces what was kept of these nodes; all of the file is taken or nothing. Up to 4 MiB.',
    scope: 'scans:write', status: 201, returns: KubeBenchUploadView, problems: [400, 404, 409, 413, 415, 422, 429],
  })
  async upload(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { node, toolVersion, benchmark }: UploadKubeBenchParameters, @Req() request: FastifyRequest): Promise<KubeBenchUploadView> {
    const stillMay = () => this.doorkeeper.identify(request.headers.authorization);
    const upload = { nodes: node, ...(toolVersion !== undefined && { toolVersion }), ...(benchmark !== undefined && { benchmark }) };
    return uploaded(request, mediaTypes, { gate: this.gate, clusterId, stillMay }, (bytes) => this.reports.upload(caller, clusterId, upload, bytes)).then(KubeBenchUploadView.of);
  }

  @Get()
  @Operation({ id: 'listKubeBenchReports', summary: "List of which nodes there is a report of kube-bench", about: 'By name of the node.', scope: 'scans:read', returns: kubeBenchPages.List, problems: [400, 404, 422] })
  list(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() page: PageParameters) {
    return this.reports.list(caller, clusterId, page).then(kubeBenchPages.listOf);
  }

  @Get(':node')
  @Operation({ id: 'getKubeBenchReport', summary: 'What is kept of kube-bench on a node', scope: 'scans:read', returns: KubeBenchReportView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Param('node') node: string) {
    return this.reports.get(caller, clusterId, node).then(KubeBenchReportView.of);
  }

  @Delete(':node')
  @Operation({ id: 'deleteKubeBenchReport', summary: 'Delete what is kept of kube-bench on a node', scope: 'scans:write', status: 204, problems: [404] })
  delete(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Param('node') node: string): Promise<void> {
    return this.reports.delete(caller, clusterId, node);
  }
}
