import type {
  BindingFacts, CustomFacts, IngressFacts, Labels, MetadataFacts, NamespaceFacts, NetworkPolicyFacts, NetworkPolicyPeer, NetworkPolicyPort,
  NetworkPolicyRule, NodeFacts, PolicyRule, QuotaFacts, RoleFacts, ServiceAccountFacts, ServiceFacts, ServicePort, Taint,
  WebhookConfigurationFacts, WebhookFacts,
} from '../facts.js';
import { set, type Mutable } from './optional.js';
import { flagAt, intOrTextAt, InvalidObject, listAt, mapAt, maybeObject, numberAt, objectAt, objectsAt, stringsAt, textAt, type Raw } from './raw.js';
import { maybeSelector, projectSelector } from './selector.js';

/** Longest JSON of a custom resource's spec that is kept. */
export const MAX_CUSTOM_SPEC = 256 * 1024;

/** Annotations are kept only where controls read them, and never `last-applied-configuration`: it repeats the object, secrets included. */
const keptAnnotation = (name: string): boolean => name !== 'kubectl.kubernetes.io/last-applied-configuration';

const tellsOfSecrets = (name: string): boolean => name.startsWith('kubernetes.io/') || name.includes('sealedsecrets') || name.includes('external-secrets');

export interface Identity {
  readonly namespace: string;
  readonly name: string;
}

/** Name and namespace of an object; a namespaced object without a namespace is in `default`, as kubectl would put it. */
export function identityOf(raw: Raw, namespaced: boolean): Identity {
  const metadata = objectAt(raw, 'metadata');
  const name = textAt(metadata, 'name') || textAt(metadata, 'generateName');
  if (!name) throw new InvalidObject('metadata.name', 'a name');
  return { namespace: namespaced ? textAt(metadata, 'namespace') || 'default' : '', name };
}

/** Kubernetes' own: where they come from, and when a token was last used. */
const decidingLabel = (name: string): boolean => name.startsWith('kubernetes.io/');

/** The labels that are kept, where there are any. */
function labelsOf(raw: Raw, keep?: (name: string) => boolean): Labels | undefined {
  const labels = mapAt(objectAt(raw, 'metadata'), 'labels', keep);
  return Object.keys(labels).length > 0 ? labels : undefined;
}

const annotationsOf = (raw: Raw): Labels => mapAt(objectAt(raw, 'metadata'), 'annotations', keptAnnotation);

export function projectNamespace(raw: Raw, { namespace, name }: Identity): NamespaceFacts {
  return { namespace, name, labels: mapAt(objectAt(raw, 'metadata'), 'labels'), terminating: textAt(objectAt(raw, 'status'), 'phase') === 'Terminating' };
}

const nodeAddressTypes: ReadonlySet<string | undefined> = new Set(['InternalIP', 'ExternalIP']);

export function projectNode(raw: Raw, { namespace, name }: Identity): NodeFacts {
  const spec = objectAt(raw, 'spec');
  const status = objectAt(raw, 'status');
  const info = objectAt(status, 'nodeInfo');
  return {
    namespace,
    name,
    labels: mapAt(objectAt(raw, 'metadata'), 'labels'),
    taints: objectsAt(spec, 'taints').map((raw) => {
      const taint: Mutable<Taint> = { key: textAt(raw, 'key') ?? '', effect: textAt(raw, 'effect') ?? '' };
      set(taint, 'value', textAt(raw, 'value'));
      return taint;
    }),
    kubeletVersion: textAt(info, 'kubeletVersion') ?? '',
    osImage: textAt(info, 'osImage') ?? '',
    kernelVersion: textAt(info, 'kernelVersion') ?? '',
    containerRuntime: textAt(info, 'containerRuntimeVersion') ?? '',
    operatingSystem: textAt(info, 'operatingSystem') ?? '',
    architecture: textAt(info, 'architecture') ?? '',
    providerId: textAt(spec, 'providerID') ?? '',
    addresses: objectsAt(status, 'addresses').filter((raw) => nodeAddressTypes.has(textAt(raw, 'type'))).map((raw) => textAt(raw, 'address') ?? ''),
    ready: objectsAt(status, 'conditions').some((condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True'),
    unschedulable: flagAt(spec, 'unschedulable') ?? false,
  };
}

export function projectServiceAccount(raw: Raw, { namespace, name }: Identity): ServiceAccountFacts {
  const facts: Mutable<ServiceAccountFacts> = { namespace, name, annotations: annotationsOf(raw) };
  set(facts, 'labels', labelsOf(raw, decidingLabel));
  set(facts, 'automountToken', flagAt(raw, 'automountServiceAccountToken'));
  return facts;
}

export function projectRole(raw: Raw, { namespace, name }: Identity, kind: RoleFacts['kind']): RoleFacts {
  const facts: Mutable<RoleFacts> = {
    namespace,
    name,
    kind,
    rules: objectsAt(raw, 'rules').map((rule): PolicyRule => ({
      verbs: stringsAt(rule, 'verbs'),
      apiGroups: stringsAt(rule, 'apiGroups'),
      resources: stringsAt(rule, 'resources'),
      resourceNames: stringsAt(rule, 'resourceNames'),
      nonResourceURLs: stringsAt(rule, 'nonResourceURLs'),
    })),
  };
  const aggregation = maybeObject(raw, 'aggregationRule');
  // Aggregation selects cluster roles by any label.
  set(facts, 'labels', labelsOf(raw, kind === 'ClusterRole' ? undefined : decidingLabel));
  set(facts, 'aggregates', aggregation && objectsAt(aggregation, 'clusterRoleSelectors').map(projectSelector));
  return facts;
}

export function projectBinding(raw: Raw, { namespace, name }: Identity, kind: BindingFacts['kind']): BindingFacts {
  const role = objectAt(raw, 'roleRef');
  const facts: Mutable<BindingFacts> = {
    namespace,
    name,
    kind,
    roleKind: textAt(role, 'kind') ?? '',
    roleName: textAt(role, 'name') ?? '',
    subjects: objectsAt(raw, 'subjects').map((subject) => {
      const subjectKind = textAt(subject, 'kind') ?? '';
      const isAccount = subjectKind === 'ServiceAccount';
      // A RoleBinding's own namespace is the default; in a ClusterRoleBinding an account without one matches nobody.
      const given = isAccount ? textAt(subject, 'namespace') || (kind === 'RoleBinding' ? namespace : '') : '';
      return { kind: subjectKind, name: textAt(subject, 'name') ?? '', namespace: given === namespace ? namespace : given };
    }),
  };
  set(facts, 'labels', labelsOf(raw, decidingLabel));
  return facts;
}

export function projectNetworkPolicy(raw: Raw, { namespace, name }: Identity): NetworkPolicyFacts {
  const spec = objectAt(raw, 'spec');
  const egress = objectsAt(spec, 'egress');
  const declared = stringsAt(spec, 'policyTypes');
  // API defaulting: always Ingress, and Egress only where egress rules are written.
  const types = declared.length > 0 ? declared : egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return {
    namespace,
    name,
    podSelector: projectSelector(objectAt(spec, 'podSelector')),
    policyTypes: types.filter((type): type is 'Ingress' | 'Egress' => type === 'Ingress' || type === 'Egress'),
    ingress: objectsAt(spec, 'ingress').map((rule) => projectPolicyRule(rule, 'from')),
    egress: egress.map((rule) => projectPolicyRule(rule, 'to')),
  };
}

function projectPolicyRule(raw: Raw, peers: 'from' | 'to'): NetworkPolicyRule {
  return { peers: objectsAt(raw, peers).map(projectPeer), ports: objectsAt(raw, 'ports').map(projectPolicyPort) };
}

function projectPeer(raw: Raw): NetworkPolicyPeer {
  const peer: Mutable<NetworkPolicyPeer> = {};
  set(peer, 'podSelector', maybeSelector(raw, 'podSelector'));
  set(peer, 'namespaceSelector', maybeSelector(raw, 'namespaceSelector'));
  const block = maybeObject(raw, 'ipBlock');
  if (block) {
    peer.cidr = textAt(block, 'cidr') ?? '';
    peer.except = stringsAt(block, 'except');
  }
  return peer;
}

function projectPolicyPort(raw: Raw): NetworkPolicyPort {
  const port: Mutable<NetworkPolicyPort> = { protocol: textAt(raw, 'protocol') ?? 'TCP' };
  set(port, 'port', intOrTextAt(raw, 'port'));
  set(port, 'endPort', numberAt(raw, 'endPort'));
  return port;
}

export function projectService(raw: Raw, { namespace, name }: Identity): ServiceFacts {
  const spec = objectAt(raw, 'spec');
  const facts: Mutable<ServiceFacts> = {
    namespace,
    name,
    type: textAt(spec, 'type') ?? 'ClusterIP',
    selector: mapAt(spec, 'selector'),
    ports: objectsAt(spec, 'ports').map(projectServicePort),
    externalIPs: stringsAt(spec, 'externalIPs'),
    sourceRanges: stringsAt(spec, 'loadBalancerSourceRanges'),
    annotations: annotationsOf(raw),
  };
  set(facts, 'loadBalancerClass', textAt(spec, 'loadBalancerClass'));
  set(facts, 'externalTrafficPolicy', textAt(spec, 'externalTrafficPolicy') === 'Local' ? 'Local' : undefined);
  set(facts, 'externalName', textAt(spec, 'externalName'));
  return facts;
}

function projectServicePort(raw: Raw): ServicePort {
  const port: Mutable<ServicePort> = { port: numberAt(raw, 'port') ?? 0, protocol: textAt(raw, 'protocol') ?? 'TCP' };
  set(port, 'name', textAt(raw, 'name'));
  set(port, 'targetPort', intOrTextAt(raw, 'targetPort'));
  set(port, 'nodePort', numberAt(raw, 'nodePort'));
  return port;
}

export function projectIngress(raw: Raw, { namespace, name }: Identity): IngressFacts {
  const spec = objectAt(raw, 'spec');
  const annotations = annotationsOf(raw);
  const facts: Mutable<IngressFacts> = {
    namespace,
    name,
    annotations,
    rules: objectsAt(spec, 'rules').map((rule) => ({
      host: textAt(rule, 'host') ?? '',
      paths: objectsAt(objectAt(rule, 'http'), 'paths').map((path) => ({ path: textAt(path, 'path') ?? '', ...projectBackend(objectAt(path, 'backend')) })),
    })),
    tls: objectsAt(spec, 'tls').map((raw) => {
      const tls: Mutable<IngressFacts['tls'][number]> = { hosts: stringsAt(raw, 'hosts') };
      set(tls, 'secret', textAt(raw, 'secretName'));
      return tls;
    }),
  };
  const fallback = maybeObject(spec, 'defaultBackend') ?? maybeObject(spec, 'backend');
  set(facts, 'className', textAt(spec, 'ingressClassName') ?? annotations['kubernetes.io/ingress.class']);
  set(facts, 'defaultService', fallback && projectBackend(fallback).service);
  return facts;
}

function projectBackend(raw: Raw): { service?: string; port?: number | string } {
  const backend: { service?: string; port?: number | string } = {};
  const service = maybeObject(raw, 'service');
  const port = objectAt(service ?? raw, 'port');
  set(backend, 'service', service ? textAt(service, 'name') : textAt(raw, 'serviceName'));
  set(backend, 'port', service ? (numberAt(port, 'number') ?? textAt(port, 'name')) : intOrTextAt(raw, 'servicePort'));
  return backend;
}

export function projectMetadata(raw: Raw, { namespace, name }: Identity): MetadataFacts {
  const metadata = objectAt(raw, 'metadata');
  const facts: Mutable<MetadataFacts> = { namespace, name, annotations: mapAt(metadata, 'annotations', tellsOfSecrets) };
  set(facts, 'labels', labelsOf(raw, decidingLabel));
  set(facts, 'type', textAt(raw, 'type'));
  set(facts, 'createdAt', textAt(metadata, 'creationTimestamp'));
  return facts;
}

export function projectWebhooks(raw: Raw, { namespace, name }: Identity, kind: WebhookConfigurationFacts['kind']): WebhookConfigurationFacts {
  return { namespace, name, kind, webhooks: objectsAt(raw, 'webhooks').map(projectWebhook) };
}

function projectWebhook(raw: Raw): WebhookFacts {
  const client = objectAt(raw, 'clientConfig');
  const service = maybeObject(client, 'service');
  const webhook: Mutable<WebhookFacts> = {
    name: textAt(raw, 'name') ?? '',
    failurePolicy: textAt(raw, 'failurePolicy') ?? 'Fail',
    rules: objectsAt(raw, 'rules').map((rule) => ({ operations: stringsAt(rule, 'operations'), apiGroups: stringsAt(rule, 'apiGroups'), resources: stringsAt(rule, 'resources') })),
    namespaceSelector: projectSelector(objectAt(raw, 'namespaceSelector')),
    objectSelector: projectSelector(objectAt(raw, 'objectSelector')),
    matchConditions: objectsAt(raw, 'matchConditions').length,
  };
  set(webhook, 'service', service && { namespace: textAt(service, 'namespace') ?? '', name: textAt(service, 'name') ?? '' });
  if (textAt(client, 'url') !== undefined) webhook.url = true;
  return webhook;
}

export function projectQuota(raw: Raw, { namespace, name }: Identity, kind: QuotaFacts['kind']): QuotaFacts {
  const spec = objectAt(raw, 'spec');
  // Defaulted as the API server does: a limit from its maximum, a request from the limit and then from its minimum.
  const ofContainers = objectsAt(spec, 'limits').filter((limit) => textAt(limit, 'type') === 'Container').map((limit) => {
    const limits = { ...mapAt(limit, 'max'), ...mapAt(limit, 'default') };
    return { limits, requests: { ...mapAt(limit, 'min'), ...limits, ...mapAt(limit, 'defaultRequest') } };
  });
  return {
    namespace,
    name,
    kind,
    defaultLimits: merged(ofContainers.map(({ limits }) => limits)),
    defaultRequests: merged(ofContainers.map(({ requests }) => requests)),
    hard: mapAt(spec, 'hard'),
  };
}

const merged = (maps: readonly Labels[]): Labels => Object.fromEntries(maps.flatMap((map) => Object.entries(map)));

export function projectCustom(raw: Raw, { namespace, name }: Identity): CustomFacts {
  const spec = maybeObject(raw, 'spec') ?? {};
  const specs = listAt(raw, 'specs');
  if (jsonLength([spec, ...specs]) > MAX_CUSTOM_SPEC) throw new InvalidObject('spec', `smaller than ${MAX_CUSTOM_SPEC / 1024} KiB`);
  const facts: Mutable<CustomFacts> = { namespace, name, spec, annotations: annotationsOf(raw) };
  if (specs.length > 0) facts.specs = specs;
  return facts;
}

function jsonLength(value: unknown): number {
  try {
    return JSON.stringify(value).length;
  } catch {
    // Nested deeper than the stack.
    return Infinity;
  }
}
