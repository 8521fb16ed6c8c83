import type { Labels, PodTemplate, Workload } from '../facts.js';
import { workloadKeys, type Inventory } from '../inventory.js';
import { isComplete } from '../observed.js';
import { enforcedLevel } from '../pod-security/namespace-labels.js';
import type { ResourceKey } from '../resources.js';
import type { EnforceLevel, EscalationWorkload, EscalationWorld } from './escalation-world.js';
import { reachesHost } from './host-access.js';

/** Lists whose absent objects could make a way shorter, or one of its steps impossible. */
const keys = ['namespaces', 'nodes', 'serviceaccounts', 'secrets', ...workloadKeys] as const satisfies readonly ResourceKey[];

const controlPlaneRoles = ['control-plane', 'controlplane', 'master', 'etcd'];
const tokenType = 'kubernetes.io/service-account-token';
const accountAnnotation = 'kubernetes.io/service-account.name';
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What of a scan decides, besides RBAC, how far rights go, and which lists of it were not read to the end. */
export interface ObservedWorld {
  readonly world: EscalationWorld;
  readonly incomplete: readonly ResourceKey[];
}

/** Linear in workloads, templates and pods; every template is looked at once. */
export function escalationWorldOf(inventory: Inventory): ObservedWorld {
  const tokenSecrets = tokenSecretsOf(inventory);
  return {
    world: {
      namespaces: inventory.list('namespaces').map(({ name, labels }) => ({ name, ...enforced(labels) })),
      workloads: workloadsOf(inventory, tokenSecrets),
      nodes: inventory.list('nodes').map(({ name, labels }) => ({ name, isControlPlane: isControlPlane(labels) })),
      tokenSecrets,
    },
    incomplete: keys.filter((key) => !isComplete(inventory.outcome(key))),
  };
}

function enforced(labels: Labels): { readonly enforce?: EnforceLevel } {
  const enforce = enforcedLevel(labels);
  return enforce === undefined ? {} : { enforce };
}

const isControlPlane = (labels: Labels): boolean => controlPlaneRoles.some((role) => {
  const name = `node-role.kubernetes.io/${role}`;
  return Object.hasOwn(labels, name) && labels[name] !== 'false';
});

function tokenSecretsOf(inventory: Inventory): EscalationWorld['tokenSecrets'] {
  const found = [];
  for (const { namespace, name, type, annotations } of inventory.list('secrets')) {
    const serviceAccount = annotations?.[accountAnnotation];
    if (type === tokenType && serviceAccount) found.push({ namespace, name, serviceAccount });
  }
  return found;
}

/** One a workload, but for one whose pods differ by account, which is one an account. */
function workloadsOf(inventory: Inventory, tokenSecrets: EscalationWorld['tokenSecrets']): readonly EscalationWorkload[] {
  const automounts = new Map(inventory.list('serviceaccounts').map(({ namespace, name, automountToken }) => [`${namespace}/${name}`, automountToken]));
  const accountOfSecret = new Map(tokenSecrets.map(({ namespace, name, serviceAccount }) => [`${namespace}/${name}`, serviceAccount]));
  const nodes = nodesOf(inventory);
  return inventory.workloads.flatMap((workload, id): readonly EscalationWorkload[] => {
    const { kind, namespace, name } = workload;
    const byAccount = new Map<string, { mountsToken: boolean; reachesHost: boolean }>();
    for (const template of workload.templates.map((at) => inventory.templates.get(at))) {
      const account = template.serviceAccount;
      const known = byAccount.get(account);
      // The pod's setting goes before the account's; without either the token is mounted.
      const isAutomounted = template.automountToken ?? automounts.get(`${namespace}/${account}`) ?? true;
      const holds = holdsToken(workload, template, isAutomounted, accountOfSecret);
      byAccount.set(account, { mountsToken: holds || known?.mountsToken === true, reachesHost: reachesHost(template) || known?.reachesHost === true });
    }
    const on = nodes.get(id);
    return Array.from(byAccount, ([serviceAccount, access]) => ({ kind, namespace, name, serviceAccount, ...access, ...(on && { nodes: Array.from(on, (node) => inventory.podNodes[node]!) }) }));
  });
}

/** Whether any container has a token of the template's account: admission's, one it projects itself, or one of a Secret. */
function holdsToken({ isMirror, namespace }: Workload, { containers, volumes, serviceAccount }: PodTemplate, isAutomounted: boolean, accountOfSecret: ReadonlyMap<string, string>): boolean {
  // A kubelet starts static pods without an account.
  if (isMirror) return false;
  // Where something else is mounted there, admission leaves the container alone.
  if (isAutomounted && containers.some(({ mounts }) => !mounts.some(({ path }) => path.replace(/\/+$/, '') === tokenPath))) return true;
  const withToken = new Set(volumes
    .filter(({ source, of, tokenSeconds }) => tokenSeconds !== undefined || (source === 'secret' && accountOfSecret.get(`${namespace}/${of ?? ''}`) === serviceAccount))
    .map(({ name }) => name));
  return withToken.size > 0 && containers.some(({ mounts }) => mounts.some(({ volume }) => withToken.has(volume)));
}

/** Nodes by workload, of those whose pods are on any. */
function nodesOf({ pods }: Inventory): ReadonlyMap<number, ReadonlySet<number>> {
  const nodes = new Map<number, Set<number>>();
  for (let row = 0; row < pods.length; row++) {
    const node = pods.nodeAt(row);
    if (node < 0) continue;
    const owner = pods.ownerAt(row);
    const known = nodes.get(owner);
    if (known) known.add(node);
    else nodes.set(owner, new Set([node]));
  }
  return nodes;
}
