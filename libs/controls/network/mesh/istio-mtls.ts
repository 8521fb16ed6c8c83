import type { Labels } from '#inventory/facts.js';
import { looseSelector } from '#inventory/readers/loose-selector.js';
import { selects, selectsAll } from '#inventory/readers/label-selector.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, type World } from '../../engine/world.js';
import { textOf } from '../routes/loose.js';
import { meshes, type MeshWorkload } from './meshes.js';

const key = 'peerauthentications.security.istio.io';

interface Authentication {
  readonly name: string;
  readonly namespace: string;
  /** UNSET where the wider policy decides. */
  readonly mode: string;
  readonly labels?: Labels;
  /** Ports with a mode of their own. */
  readonly ports: readonly { readonly port: string; readonly mode: string }[];
}

/** Weakest first: of several for the same pods the oldest is in force, which is not told here. */
const modes = ['DISABLE', 'PERMISSIVE', 'UNSET', 'STRICT'] as const;
const strength = ({ mode }: Authentication): number => (modes as readonly string[]).indexOf(mode);
const weakest = (list: readonly Authentication[]): Authentication | undefined => [...list].sort((a, b) => strength(a) - strength(b))[0];

const modeOf = (mtls: unknown): string => {
  const mode = textOf(asRecord(mtls)['mode']);
  return (modes as readonly string[]).includes(mode) ? mode : 'UNSET';
};

const authentications = defineIndex([key], (world) => {
  const wide = new Map<string, Authentication[]>();
  const narrow = new Map<string, Authentication[]>();
  for (const { namespace, name, spec } of world.list(key)) {
    const { selector, mtls, portLevelMtls } = asRecord(spec);
    const parsed = looseSelector(selector);
    const ports = Object.entries(asRecord(portLevelMtls)).slice(0, 200).map(([port, value]) => ({ port, mode: modeOf(value) }));
    const isWide = parsed === undefined || selectsAll(parsed);
    const found: Authentication = { namespace, name, mode: modeOf(mtls), ports: isWide ? [] : ports, ...(!isWide && { labels: parsed.matchLabels }) };
    const map = isWide ? wide : narrow;
    const list = map.get(namespace);
    if (list) list.push(found);
    else map.set(namespace, [found]);
  }
  return { wide, narrow };
});

export interface Strictness {
  readonly isStrict: boolean;
  /** Why. */
  readonly because: string;
}

const textOfAuthentication = ({ namespace, name, mode }: Authentication): string => `PeerAuthentication ${namespace}/${name} is ${mode}`;

/** Whether pods of a namespace take nothing but mutual TLS, where no narrower policy says otherwise. */
export function strictnessOf(world: World, namespace: string): Strictness {
  const { wide } = world.use(authentications);
  const own = weakest(wide.get(namespace) ?? []);
  if (own && own.mode !== 'UNSET') return { isStrict: own.mode === 'STRICT', because: textOfAuthentication(own) };
  const roots = new Set(['istio-system', ...world.use(meshes).controlNamespaces]);
  const root = weakest([...roots].flatMap((name) => wide.get(name) ?? []));
  if (root && root.mode !== 'UNSET') return { isStrict: root.mode === 'STRICT', because: textOfAuthentication(root) };
  return { isStrict: false, because: 'no PeerAuthentication holds here, and Istio then takes plain text too' };
}

/** What makes one workload's pods weaker than its namespace; undefined where nothing does. */
export function weaknessOf(world: World, { workload, labels, annotations }: MeshWorkload): string | undefined {
  const excluded = annotations['traffic.sidecar.istio.io/excludeInboundPorts'];
  if (excluded !== undefined && excluded.trim() !== '') return `annotation traffic.sidecar.istio.io/excludeInboundPorts lets ports ${excluded.slice(0, 100)} pass by the proxy`;
  const found = (world.use(authentications).narrow.get(workload.namespace) ?? []).filter((each) => selects({ matchLabels: each.labels ?? {}, matchExpressions: [] }, labels));
  const weak = found.find(({ mode }) => mode === 'DISABLE' || mode === 'PERMISSIVE');
  if (weak) return textOfAuthentication(weak);
  for (const each of found) {
    const port = each.ports.find(({ mode }) => mode === 'DISABLE' || mode === 'PERMISSIVE');
    if (port) return `PeerAuthentication ${each.namespace}/${each.name} is ${port.mode} for port ${port.port.slice(0, 10)}`;
  }
  return undefined;
}

/** Whether a policy for these pods alone is strict though their namespace is not. */
export function isStrictItself(world: World, { workload, labels }: MeshWorkload): boolean {
  const found = (world.use(authentications).narrow.get(workload.namespace) ?? []).filter((each) => selects({ matchLabels: each.labels ?? {}, matchExpressions: [] }, labels));
  return found.length > 0 && found.every(({ mode }) => mode === 'STRICT');
}
