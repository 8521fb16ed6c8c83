import { Controller, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Caller } from '#application/caller.js';
import { CloudDescriptionsService } from '#application/nodes/cloud-descriptions.service.js';
import { describeCommands } from '#benchmarks/evidence.js';
import { Doorkeeper } from '../access/doorkeeper.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { CloudDescriptionView, UploadCloudDescriptionParameters } from './cloud-description.view.js';
import { reportGate, UploadGate } from './upload-gate.js';
import { uploaded } from './uploaded.js';

const mediaTypes = ['application/json', 'application/octet-stream'];
const commands = Object.values(describeCommands).map((command) => `\`${command}\``);

@Controller('v1/clusters/:id/cloud-description')
@ApiTags('nodes')
export class CloudDescriptionsController {
  private readonly gate = new UploadGate(reportGate);

  constructor(
    private readonly descriptions: CloudDescriptionsService,
    private readonly doorkeeper: Doorkeeper,
  ) {}

  @Post()
  @RouteConfig({ streams: mediaTypes })
  @ApiConsumes(...mediaTypes)
  @ApiBody({ description: `What the provider's command prints: ${commands.join(', ')}.`, schema: { type: 'string', format: 'binary' } })
  @Operation({
    id: 'uploadCloudDescription', summary: "Send what the provider's own command says of a cluster",
    about: 'It replaces what was kept. Of it the fields are kept that items of benchmarks read, and nothing else. Up to 4 MiB.',
    scope: 'scans:write', status: 201, returns: CloudDescriptionView, problems: [400, 404, 413, 415, 422, 429],
  })
  async upload(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { provider }: UploadCloudDescriptionParameters, @Req() request: FastifyRequest): Promise<CloudDescriptionView> {
    const stillMay = () => this.doorkeeper.identify(request.headers.authorization);
    return uploaded(request, mediaTypes, { gate: this.gate, clusterId, stillMay }, (bytes) => this.descriptions.upload(caller, clusterId, provider, bytes)).then(CloudDescriptionView.of);
  }

  @Get()
  @Operation({ id: 'getCloudDescription', summary: 'What is kept of what the provider says of a cluster', scope: 'scans:read', returns: CloudDescriptionView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') clusterId: string) {
    return this.descriptions.get(caller, clusterId).then(CloudDescriptionView.of);
  }

  @Delete()
  @Operation({ id: 'deleteCloudDescription', summary: 'Delete what is kept of what the provider says of a cluster', scope: 'scans:write', status: 204, problems: [404] })
  delete(@AsCaller() caller: Caller, @Param('id') clusterId: string): Promise<void> {
    return this.descriptions.delete(caller, clusterId);
  }
}
