import { Controller, Delete, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '#application/caller.js';
import { NodeBundlesService } from '#application/nodes/node-bundles.service.js';
import { BUNDLE_MEDIA_TYPE } from '#nodes/wire/bundle-header.js';
import { KeyOptional } from '../access/access.guard.js';
import { Doorkeeper } from '../access/doorkeeper.js';
import { AsCaller, AsMaybeCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { PageParameters } from '../schema/page.js';
import { DeleteNodeBundleParameters, NodeBundleHistoryView, nodeBundlePages, NodeBundleView } from './node-bundle.view.js';
import { bundleGate, UploadGate } from './upload-gate.js';
import { uploaded } from './uploaded.js';

const mediaTypes = [BUNDLE_MEDIA_TYPE, 'application/json', 'application/octet-stream'];

@Controller('v1/clusters/:id/node-bundles')
@ApiTags('nodes')
export class NodeBundlesController {
  private readonly gate = new UploadGate(bundleGate);

  constructor(
    private readonly bundles: NodeBundlesService,
    private readonly doorkeeper: Doorkeeper,
  ) {}

  @Post()
  @KeyOptional()
  @RouteConfig({ streams: mediaTypes })
  @ApiConsumes(...mediaTypes)
  @ApiBody({ description: 'The bundle, as the node collector wrote it.', schema: { type: 'string', format: 'binary' } })
  @Operation({
    id: 'uploadNodeBundle', summary: 'Send what the node collector found on one node',
    about: 'A bundle that is signed by an enrolment key of the cluster needs no API key. One that is not is taken from an API key, and shown as its upload. It replaces what was kept of the node; of a bundle that is refused nothing is kept. Up to 4 MiB.',
    scope: 'scans:write', isKeyOptional: true, status: 201, returns: NodeBundleView, headers: { Location: 'Address of what is kept of the node.' }, problems: [400, 404, 409, 413, 415, 422, 429],
  })
  async upload(@AsMaybeCaller() caller: Caller | undefined, @Param('id') clusterId: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<NodeBundleView> {
    const stillMay = caller && (() => this.doorkeeper.identify(request.headers.authorization));
    const bundle = await uploaded(request, mediaTypes, { gate: this.gate, clusterId, ...(stillMay && { stillMay }) }, (bytes) => this.bundles.receive(caller, clusterId, bytes));
    void reply.header('location', `/v1/clusters/${clusterId}/node-bundles/${bundle.node}`);
    return NodeBundleView.of(bundle);
  }

  @Get()
  @Operation({ id: 'listNodeBundles', summary: 'List of which nodes there is evidence, and since when', about: 'By name of the node.', scope: 'scans:read', returns: nodeBundlePages.List, problems: [400, 404, 422] })
  list(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() page: PageParameters) {
    return this.bundles.list(caller, clusterId, page).then(nodeBundlePages.listOf);
  }

  @Get(':node')
  @Operation({ id: 'getNodeBundle', summary: 'The last bundles of a node', scope: 'scans:read', returns: NodeBundleHistoryView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Param('node') node: string) {
    return this.bundles.history(caller, clusterId, node).then(NodeBundleHistoryView.of);
  }

  @Delete(':node')
  @Operation({ id: 'deleteNodeBundle', summary: 'Delete the evidence of a node', about: 'Its next bundle is taken again; one that was received before is not. What was found on a Node goes with the Node. A machine outside of the cluster that ran a part of its control plane is remembered, and its findings stay open, until it is deleted as `retired`, now or later: the next scan resolves them.', scope: 'scans:write', status: 204, problems: [400, 404, 422] })
  delete(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Param('node') node: string, @Query() { retired }: DeleteNodeBundleParameters): Promise<void> {
    return this.bundles.delete(caller, clusterId, node, retired);
  }
}
