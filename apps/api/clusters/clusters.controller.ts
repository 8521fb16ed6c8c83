import { Body, Controller, Delete, Get, Header, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { notFound } from '#application/app-error.js';
import { Caller } from '#application/caller.js';
import { ClustersService } from '#application/clusters/clusters.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { Traceparent } from '../http/traceparent.js';
import { PageParameters } from '../schema/page.js';
import { ConnectionFields, connectionInput, RegisterClusterInput, UpdateClusterInput } from './cluster.input.js';
import { clusterPages, ClusterView, ControlFreshnessView, FreshnessListView, VerificationView } from './cluster.view.js';
import { view } from '../schema/shapes.js';

@Controller('v1/clusters')
@ApiTags('clusters')
export class ClustersController {
  constructor(private readonly clusters: ClustersService) {}

  @Post()
  @Operation({ id: 'registerCluster', summary: 'Register a cluster', scope: 'clusters:write', status: 201, returns: ClusterView, headers: { Location: 'Address of the cluster.' }, problems: [400, 409, 413, 415, 422] })
  async register(@AsCaller() caller: Caller, @Body() input: RegisterClusterInput, @Res({ passthrough: true }) reply: FastifyReply): Promise<ClusterView> {
    const cluster = await this.clusters.register(caller, RegisterClusterInput.toRegistration(input));
    void reply.header('location', `/v1/clusters/${cluster.id}`);
    return ClusterView.of(cluster);
  }

  @Get()
  @Operation({ id: 'listClusters', summary: 'List clusters, newest first', scope: 'clusters:read', returns: clusterPages.List, problems: [400, 422] })
  list(@AsCaller() caller: Caller, @Query() page: PageParameters) {
    return this.clusters.list(caller, page).then(clusterPages.listOf);
  }

  @Get(':id')
  @Operation({ id: 'getCluster', summary: 'Get a cluster', scope: 'clusters:read', returns: ClusterView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.clusters.get(caller, id).then(ClusterView.of);
  }

  @Patch(':id')
  @Operation({ id: 'updateCluster', summary: "Change a cluster's name, labels or environment", scope: 'clusters:write', returns: ClusterView, problems: [400, 404, 409, 413, 415, 422] })
  update(@AsCaller() caller: Caller, @Param('id') id: string, @Body() input: UpdateClusterInput) {
    return this.clusters.update(caller, id, input).then(ClusterView.of);
  }

  @Put(':id/credentials')
  @Operation({ id: 'rotateClusterCredentials', summary: 'Replace address and credentials', about: 'What was there before cannot be read back.', scope: 'clusters:write', returns: ClusterView, problems: [400, 404, 413, 415, 422] })
  rotateCredentials(@AsCaller() caller: Caller, @Param('id') id: string, @Body() input: ConnectionFields) {
    return this.clusters.rotateCredentials(caller, id, connectionInput(input, '')).then(ClusterView.of);
  }

  @Post(':id/pause')
  @Operation({ id: 'pauseCluster', summary: 'Stop scanning a cluster', scope: 'clusters:write', returns: ClusterView, problems: [404] })
  pause(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.clusters.pause(caller, id).then(ClusterView.of);
  }

  @Post(':id/resume')
  @Operation({ id: 'resumeCluster', summary: 'Scan a paused cluster again', scope: 'clusters:write', returns: ClusterView, problems: [404] })
  resume(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.clusters.resume(caller, id).then(ClusterView.of);
  }

  @Delete(':id')
  @Operation({ id: 'deleteCluster', summary: 'Delete a cluster', about: 'Its findings, credentials and schedule go with it.', scope: 'clusters:write', status: 204, problems: [404] })
  delete(@AsCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.clusters.delete(caller, id);
  }

  @Post(':id/verify')
  @Operation({
    id: 'verifyCluster', summary: 'Find out which rights the credentials have', scope: 'clusters:write', status: 202, returns: VerificationView,
    headers: { Location: 'Address of the verification.', 'Retry-After': 'Seconds after which to look.' }, problems: [404, 409],
  })
  @Header('Retry-After', '2')
  async verify(@AsCaller() caller: Caller, @Param('id') id: string, @Traceparent() traceparent: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    const { verification } = await this.clusters.verify(caller, id, traceparent);
    if (!verification) throw notFound('verification');
    void reply.header('location', `/v1/clusters/${id}/verification`);
    return VerificationView.of(id, verification);
  }

  @Get(':id/verification')
  @Operation({ id: 'getClusterVerification', summary: 'Get the latest verification', scope: 'clusters:read', returns: VerificationView, problems: [404] })
  async verification(@AsCaller() caller: Caller, @Param('id') id: string) {
    const { verification } = await this.clusters.get(caller, id);
    if (!verification) throw notFound('verification');
    return VerificationView.of(id, verification);
  }

  @Get(':id/freshness')
  @Operation({ id: 'getClusterFreshness', summary: 'When each control last had good evidence', scope: 'scans:read', returns: FreshnessListView, problems: [404] })
  async freshness(@AsCaller() caller: Caller, @Param('id') id: string) {
    const states = await this.clusters.freshness(caller, id);
    return view(FreshnessListView, { items: states.map(ControlFreshnessView.of) });
  }
}
