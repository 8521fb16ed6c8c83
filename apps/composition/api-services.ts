import { AttestationsService } from '#application/benchmarks/attestations.service.js';
import { BenchmarkCatalogueService } from '#application/benchmarks/benchmark-catalogue.service.js';
import { BenchmarkRunsService } from '#application/benchmarks/benchmark-runs.service.js';
import { ApiKeysService } from '#application/api-keys/api-keys.service.js';
import { ClustersService } from '#application/clusters/clusters.service.js';
import { ControlsService } from '#application/controls/controls.service.js';
import { EventsService } from '#application/events/events.service.js';
import { FindingsService } from '#application/findings/findings.service.js';
import { FrameworksService } from '#application/frameworks/frameworks.service.js';
import { Lists } from '#application/lists.js';
import { CloudDescriptionsService } from '#application/nodes/cloud-descriptions.service.js';
import { EnrolmentKeysService } from '#application/nodes/enrolment-keys.service.js';
import { KubeBenchService } from '#application/nodes/kube-bench.service.js';
import { NodeBundlesService } from '#application/nodes/node-bundles.service.js';
import { OrganisationPolicyService } from '#application/organisations/organisation-policy.service.js';
import { OrganisationsService } from '#application/organisations/organisations.service.js';
import type { CredentialVault } from '#application/ports/credential-vault.js';
import type { Store } from '#application/ports/store.js';
import { PodSecurityService } from '#application/pod-security/pod-security.service.js';
import { AccessService } from '#application/rbac/access.service.js';
import { ReachabilityService } from '#application/reachability/reachability.service.js';
import { EvidenceQuestions } from '#application/scans/evidence-questions.js';
import { KeptEvidence } from '#application/scans/kept-evidence.js';
import { ScansService } from '#application/scans/scans.service.js';
import { SchedulesService } from '#application/schedules/schedules.service.js';
import { SnapshotsService } from '#application/snapshots/snapshots.service.js';
import { DeliveriesService } from '#application/webhooks/deliveries.service.js';
import { EndpointsService } from '#application/webhooks/endpoints.service.js';
import { catalogue, controlById } from '#controls/catalogue.js';
import type { AddressPolicy } from '#egress/address-policy.js';
import { EngineThread } from '#engines/engine-thread.js';
import { UnpackingThread } from '#engines/unpacking-thread.js';
import { parseKubeconfig } from '#kubernetes/kubeconfig/parse-kubeconfig.js';
import { apiKeyTokens } from '#operations/crypto/api-key-tokens.js';
import { egressTargetUrlPolicy } from '#webhooks/egress-target-url-policy.js';

/** What both doors offer. */
export interface ApiServices {
  readonly organisations: OrganisationsService;
  readonly apiKeys: ApiKeysService;
  readonly policy: OrganisationPolicyService;
  readonly clusters: ClustersService;
  readonly snapshots: SnapshotsService;
  readonly enrolmentKeys: EnrolmentKeysService;
  readonly nodeBundles: NodeBundlesService;
  readonly kubeBench: KubeBenchService;
  readonly cloudDescriptions: CloudDescriptionsService;
  readonly scans: ScansService;
  readonly schedules: SchedulesService;
  readonly findings: FindingsService;
  readonly controls: ControlsService;
  readonly frameworks: FrameworksService;
  readonly benchmarks: BenchmarkCatalogueService;
  readonly benchmarkRuns: BenchmarkRunsService;
  readonly attestations: AttestationsService;
  readonly events: EventsService;
  readonly endpoints: EndpointsService;
  readonly deliveries: DeliveriesService;
  readonly podSecurity: PodSecurityService;
  readonly access: AccessService;
  readonly reachability: ReachabilityService;
}

export interface ApiParts {
  readonly store: Store;
  readonly vault: CredentialVault;
  readonly apiKeyPepper: string;
  readonly cursorKey: Uint8Array;
  /** Where webhooks and clusters may lie. */
  readonly addresses: AddressPolicy;
}

export function apiServices({ store, vault, apiKeyPepper, cursorKey, addresses }: ApiParts): ApiServices {
  const tokens = apiKeyTokens(Buffer.from(apiKeyPepper));
  const lists = new Lists(cursorKey);
  const unpacker = new UnpackingThread();
  const questions = new EvidenceQuestions(new KeptEvidence(store, vault), new EngineThread());
  return {
    organisations: new OrganisationsService(store, vault, tokens, lists),
    apiKeys: new ApiKeysService(store, tokens, lists),
    policy: new OrganisationPolicyService(store, lists, (name) => controlById.get(name)?.id),
    clusters: new ClustersService(store, vault, (text, options) => parseKubeconfig(text, { ...options, addresses }), lists),
    snapshots: new SnapshotsService(store, vault),
    enrolmentKeys: new EnrolmentKeysService(store, vault, lists),
    nodeBundles: new NodeBundlesService(store, vault, lists, unpacker),
    kubeBench: new KubeBenchService(store, vault, lists, unpacker),
    cloudDescriptions: new CloudDescriptionsService(store, vault),
    scans: new ScansService(store, lists),
    schedules: new SchedulesService(store),
    findings: new FindingsService(store, lists),
    controls: new ControlsService(catalogue),
    frameworks: new FrameworksService(store, lists, catalogue),
    benchmarks: new BenchmarkCatalogueService(),
    benchmarkRuns: new BenchmarkRunsService(store, lists),
    attestations: new AttestationsService(store, lists),
    events: new EventsService(store, lists),
    endpoints: new EndpointsService(store, vault, egressTargetUrlPolicy(addresses), lists),
    deliveries: new DeliveriesService(store, lists),
    podSecurity: new PodSecurityService(),
    access: new AccessService(questions),
    reachability: new ReachabilityService(questions),
  };
}
