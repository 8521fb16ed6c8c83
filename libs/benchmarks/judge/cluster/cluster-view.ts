import type { FactsOf, Inventory, ListedKey } from '#inventory/inventory.js';
import { isWorkloadKey } from '#inventory/inventory.js';
import { isComplete } from '#inventory/observed.js';
import { resourceTypes, type ResourceKey } from '#inventory/resources.js';
import type { Fields, Labels, NodeFacts, Workload } from '#inventory/facts.js';
import type { CloudDescription } from '../../cloud/cloud-description.js';
import type { CloudProvider } from '../../rules/rule.js';

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
  readonly fields: Fields;
}

/** Served under two names: one list is enough. */
const alias: Readonly<Record<string, string>> = { 'networkpolicies.projectcalico.org': 'networkpolicies.crd.projectcalico.org' };

const isKey = (resource: string): resource is ResourceKey => Object.hasOwn(resourceTypes, resource);

/** The list in which objects of a resource are, as rules and evidence name it: `secrets of kube-system`. Undefined where none is read that has them. */
export function listOfResource(resource: string): ResourceKey | undefined {
  const [plain = ''] = resource.split(' of ');
  const key = alias[plain] ?? plain;
  return isKey(key) ? key : undefined;
}

/** What is known of the cluster as a whole. */
export class ClusterView {
  constructor(
    readonly inventory: Inventory | undefined,
    readonly clouds: ReadonlyMap<CloudProvider, CloudDescription>,
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
    const [, namespace] = resource.split(' of ');
    const key = listOfResource(resource);
    if (key === undefined) return { items: [], missing: `${resource}, which was not read` };
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
      fields: 'fields' in facts ? facts.fields : { metadata: { labels: facts.labels ?? {} }, ...('spec' in facts && { spec: facts.spec }), ...('annotations' in facts && { annotations: facts.annotations }) },
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
