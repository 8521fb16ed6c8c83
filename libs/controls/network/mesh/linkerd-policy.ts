import type { MissingEvidence } from '#inventory/observed.js';
import { selects } from '#inventory/readers/label-selector.js';
import { looseSelector } from '#inventory/readers/loose-selector.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, type World } from '../../engine/world.js';
import { textOf } from '../routes/loose.js';
import type { MeshNamespace, MeshWorkload } from './meshes.js';

const annotation = 'config.linkerd.io/default-inbound-policy';

/** Defaults by which nobody without a certificate of the mesh gets in. */
const authenticated: ReadonlySet<string> = new Set(['all-authenticated', 'cluster-authenticated', 'deny']);

export type LinkerdAnswer = { readonly state: 'required' } | { readonly state: 'open'; readonly because: string } | { readonly state: 'unknown'; readonly missing: MissingEvidence };

interface Server {
  readonly name: string;
  readonly selector: NonNullable<ReturnType<typeof looseSelector>>;
  readonly port: string;
  readonly accessPolicy: string;
}

const servers = defineIndex(['servers.policy.linkerd.io'], (world) => {
  const byNamespace = new Map<string, Server[]>();
  for (const { namespace, name, spec } of world.list('servers.policy.linkerd.io')) {
    const { podSelector, port, accessPolicy } = asRecord(spec);
    const selector = looseSelector(podSelector);
    if (!selector) continue;
    const server = { name, selector, port: typeof port === 'number' ? String(port) : textOf(port), accessPolicy: textOf(accessPolicy) };
    const list = byNamespace.get(namespace);
    if (list) list.push(server);
    else byNamespace.set(namespace, [server]);
  }
  return byNamespace;
});

/** Servers, or namespaces, that something lets in whoever has no certificate of the mesh: `namespace/name`, `namespace/`. */
const opened = defineIndex(['authorizationpolicies.policy.linkerd.io'], (world) => {
  const targets = new Set<string>();
  for (const { namespace, spec } of world.list('authorizationpolicies.policy.linkerd.io')) {
    const { targetRef, requiredAuthenticationRefs } = asRecord(spec);
    const { kind, name } = asRecord(targetRef);
    const isMeshOnly = asList(requiredAuthenticationRefs).map(asRecord).some((ref) => ref['kind'] === 'MeshTLSAuthentication' || ref['kind'] === 'ServiceAccount');
    if (!isMeshOnly) targets.add(`${namespace}/${kind === 'Namespace' ? '' : textOf(name)}`);
  }
  return targets;
});

const isRequired = (policy: string): LinkerdAnswer =>
  (authenticated.has(policy) ? { state: 'required' } : { state: 'open', because: `annotation ${annotation} is ${policy.slice(0, 63)}` });

/** Whether every port that a workload names has a Server that lets in the mesh alone. */
function isGuarded(world: World, { workload: { namespace }, labels, ports }: MeshWorkload): boolean {
  const found = (world.use(servers).get(namespace) ?? []).filter(({ selector }) => selects(selector, labels));
  const open = world.use(opened);
  const guards = found.filter(({ name, accessPolicy }) => !open.has(`${namespace}/${name}`) && !open.has(`${namespace}/`) && (accessPolicy === '' || authenticated.has(accessPolicy)));
  return ports.length > 0 && ports.every(({ port, name }) => guards.some((server) => server.port === String(port) || (name !== undefined && server.port === name)));
}

const untold: LinkerdAnswer = { state: 'unknown', missing: { fact: 'configmaps', reason: 'not-requested', detail: 'the default inbound policy of the installation is in ConfigMap linkerd-config, whose values are not read' } };

/** Whether a namespace's annotation keeps out whoever is not in the mesh. */
export function namespacePolicyOf({ annotations }: MeshNamespace, world: World): LinkerdAnswer {
  if (!annotations) world.list('namespaces');
  const policy = annotations?.[annotation];
  return policy === undefined ? untold : isRequired(policy);
}

/** The same for one workload: its own annotation, then its Servers, then its namespace. */
export function workloadPolicyOf(world: World, workload: MeshWorkload, namespace: LinkerdAnswer): LinkerdAnswer {
  const skipped = workload.annotations['config.linkerd.io/skip-inbound-ports'];
  if (skipped !== undefined && skipped.trim() !== '') return { state: 'open', because: `annotation config.linkerd.io/skip-inbound-ports lets ports ${skipped.slice(0, 100)} pass by the proxy` };
  const own = workload.annotations[annotation];
  if (own !== undefined && authenticated.has(own)) return { state: 'required' };
  if (isGuarded(world, workload)) return { state: 'required' };
  return own === undefined ? namespace : isRequired(own);
}
