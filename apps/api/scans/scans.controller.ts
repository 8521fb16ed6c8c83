import { Body, Controller, Get, Header, Headers, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '#application/caller.js';
import { isActive } from '#application/scans/scan.js';
import { ScansService } from '#application/scans/scans.service.js';
import { Doorkeeper } from '../access/doorkeeper.js';
import { AsCaller, callerIn } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { LiveStreams } from '../http/live-streams.js';
import { sendEvents } from '../http/send-events.js';
import { Shutdown } from '../http/shutdown.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { Traceparent } from '../http/traceparent.js';
import { eventIdOf, scanEventStream } from './scan-event-stream.js';
import { optionalInput } from '../schema/optional-input.js';
import { ListScansParameters, RequestScanInput } from './scan.input.js';
import { scanPages, ScanResultsView, ScanView } from './scan.view.js';

@Controller('v1')
@ApiTags('scans')
export class ScansController {
  constructor(
    private readonly scans: ScansService,
    private readonly doorkeeper: Doorkeeper,
    private readonly shutdown: Shutdown,
    private readonly streams: LiveStreams,
    private readonly problems: ProblemFilter,
  ) {}

  @Post('clusters/:id/scans')
  @Operation({
    id: 'requestScan', summary: 'Scan a cluster', about: 'Its posture, its benchmark, or both; one scan a cluster at a time.', scope: 'scans:write', status: 202, returns: ScanView,
    headers: { Location: 'Address of the scan.', 'Retry-After': 'Seconds after which to look.' }, problems: [400, 404, 409, 413, 415, 422],
  })
  @ApiBody({ type: RequestScanInput, required: false })
  @Header('Retry-After', '2')
  async request(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Body() body: unknown, @Traceparent() traceparent: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    const scan = await this.scans.request(caller, { clusterId, ...optionalInput(RequestScanInput, body) }, traceparent);
    void reply.header('location', `/v1/scans/${scan.id}`);
    return ScanView.of(scan);
  }

  @Get('scans')
  @Operation({ id: 'listScans', summary: 'List scans, newest first', scope: 'scans:read', returns: scanPages.List, problems: [400, 422] })
  list(@AsCaller() caller: Caller, @Query() { first, after, ...filter }: ListScansParameters) {
    return this.scans.list(caller, filter, { first, after }).then(scanPages.listOf);
  }

  @Get('scans/:id')
  @Operation({ id: 'getScan', summary: 'Get a scan', scope: 'scans:read', returns: ScanView, headers: { 'Retry-After': 'Seconds after which to look again, while it is under way.' }, problems: [404] })
  async get(@AsCaller() caller: Caller, @Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const scan = await this.scans.get(caller, id);
    if (isActive(scan.state)) void reply.header('retry-after', '2');
    return ScanView.of(scan);
  }

  @Get('scans/:id/results')
  @Operation({ id: 'getScanResults', summary: 'What each control says, and what could not be judged', scope: 'scans:read', returns: ScanResultsView, problems: [404] })
  results(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.scans.results(caller, id).then(ScanResultsView.of);
  }

  @Post('scans/:id/rejudge')
  @Operation({
    id: 'rejudgeScan', summary: 'Judge the evidence that a scan has kept by the controls of today', scope: 'scans:write', status: 202, returns: ScanView,
    about: 'A scan of its own, which says so. It resolves nothing, and opens findings only where nothing newer is known of the cluster.',
    headers: { Location: 'Address of the scan.', 'Retry-After': 'Seconds after which to look.' }, problems: [404, 409],
  })
  @Header('Retry-After', '2')
  async rejudge(@AsCaller() caller: Caller, @Param('id') id: string, @Traceparent() traceparent: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): Promise<ScanView> {
    const scan = await this.scans.rejudge(caller, id, traceparent);
    void reply.header('location', `/v1/scans/${scan.id}`);
    return ScanView.of(scan);
  }

  @Post('scans/:id/cancel')
  @Operation({ id: 'cancelScan', summary: 'Cancel a scan', about: 'A queued one ends at once, a running one within seconds; one that has ended is left as it is.', scope: 'scans:write', status: 202, returns: ScanView, problems: [404] })
  cancel(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.scans.cancel(caller, id).then(ScanView.of);
  }

  @Get('scans/:id/events')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Id of the last event received, to go on after it.', schema: { type: 'string' } })
  @Operation({
    id: 'followScan', summary: 'Follow a scan until it ends', scope: 'scans:read', problems: [404, 429],
    returnsMedia: { type: 'text/event-stream', about: 'Events `progress` and at last `end`, each with the scan as JSON; `error` with a problem where the key may no longer look. Comments in between are signs of life.' },
  })
  async follow(@AsCaller() caller: Caller, @Param('id') id: string, @Headers('last-event-id') lastEventId: string | undefined, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Before the first byte, so that a refusal is still an answer of its own.
    const scan = await this.scans.get(caller, id);
    if (!isActive(scan.state) && eventIdOf(scan) === lastEventId) {
      // Tells an EventSource to stop coming back.
      void reply.code(204).send();
      return;
    }
    reply.raw.once('close', this.streams.enter(caller.tenantId));
    // The key is looked at each time: one that was revoked sees nothing more.
    const look = async () => this.scans.get(callerIn(await this.doorkeeper.identify(request.headers.authorization)), id);
    sendEvents(reply, this.shutdown.signal, {
      events: (signal) => scanEventStream({ look, signal }, lastEventId),
      failed: (error) => `event: error\ndata: ${JSON.stringify(this.problems.describe(error, request))}\n\n`,
    });
  }
}
