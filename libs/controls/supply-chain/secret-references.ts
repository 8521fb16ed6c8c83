import type { CustomFacts, PodTemplate, PolicyRule } from '#inventory/facts.js';
import { workloadKeys } from '#inventory/inventory.js';
import { isConfigurationKey } from '#inventory/projection/configuration.js';
import { ruleReaches } from '#inventory/readers/policy-rule.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import { resourceKeys, resourceType } from '#inventory/resources.js';
import { defineIndex, type World } from '../engine/world.js';
import { accountsOf } from '../indexes/accounts.js';
import { roles } from '../indexes/roles.js';

/** Secrets by name that something refers to. */
class References {
  private readonly names = new Set<string>();

  add(namespace: string, name: string | undefined): void {
    if (name !== undefined && name !== '') this.names.add(`${namespace}/${name}`);
  }

  has(namespace: string, name: string): boolean {
    return this.names.has(`${namespace}/${name}`);
  }
}

/** Two of the kinds that are kept as they are written, for all of them have one type. */
type CustomKey = 'gateways.gateway.networking.k8s.io' | 'issuers.cert-manager.io';
/** Custom kinds that are kept whole: whatever one of them names may be used. */
const customKeys = resourceKeys.filter((key) => resourceType(key).custom === true && resourceType(key).read === 'object' && !isConfigurationKey(key)) as readonly CustomKey[];

/** What pods, accounts, Ingresses and custom resources name. */
export const referredSecrets = defineIndex([...workloadKeys, 'serviceaccounts', 'ingresses.networking.k8s.io', ...customKeys], (world) => {
  const references = new References();
  for (const { namespace, templates } of world.workloads()) for (const id of templates) for (const name of secretsOf(world.template(id))) references.add(namespace, name);
  for (const { namespace, secrets = [], pullSecrets = [] } of world.list('serviceaccounts')) for (const name of [...secrets, ...pullSecrets]) references.add(namespace, name);
  for (const { namespace, tls, annotations } of world.list('ingresses.networking.k8s.io')) {
    for (const { secret } of tls) references.add(namespace, secret);
    for (const value of Object.values(annotations)) addText(references, namespace, value);
  }
  const secrets = secretNames(world);
  for (const key of customKeys) for (const object of world.list(key)) addCustom(references, object, secrets);
  return references;
});

/** Namespaces of each name of a Secret, for resources that stand in no namespace. */
const secretNames = (world: World): ReadonlyMap<string, readonly string[]> => {
  const names = new Map<string, string[]>();
  for (const { namespace, name } of world.seen('secrets')) {
    const known = names.get(name);
    if (known) known.push(namespace);
    else names.set(name, [namespace]);
  }
  return names;
};

function* secretsOf({ containers, volumes, pullSecrets = [] }: PodTemplate): Generator<string> {
  yield* pullSecrets;
  for (const { env } of containers) for (const { source, from } of env) if (source === 'secret' && from !== undefined) yield from;
  for (const { source, of, secrets = [] } of volumes) {
    if (source === 'secret' && of !== undefined) yield of;
    yield* secrets;
  }
}

/** `name` or `namespace/name`. */
function addText(references: References, namespace: string, value: string): void {
  const slash = value.indexOf('/');
  if (slash < 0) references.add(namespace, value);
  else references.add(value.slice(0, slash), value.slice(slash + 1));
}

/** Deepest that a resource is looked at. */
const DEEPEST = 24;

/** Every text of a resource that is the name of a Secret where the resource stands, or beside the namespace that it names. */
function addCustom(references: References, { namespace, spec, specs, annotations = {} }: CustomFacts, secrets: ReadonlyMap<string, readonly string[]>): void {
  const walk = (value: unknown, within: string, depth: number): void => {
    if (depth > DEEPEST) return;
    if (typeof value === 'string') {
      // Of a cluster-scoped resource, wherever there is one of this name.
      if (within === '') for (const place of secrets.get(value) ?? []) references.add(place, value);
      else if (secrets.has(value.slice(value.indexOf('/') + 1))) addText(references, within, value);
    } else if (Array.isArray(value)) for (const item of value) walk(item, within, depth + 1);
    else if (typeof value === 'object' && value !== null) {
      const record = asRecord(value);
      const named = record['namespace'];
      const place = typeof named === 'string' && named !== '' ? named : within;
      for (const field of Object.keys(record)) walk(record[field], place, depth + 1);
    }
  };
  for (const item of [spec, ...(specs ?? []), ...Object.values(annotations)]) walk(item, namespace, 0);
}

/** Namespaces of resources that may name Secrets and are read by their metadata alone. */
export const monitoredNamespaces = defineIndex(
  ['prometheuses.monitoring.coreos.com', 'alertmanagers.monitoring.coreos.com'],
  (world): ReadonlySet<string> => new Set([...world.list('prometheuses.monitoring.coreos.com'), ...world.list('alertmanagers.monitoring.coreos.com')].map(({ namespace }) => namespace)),
);

const reads = ['get', 'list', 'watch'];
const readsSecrets = (rule: PolicyRule): boolean => reads.some((verb) => ruleReaches(rule, { verb, group: '', resource: 'secrets' }));

/** Secrets that programs of the same namespace, or with a right for it alone, may read over the API: one by one, or all of a namespace. */
export const readableSecrets = defineIndex(
  ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'],
  (world) => {
    const references = new References();
    const namespaces = new Set<string>();
    const known = world.use(roles);
    const grant = (rules: readonly PolicyRule[], within: readonly string[]): void => {
      for (const { resourceNames } of rules.filter(readsSecrets)) {
        for (const namespace of within) {
          if (resourceNames.length === 0) namespaces.add(namespace);
          for (const name of resourceNames) references.add(namespace, name);
        }
      }
    };
    for (const binding of world.list('rolebindings.rbac.authorization.k8s.io')) {
      if (binding.subjects.some((subject) => accountsOf(subject) !== undefined)) grant(known.of(binding)?.rules ?? [], [binding.namespace]);
    }
    // Who may read every Secret mostly looks after its own: those of its namespace.
    for (const binding of world.list('clusterrolebindings.rbac.authorization.k8s.io')) {
      const own = binding.subjects.map(accountsOf).flatMap((meant) => (meant === undefined || meant.of === 'all' ? [] : [meant.namespace]));
      if (own.length > 0) grant(known.of(binding)?.rules ?? [], own);
    }
    return { has: (namespace: string, name: string): boolean => namespaces.has(namespace) || references.has(namespace, name) };
  },
);
