import type { IncomingMessage } from 'node:http';
import { Controller, Header, Headers, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '#application/caller.js';
import { parseCompleteness } from '#application/snapshots/completeness.js';
import { contentEncodings, type ContentEncoding, type SnapshotFormat } from '#application/snapshots/snapshot.js';
import { SnapshotsService } from '#application/snapshots/snapshots.service.js';
import { Doorkeeper } from '../access/doorkeeper.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { arriving } from '../http/arriving-body.js';
import { Traceparent } from '../http/traceparent.js';
import { ProtocolError } from '../problems/protocol-error.js';
import { ScanView } from '../scans/scan.view.js';
import { UploadSnapshotParameters } from './snapshot.input.js';

/** A sender that sends nothing for so long has left. */
const idleMs = 60_000;

const formats: Readonly<Record<string, SnapshotFormat>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/x-ndjson': 'ndjson',
  'application/octet-stream': 'auto',
};

@Controller('v1/clusters/:id/snapshots')
@ApiTags('snapshots')
export class SnapshotsController {
  constructor(
    private readonly snapshots: SnapshotsService,
    private readonly doorkeeper: Doorkeeper,
  ) {}

  @Post()
  @RouteConfig({ streams: Object.keys(formats) })
  @ApiConsumes(...Object.keys(formats))
  @ApiBody({ description: 'A List, single objects, several YAML documents, or one object a line.', schema: { type: 'string', format: 'binary' } })
  @ApiHeader({ name: 'Content-Encoding', required: false, description: 'How the body is compressed.', schema: { type: 'string', enum: [...contentEncodings] } })
  @Operation({
    id: 'uploadSnapshot', summary: 'Upload what `kubectl get -o json` or `-o yaml` wrote, and have it judged', about: 'Up to 512 MiB as sent, within 30 minutes. The body is taken in as it arrives.', scope: 'scans:write', status: 202, returns: ScanView,
    headers: { Location: 'Address of the scan.', 'Retry-After': 'Seconds after which to look.' }, problems: [400, 404, 409, 413, 415, 422, 429],
  })
  @Header('Retry-After', '2')
  async upload(
    @AsCaller() caller: Caller,
    @Param('id') clusterId: string,
    @Query() parameters: UploadSnapshotParameters,
    @Headers('content-type') contentType: string | undefined,
    @Headers('content-encoding') encoding: string | undefined,
    @Traceparent() traceparent: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ScanView> {
    const body = request.body as IncomingMessage | undefined;
    const format = formats[(contentType ?? '').split(';', 1)[0]!.trim().toLowerCase()];
    if (!body || !format) throw new ProtocolError(415, 'unsupported-media-type', `Send the snapshot as ${Object.keys(formats).join(' or ')}, and say so in Content-Type.`);
    const upload = { clusterId, complete: parseCompleteness(parameters), contentEncoding: encodingOf(encoding), format };
    const scan = await this.snapshots.upload(caller, upload, arriving(body, { idleMs, stillMay: () => this.doorkeeper.identify(request.headers.authorization) }), traceparent);
    void reply.header('location', `/v1/scans/${scan.id}`);
    return ScanView.of(scan);
  }
}

function encodingOf(header: string | undefined): ContentEncoding {
  const encoding = contentEncodings.find((known) => known === (header ?? 'identity').trim().toLowerCase());
  if (!encoding) throw new ProtocolError(415, 'unsupported-encoding', `Compress the snapshot with ${contentEncodings.slice(1).join(' or ')}, or not at all.`, { 'accept-encoding': contentEncodings.join(', ') });
  return encoding;
}
