import type { FactsOf, Inventory, ListedKey } from '#inventory/inventory.js';
import { isWorkloadKey } from '#inventory/inventory.js';
import { isComplete } from '#inventory/observed.js';
import { resourceTypes, type ResourceKey } from '#inventory/resources.js';
import type { Labels, NodeFacts, Workload } from '#inventory/facts.js';
import type { CloudDescription } from '../../cloud/cloud-description.js';
import type { CloudProvider } from '../../rules/rule.js';

/** Objects as the API has them, whole lists by the name that rules use: `networks.config.openshift.io`, `configmaps of openshift-kube-apiserver`. */
export type GivenObjects = ReadonlyMap<string, readonly unknown[]>;

/** Some objects of a kind, and whether these are all. */
export interface Seen<T> {
  readonly items: readonly T[];
  /** Why there may be others; undefined where these are all. */
  readonly missing?: string;
}

/** An object as rules ask it: by its fields as the API has them. */
export interface AnyObject {
  readonly name: string;
  readonly namespace: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Served under two names: one list is enough. */
const alias: Readonly<Record<string, string>> = { 'networkpolicies.projectcalico.org': 'networkpolicies.crd.projectcalico.org' };

const isKey = (resource: string): resource is ResourceKey => Object.hasOwn(resourceTypes, resource);

/** What is known of the cluster as a whole. */
export class ClusterView {
  constructor(
    readonly inventory: Inventory | undefined,
    readonly clouds: ReadonlyMap<CloudProvider, CloudDescription>,
    private readonly given: GivenObjects,
  ) {}

  /** Why a list does not tell of what it lacks; undefined where it does. */
  missingOf(key: ResourceKey): string | undefined {
    if (!this.inventory) return `${key}, of which nothing was read`;
    const outcome = this.inventory.outcome(key);
    if (isComplete(outcome)) return undefined;
    if (outcome.state === 'given') return `${key} beside those that were uploaded`;
    return outcome.state === 'partial' || outcome.state === 'missing' ? `${key}: ${outcome.detail === '' ? outcome.reason : outcome.detail}` : key;
  }

  listed<K extends ListedKey>(key: K): Seen<FactsOf<K>> {
    const missing = this.missingOf(key);
    return { items: this.inventory?.list(key) ?? [], ...(missing !== undefined && { missing }) };
  }

  workloads(key: ResourceKey): Seen<Workload> {
    const kind = resourceTypes[key].kind;
    const missing = this.missingOf(key);
    return { items: (this.inventory?.workloads ?? []).filter((workload) => workload.kind === kind), ...(missing !== undefined && { missing }) };
  }

  /** Objects by what the API says of them. `resource`: with ` of namespace` where one namespace is meant. */
  objects(resource: string): Seen<AnyObject> {
    const [plain = '', namespace] = resource.split(' of ');
    const raw = this.given.get(resource) ?? this.given.get(plain);
    if (raw) return { items: raw.flatMap(objectOf).filter((object) => namespace === undefined || object.namespace === namespace) };
    const key = alias[plain] ?? plain;
    if (!isKey(key)) return { items: [], missing: `${resource}, which was not read` };
    const missing = this.missingOf(key);
    return { items: this.facts(key).filter((object) => namespace === undefined || object.namespace === namespace), ...(missing !== undefined && { missing }) };
  }

  private facts(key: ResourceKey): readonly AnyObject[] {
    const { inventory } = this;
    if (!inventory) return [];
    if (isWorkloadKey(key)) {
      const kind = resourceTypes[key].kind;
      return inventory.workloads.filter((workload) => workload.kind === kind).map((workload) => ({
        name: workload.name, namespace: workload.namespace, fields: { metadata: { labels: { ...labelsOf(inventory, workload), ...workload.labels } } },
      }));
    }
    if (key === 'nodes') return inventory.list('nodes').map(nodeObject);
    return inventory.list(key).map((facts) => ({
      name: facts.name, namespace: facts.namespace,
      fields: { metadata: { labels: facts.labels ?? {} }, ...('spec' in facts && { spec: facts.spec }), ...('annotations' in facts && { annotations: facts.annotations }) },
    }));
  }
}

function labelsOf(inventory: Inventory, { templates }: Workload): Labels {
  const [id] = templates;
  return id === undefined ? {} : inventory.templates.get(id).labels;
}

const nodeObject = ({ name, labels, osImage, containerRuntime, kubeletVersion, kernelVersion, operatingSystem }: NodeFacts): AnyObject => ({
  name, namespace: '',
  fields: { metadata: { labels }, status: { nodeInfo: { osImage, containerRuntimeVersion: containerRuntime, kubeletVersion, kernelVersion, operatingSystem } } },
});

/** Of what somebody gave as an object only what has a name is one. */
function objectOf(raw: unknown): readonly AnyObject[] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return [];
  const fields = raw as Readonly<Record<string, unknown>>;
  const { name, namespace } = (typeof fields['metadata'] === 'object' && fields['metadata'] !== null ? fields['metadata'] : {}) as { readonly name?: unknown; readonly namespace?: unknown };
  return typeof name === 'string' ? [{ name, namespace: typeof namespace === 'string' ? namespace : '', fields }] : [];
}
