import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { ApiServices } from '../composition/api-services.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeysResolver } from './api-keys/api-keys.resolver.js';
import { MeController } from './api-keys/me.controller.js';
import { Doorkeeper } from './access/doorkeeper.js';
import { ClustersController } from './clusters/clusters.controller.js';
import { ClustersResolver } from './clusters/clusters.resolver.js';
import { RightsController } from './clusters/rights.controller.js';
import { ControlsController } from './controls/controls.controller.js';
import { ControlsResolver } from './controls/controls.resolver.js';
import { DocsController } from './docs/docs.controller.js';
import { OpenApi } from './docs/open-api.js';
import { EventsController } from './events/events.controller.js';
import { EventsResolver } from './events/events.resolver.js';
import { FindingsController } from './findings/findings.controller.js';
import { FindingsResolver } from './findings/findings.resolver.js';
import { FrameworksController } from './frameworks/frameworks.controller.js';
import { ClusterReportsResolver, ClusterStandingsResolver, FrameworksResolver } from './frameworks/frameworks.resolver.js';
import { HealthController } from './health/health.controller.js';
import { Health } from './health/health.js';
import type { LiveStreams } from './http/live-streams.js';
import { Shutdown } from './http/shutdown.js';
import { CloudDescriptionsController } from './nodes/cloud-descriptions.controller.js';
import { CloudDescriptionsResolver } from './nodes/cloud-descriptions.resolver.js';
import { EnrolmentKeysController } from './nodes/enrolment-keys.controller.js';
import { EnrolmentKeysResolver } from './nodes/enrolment-keys.resolver.js';
import { KubeBenchController } from './nodes/kube-bench.controller.js';
import { KubeBenchResolver } from './nodes/kube-bench.resolver.js';
import { NodeBundlesController } from './nodes/node-bundles.controller.js';
import { NodeBundlesResolver } from './nodes/node-bundles.resolver.js';
import { OrganisationsController } from './organisations/organisations.controller.js';
import { OrganisationsResolver } from './organisations/organisations.resolver.js';
import { PolicyController } from './organisations/policy.controller.js';
import { PodSecurityController } from './pod-security/pod-security.controller.js';
import { PodSecurityResolver } from './pod-security/pod-security.resolver.js';
import type { ProblemFilter } from './problems/problem.filter.js';
import { AccessController } from './rbac/access.controller.js';
import { AccessResolver } from './rbac/access.resolver.js';
import { ReachabilityController } from './reachability/reachability.controller.js';
import { ReachabilityResolver } from './reachability/reachability.resolver.js';
import { ScansController } from './scans/scans.controller.js';
import { ScansResolver } from './scans/scans.resolver.js';
import { SchedulesController } from './schedules/schedules.controller.js';
import { SchedulesResolver } from './schedules/schedules.resolver.js';
import { SnapshotsController } from './snapshots/snapshots.controller.js';
import { DeliveriesController } from './webhooks/deliveries.controller.js';
import { DeliveriesResolver } from './webhooks/deliveries.resolver.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { WebhooksResolver } from './webhooks/webhooks.resolver.js';

/** What controllers and resolvers need besides the services. */
export interface ApiParts {
  readonly doorkeeper: Doorkeeper;
  readonly shutdown: Shutdown;
  readonly streams: LiveStreams;
  readonly health: Health;
  readonly problems: ProblemFilter;
}

@Module({})
class ApiModule {}

const controllers = [
  OrganisationsController, PolicyController, ApiKeysController, MeController, ClustersController, RightsController, SnapshotsController,
  EnrolmentKeysController, NodeBundlesController, KubeBenchController, CloudDescriptionsController,
  ScansController, SchedulesController, FindingsController, ControlsController, FrameworksController, EventsController, WebhooksController, DeliveriesController,
  PodSecurityController, AccessController, ReachabilityController, HealthController, DocsController,
];

const resolvers = [
  OrganisationsResolver, ApiKeysResolver, ClustersResolver, EnrolmentKeysResolver, NodeBundlesResolver, KubeBenchResolver, CloudDescriptionsResolver, ScansResolver, SchedulesResolver, FindingsResolver, ControlsResolver,
  FrameworksResolver, ClusterReportsResolver, ClusterStandingsResolver,
  EventsResolver, WebhooksResolver, DeliveriesResolver, PodSecurityResolver, AccessResolver, ReachabilityResolver,
];

const graphql: MercuriusDriverConfig = {
  driver: MercuriusDriver,
  autoSchemaFile: true,
  sortSchema: true,
  // Our own route stands before it.
  routes: false,
  ide: false,
  // Documents found valid, and as many found invalid; a large one takes most of a megabyte.
  cache: 64,
  // Formatted by that route, which knows the request.
  errorFormatter: (execution) => ({ statusCode: 200, response: { data: execution.data ?? null, errors: execution.errors ?? [] } }),
};

/** Controllers and resolvers over services that are there already. */
export function apiModule(services: ApiServices, { doorkeeper, shutdown, streams, health, problems }: ApiParts): DynamicModule {
  const ready: readonly object[] = [...Object.values(services), doorkeeper, shutdown, streams, health, problems];
  const providers: Provider[] = ready.map((value) => ({ provide: value.constructor, useValue: value }));
  return { module: ApiModule, imports: [GraphQLModule.forRoot(graphql)], controllers, providers: [...providers, ...resolvers, OpenApi] };
}
