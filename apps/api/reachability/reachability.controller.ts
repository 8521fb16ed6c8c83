import { Body, Controller, Get, Header, Param, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Caller } from '#application/caller.js';
import { ReachabilityService } from '#application/reachability/reachability.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { DifferenceParameters, OfScanParameters } from '../scans/of-scan.js';
import { NamespaceParameters, NamespacesParameters, PairInput, PairsInput, PartyParameters, ReachInput } from './reachability.input.js';
import { ExposureListView, IsolationView, PairAnswersView, ReachabilityDifferenceView, ReachListView, ReachMapView } from './reachability.view.js';

const about = 'By NetworkPolicy and the tiers around it, from the evidence of a scan. Where an object of another engine selects a pod, the answer is `unknown` and names it.';

@Controller('v1/clusters/:id/reachability')
@ApiTags('reachability')
export class ReachabilityController {
  constructor(private readonly reachability: ReachabilityService) {}

  @Post('pairs')
  @RouteConfig({ manyOf: 'pairs' })
  @ApiConsumes('application/json', 'application/x-ndjson')
  @Operation({ id: 'reachabilityPairs', summary: 'Whether connections are let through, and by which rules', about: `${about} Up to 10,000 pairs; as \`application/x-ndjson\` one a line.`, scope: 'access:read', returns: PairAnswersView, problems: [400, 404, 409, 413, 415, 422] })
  pairs(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan }: OfScanParameters, @Body() { pairs }: PairsInput) {
    return this.reachability.pairs(caller, { clusterId, scanId: scan }, pairs.map(PairInput.read)).then(PairAnswersView.of);
  }

  @Post('reach')
  @Operation({ id: 'reach', summary: 'All that a party, a namespace or the outside reaches, or that reaches it', about, scope: 'access:read', returns: ReachListView, problems: [400, 404, 409, 413, 415, 422] })
  reach(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan }: OfScanParameters, @Body() input: ReachInput) {
    return this.reachability.reach(caller, { clusterId, scanId: scan }, ReachInput.read(input)).then(ReachListView.of);
  }

  @Get('isolation')
  @Operation({ id: 'isolation', summary: 'Whether anything isolates a pod or workload', about, scope: 'access:read', returns: IsolationView, problems: [404, 409, 422] })
  isolation(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan, party }: PartyParameters) {
    return this.reachability.isolation(caller, { clusterId, scanId: scan }, party).then(IsolationView.of);
  }

  @Get('exposure')
  @Operation({ id: 'exposure', summary: 'From how far each workload can be reached, and by which way', about, scope: 'access:read', returns: ExposureListView, problems: [404, 409, 422] })
  exposure(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan, namespace }: NamespaceParameters) {
    return this.reachability.exposure(caller, { clusterId, scanId: scan }, namespace).then(ExposureListView.of);
  }

  @Get('map')
  @Operation({ id: 'reachabilityMap', summary: 'What reaches what, as a map', about: 'Workloads that policies do not tell apart are one node.', scope: 'access:read', returns: ReachMapView, problems: [404, 409, 422] })
  map(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan, namespaces }: NamespacesParameters) {
    return this.reachability.map(caller, { clusterId, scanId: scan }, 'json', namespaces).then(ReachMapView.of);
  }

  @Get('map.dot')
  @Header('content-type', 'text/vnd.graphviz; charset=utf-8')
  @Operation({ id: 'reachabilityMapDot', summary: 'The map for Graphviz', scope: 'access:read', returnsMedia: { type: 'text/vnd.graphviz', about: 'A digraph.' }, problems: [404, 409, 422] })
  async dot(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan, namespaces }: NamespacesParameters) {
    return (await this.reachability.map(caller, { clusterId, scanId: scan }, 'dot', namespaces)).answer.text;
  }

  @Get('map.mermaid')
  @Header('content-type', 'text/vnd.mermaid; charset=utf-8')
  @Operation({ id: 'reachabilityMapMermaid', summary: 'The map for Mermaid', scope: 'access:read', returnsMedia: { type: 'text/vnd.mermaid', about: 'A flowchart.' }, problems: [404, 409, 422] })
  async mermaid(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan, namespaces }: NamespacesParameters) {
    return (await this.reachability.map(caller, { clusterId, scanId: scan }, 'mermaid', namespaces)).answer.text;
  }

  @Get('difference')
  @Operation({ id: 'reachabilityDifference', summary: 'What is reachable that was not at an earlier scan', about, scope: 'access:read', returns: ReachabilityDifferenceView, problems: [404, 409, 422] })
  difference(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { scan, before }: DifferenceParameters) {
    return this.reachability.difference(caller, { clusterId, scanId: scan }, before).then(ReachabilityDifferenceView.of);
  }
}
