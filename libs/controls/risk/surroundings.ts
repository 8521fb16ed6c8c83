import type { ObjectFacts, Workload } from '#inventory/facts.js';
import { groupBy } from '#inventory/group-by.js';
import { keyOf } from '#inventory/key-of.js';
import { isComplete } from '#inventory/observed.js';
import { ExposureFinder } from '#inventory/reachability/exposure.js';
import { policyKeys, wayKeys } from '#inventory/reachability/from-inventory.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import { defineTemplateFact } from '#inventory/template-facts.js';
import { strongAccounts } from '../control-plane/strong-accounts.js';
import { defineIndex, type World } from '../engine/world.js';
import { permissionKeys, permittedAccounts } from '../indexes/account-permissions.js';
import { accountsOf } from '../indexes/accounts.js';
import { ownsNode } from './owns-node.js';
import type { ExposureFactor, PrivilegeFactor } from './risk.js';

/** What surrounds the object that a finding is about. */
export interface Surroundings {
  readonly exposure?: ExposureFactor;
  readonly privilege?: PrivilegeFactor;
}

const ownsItsNode = defineTemplateFact(ownsNode);
const hasNoToken = defineTemplateFact(({ automountToken }) => automountToken === false);

const nothing: Surroundings = {};
const furthest: readonly ExposureFactor[] = ['none', 'namespace', 'cluster', 'unknown', 'internet'];
const further = (a: ExposureFactor | undefined, b: ExposureFactor): ExposureFactor => (a !== undefined && furthest.indexOf(a) >= furthest.indexOf(b) ? a : b);

const nameOf = ({ group, kind, namespace, name }: ResourceRef): string => keyOf(group, kind, namespace, name);

/**
 * Exposure and privilege of what findings name, each found once: of a workload its own, of a namespace, a service account or a
 * binding the worst exposure of the workloads in it or behind it, of a Service or an Ingress how far away it lets one stand. Reads what was seen and
 * rests on nothing: it orders findings and decides none.
 */
export class SurroundingsFinder {
  private readonly known = new Map<string, Surroundings>();
  private readonly ofWorkload: (Surroundings | undefined)[] = [];
  private index: WorkloadIndex | undefined;
  private finder: ExposureFinder | undefined;
  private readonly isWhole: boolean;
  private readonly arePermissionsKnown: boolean;

  constructor(private readonly world: World) {
    this.isWhole = [...policyKeys, ...wayKeys].every((key) => isComplete(world.outcome(key)));
    this.arePermissionsKnown = permissionKeys.every((key) => isComplete(world.outcome(key)));
  }

  of(resource: ResourceRef): Surroundings {
    const key = nameOf(resource);
    let found = this.known.get(key);
    if (!found) this.known.set(key, (found = this.find(resource)));
    return found;
  }

  workload(at: number): Surroundings {
    return (this.ofWorkload[at] ??= this.judge(this.world.seenWorkloads()[at]!));
  }

  private find(resource: ResourceRef): Surroundings {
    const { kind, namespace, name } = resource;
    const index = (this.index ??= new WorkloadIndex(this.world.seenWorkloads()));
    const at = index.byName.get(nameOf(resource));
    if (at !== undefined) return this.workload(at);
    switch (kind) {
      case 'Namespace':
        return this.worst(index.byNamespace.get(name));
      case 'ServiceAccount':
        return this.worst(index.byAccount.get(`${namespace}/${name}`));
      case 'RoleBinding':
      case 'ClusterRoleBinding': {
        const workloads = this.world.use(bindingsByPlace[kind]).get(placeOf(resource))?.subjects.flatMap((subject) => {
          const accounts = accountsOf(subject);
          return accounts?.of === 'account' ? index.byAccount.get(`${accounts.namespace}/${accounts.name}`) ?? [] : [];
        });
        return this.worst(workloads);
      }
      case 'Service': {
        const type = this.world.use(servicesByPlace).get(placeOf(resource))?.type;
        return { exposure: type === 'LoadBalancer' || type === 'NodePort' ? 'internet' : 'cluster' };
      }
      case 'Ingress':
      case 'HTTPRoute':
      case 'Gateway':
        return { exposure: 'internet' };
      default:
        return nothing;
    }
  }

  private worst(workloads: readonly number[] | undefined): Surroundings {
    let exposure: ExposureFactor | undefined;
    for (const at of workloads ?? []) {
      exposure = further(exposure, this.workload(at).exposure ?? 'none');
      if (exposure === 'internet') break;
    }
    return exposure === undefined ? nothing : { exposure };
  }

  private judge(workload: Workload): Surroundings {
    return { exposure: this.exposureOf(workload), privilege: this.privilegeOf(workload) };
  }

  private exposureOf({ kind, namespace, name }: Workload): ExposureFactor {
    const { seenReachability } = this.world;
    const view = seenReachability.workload({ kind, namespace, name });
    if (!view) return 'unknown';
    const { level, mayBe } = (this.finder ??= new ExposureFinder(seenReachability)).openTo(view);
    if (level === 'internet') return level;
    return mayBe !== undefined || !this.isWhole ? 'unknown' : level;
  }

  private privilegeOf(workload: Workload): PrivilegeFactor {
    return workload.templates.some((id) => this.world.tells(ownsItsNode, id)) ? 'node' : this.rights(workload);
  }

  /** What its service account may do, as far as its pods have a token of it. */
  rights({ namespace, serviceAccount, templates, isMirror }: Workload): Exclude<PrivilegeFactor, 'node'> {
    const { world } = this;
    // A kubelet gives its static pods no account.
    if (isMirror || templates.every((id) => world.tells(hasNoToken, id))) return 'none';
    if (world.use(strongAccounts).get(namespace)?.has(serviceAccount)) return 'cluster';
    if (world.use(permittedAccounts).has(namespace, serviceAccount)) return 'some';
    return this.arePermissionsKnown ? 'none' : 'unknown';
  }
}

/** Made once a scan: risk and controls ask the same one. */
export const surroundings = defineIndex([], (world) => new SurroundingsFinder(world));

/** Where workloads stand in their list, by what findings name. */
class WorkloadIndex {
  readonly byName: ReadonlyMap<string, number>;
  readonly byNamespace: ReadonlyMap<string, readonly number[]>;
  readonly byAccount: ReadonlyMap<string, readonly number[]>;

  constructor(workloads: readonly Workload[]) {
    this.byName = new Map(workloads.map((workload, at) => [nameOf(workload), at]));
    this.byNamespace = groupBy(workloads.keys(), (at) => workloads[at]!.namespace);
    this.byAccount = groupBy(workloads.keys(), (at) => keyOf(workloads[at]!.namespace, workloads[at]!.serviceAccount));
  }
}

const placeOf = ({ namespace, name }: ObjectFacts): string => keyOf(namespace, name);
const placed = <T extends ObjectFacts>(objects: readonly T[]): ReadonlyMap<string, T> => new Map(objects.map((object) => [placeOf(object), object]));

/** What else findings name, by kind and place. */
const servicesByPlace = defineIndex([], (world) => placed(world.seen('services')));
const bindingsByPlace = {
  RoleBinding: defineIndex([], (world) => placed(world.seen('rolebindings.rbac.authorization.k8s.io'))),
  ClusterRoleBinding: defineIndex([], (world) => placed(world.seen('clusterrolebindings.rbac.authorization.k8s.io'))),
} as const;
