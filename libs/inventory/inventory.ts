import type {
  BindingFacts, ClusterFacts, ComponentFacts, ConfigurationFacts, CustomFacts, IngressFacts, KubeletFacts, KubeletFlags, MetadataFacts, NamespaceFacts,
  NetworkPolicyFacts, NodeFacts, ProbeFacts, QuotaFacts, RoleFacts, ServiceAccountFacts, ServiceFacts, WebhookConfigurationFacts, Workload,
} from './facts.js';
import type { NodeEvidenceFacts } from './node-facts.js';
import type { ExposureFacts } from './credentials/exposed-credential.js';
import type { Observed, ReadOutcome } from './observed.js';
import type { PodTable } from './pod-table.js';
import type { ConfigurationKey } from './projection/configuration.js';
import { resourceKeys, type ResourceKey } from './resources.js';
import type { Templates } from './template-store.js';

/** Kinds that become workloads and pod rows, not lists of facts. */
export const workloadKeys = [
  'pods', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'replicasets.apps', 'replicationcontrollers', 'jobs.batch', 'cronjobs.batch',
] as const satisfies readonly ResourceKey[];
export type WorkloadKey = (typeof workloadKeys)[number];
export type ListedKey = Exclude<ResourceKey, WorkloadKey>;
export const isWorkloadKey = (key: ResourceKey): key is WorkloadKey => (workloadKeys as readonly ResourceKey[]).includes(key);
export const listedKeys: readonly ListedKey[] = resourceKeys.filter((key): key is ListedKey => !isWorkloadKey(key));

interface KnownFacts {
  readonly namespaces: NamespaceFacts;
  readonly nodes: NodeFacts;
  readonly serviceaccounts: ServiceAccountFacts;
  readonly 'roles.rbac.authorization.k8s.io': RoleFacts;
  readonly 'clusterroles.rbac.authorization.k8s.io': RoleFacts;
  readonly 'rolebindings.rbac.authorization.k8s.io': BindingFacts;
  readonly 'clusterrolebindings.rbac.authorization.k8s.io': BindingFacts;
  readonly 'networkpolicies.networking.k8s.io': NetworkPolicyFacts;
  readonly 'ingresses.networking.k8s.io': IngressFacts;
  readonly services: ServiceFacts;
  readonly limitranges: QuotaFacts;
  readonly resourcequotas: QuotaFacts;
  readonly configmaps: MetadataFacts;
  readonly secrets: MetadataFacts;
  readonly 'endpointslices.discovery.k8s.io': MetadataFacts;
  readonly 'validatingwebhookconfigurations.admissionregistration.k8s.io': WebhookConfigurationFacts;
  readonly 'mutatingwebhookconfigurations.admissionregistration.k8s.io': WebhookConfigurationFacts;
}

/** The facts a resource's objects become. */
export type FactsOf<K extends ListedKey> = K extends keyof KnownFacts ? KnownFacts[K] : K extends ConfigurationKey ? ConfigurationFacts : CustomFacts;

/** Everything observed of one cluster, compact, and how the reading of each kind ended. */
export interface Inventory {
  readonly cluster: ClusterFacts;
  /** Some facts come from an upload that only knows the objects it was given. */
  readonly basis: 'cluster' | 'objects-given';
  outcome(key: ResourceKey): ReadOutcome;
  /** Objects that were read, whether or not the list is complete. */
  list<K extends ListedKey>(key: K): readonly FactsOf<K>[];
  readonly workloads: readonly Workload[];
  readonly templates: Templates;
  readonly pods: PodTable;
  /** Node names by the pod table's node index. */
  readonly podNodes: readonly string[];
  /** As their static pods show them, and as k3s wrote on its nodes how it was started. */
  readonly components: readonly ComponentFacts[];
  /** What the one API server that answered says of its flags at /flagz. Others of the cluster may have other flags. */
  readonly flagz: Observed<ComponentFacts>;
  /** Addresses that the API servers of the cluster name as their own, each once: the endpoints of Service default/kubernetes. */
  readonly apiServers: Observed<readonly string[]>;
  /** Where credentials stand in plain text, in the objects that were read. Missing in evidence that was kept before anybody looked. */
  readonly exposures: Observed<readonly ExposureFacts[]>;
  /** Live kubelet configuration by node, as far as it could be read. */
  readonly kubelets: ReadonlyMap<string, Observed<KubeletFacts>>;
  /** What kubelets say of their flags at /flagz, by node, of nodes whose kubelet was asked. */
  readonly kubeletFlags: ReadonlyMap<string, Observed<KubeletFlags>>;
  /** What the API server shows to whoever reaches it. */
  readonly probe: Observed<ProbeFacts>;
  /** What collectors saw on nodes, by node; of machines outside the cluster too, such as those of its etcd. */
  readonly nodeEvidence: ReadonlyMap<string, NodeEvidenceFacts>;
  /** Machines outside the cluster that ran a part of its control plane, and of which there is no evidence any more. */
  readonly lostMachines: readonly string[];
}
