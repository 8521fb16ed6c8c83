import type {
  BindingFacts, CustomFacts, IngressFacts, Labels, MetadataFacts, NamespaceFacts, NetworkPolicyFacts, NetworkPolicyRule, NodeFacts,
  ObjectFacts, PolicyRule, QuotaFacts, RoleFacts, ServiceAccountFacts, ServiceFacts, WebhookConfigurationFacts,
} from '../facts.js';
import { defined } from './pod-template.js';
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

function head(raw: Raw, { namespace, name }: Identity): ObjectFacts {
  const labels = mapAt(objectAt(raw, 'metadata'), 'labels', decidingLabel);
  return isEmpty(labels) ? { namespace, name } : { namespace, name, labels };
}

function isEmpty(labels: Labels): boolean {
  for (const _ in labels) return false;
  return true;
}

const annotationsOf = (raw: Raw): Labels => mapAt(objectAt(raw, 'metadata'), 'annotations', keptAnnotation);

export function projectNamespace(raw: Raw, id: Identity): NamespaceFacts {
  return { ...id, labels: mapAt(objectAt(raw, 'metadata'), 'labels'), terminating: textAt(objectAt(raw, 'status'), 'phase') === 'Terminating' };
}

export function projectNode(raw: Raw, id: Identity): NodeFacts {
  const spec = objectAt(raw, 'spec');
  const status = objectAt(raw, 'status');
  const info = objectAt(status, 'nodeInfo');
  return {
    ...id,
    labels: mapAt(objectAt(raw, 'metadata'), 'labels'),
    taints: objectsAt(spec, 'taints').map((taint) => ({ key: textAt(taint, 'key') ?? '', effect: textAt(taint, 'effect') ?? '', ...defined('value', textAt(taint, 'value')) })),
    kubeletVersion: textAt(info, 'kubeletVersion') ?? '',
    osImage: textAt(info, 'osImage') ?? '',
    kernelVersion: textAt(info, 'kernelVersion') ?? '',
    containerRuntime: textAt(info, 'containerRuntimeVersion') ?? '',
    operatingSystem: textAt(info, 'operatingSystem') ?? '',
    architecture: textAt(info, 'architecture') ?? '',
    providerId: textAt(spec, 'providerID') ?? '',
    ready: objectsAt(status, 'conditions').some((condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True'),
    unschedulable: flagAt(spec, 'unschedulable') ?? false,
  };
}

export function projectServiceAccount(raw: Raw, id: Identity): ServiceAccountFacts {
  return { ...head(raw, id), ...defined('automountToken', flagAt(raw, 'automountServiceAccountToken')), annotations: annotationsOf(raw) };
}

export function projectRole(raw: Raw, id: Identity, kind: RoleFacts['kind']): RoleFacts {
  const aggregation = maybeObject(raw, 'aggregationRule');
  return {
    ...head(raw, id),
    kind,
    rules: objectsAt(raw, 'rules').map((rule): PolicyRule => ({
      verbs: stringsAt(rule, 'verbs'),
      apiGroups: stringsAt(rule, 'apiGroups'),
      resources: stringsAt(rule, 'resources'),
      resourceNames: stringsAt(rule, 'resourceNames'),
      nonResourceURLs: stringsAt(rule, 'nonResourceURLs'),
    })),
    ...(aggregation && { aggregates: objectsAt(aggregation, 'clusterRoleSelectors').map(projectSelector) }),
  };
}

export function projectBinding(raw: Raw, id: Identity, kind: BindingFacts['kind']): BindingFacts {
  const role = objectAt(raw, 'roleRef');
  return {
    ...head(raw, id),
    kind,
    roleKind: textAt(role, 'kind') ?? '',
    roleName: textAt(role, 'name') ?? '',
    subjects: objectsAt(raw, 'subjects').map((subject) => {
      const subjectKind = textAt(subject, 'kind') ?? '';
      const isAccount = subjectKind === 'ServiceAccount';
      // A RoleBinding's own namespace is the default; in a ClusterRoleBinding an account without one matches nobody.
      return { kind: subjectKind, name: textAt(subject, 'name') ?? '', namespace: isAccount ? textAt(subject, 'namespace') || (kind === 'RoleBinding' ? id.namespace : '') : '' };
    }),
  };
}

export function projectNetworkPolicy(raw: Raw, id: Identity): NetworkPolicyFacts {
  const spec = objectAt(raw, 'spec');
  const egress = objectsAt(spec, 'egress');
  const declared = stringsAt(spec, 'policyTypes');
  // API defaulting: always Ingress, and Egress only where egress rules are written.
  const types = declared.length > 0 ? declared : egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return {
    ...head(raw, id),
    podSelector: projectSelector(objectAt(spec, 'podSelector')),
    policyTypes: types.filter((type): type is 'Ingress' | 'Egress' => type === 'Ingress' || type === 'Egress'),
    ingress: objectsAt(spec, 'ingress').map((rule) => projectPolicyRule(rule, 'from')),
    egress: egress.map((rule) => projectPolicyRule(rule, 'to')),
  };
}

function projectPolicyRule(raw: Raw, peers: 'from' | 'to'): NetworkPolicyRule {
  return {
    peers: objectsAt(raw, peers).map((peer) => {
      const block = maybeObject(peer, 'ipBlock');
      return {
        ...defined('podSelector', maybeSelector(peer, 'podSelector')),
        ...defined('namespaceSelector', maybeSelector(peer, 'namespaceSelector')),
        ...(block && { cidr: textAt(block, 'cidr') ?? '', except: stringsAt(block, 'except') }),
      };
    }),
    ports: objectsAt(raw, 'ports').map((port) => ({
      protocol: textAt(port, 'protocol') ?? 'TCP',
      ...defined('port', intOrTextAt(port, 'port')),
      ...defined('endPort', numberAt(port, 'endPort')),
    })),
  };
}

export function projectService(raw: Raw, id: Identity): ServiceFacts {
  const spec = objectAt(raw, 'spec');
  return {
    ...head(raw, id),
    type: textAt(spec, 'type') ?? 'ClusterIP',
    selector: mapAt(spec, 'selector'),
    ports: objectsAt(spec, 'ports').map((port) => ({
      port: numberAt(port, 'port') ?? 0,
      protocol: textAt(port, 'protocol') ?? 'TCP',
      ...defined('name', textAt(port, 'name')),
      ...defined('targetPort', intOrTextAt(port, 'targetPort')),
      ...defined('nodePort', numberAt(port, 'nodePort')),
    })),
    externalIPs: stringsAt(spec, 'externalIPs'),
    sourceRanges: stringsAt(spec, 'loadBalancerSourceRanges'),
    ...defined('loadBalancerClass', textAt(spec, 'loadBalancerClass')),
    ...defined('externalName', textAt(spec, 'externalName')),
    annotations: annotationsOf(raw),
  };
}

export function projectIngress(raw: Raw, id: Identity): IngressFacts {
  const spec = objectAt(raw, 'spec');
  const annotations = annotationsOf(raw);
  const fallback = maybeObject(spec, 'defaultBackend') ?? maybeObject(spec, 'backend');
  return {
    ...head(raw, id),
    ...defined('className', textAt(spec, 'ingressClassName') ?? annotations['kubernetes.io/ingress.class']),
    annotations,
    rules: objectsAt(spec, 'rules').map((rule) => ({
      host: textAt(rule, 'host') ?? '',
      paths: objectsAt(objectAt(rule, 'http'), 'paths').map((path) => ({ path: textAt(path, 'path') ?? '', ...backendOf(objectAt(path, 'backend')) })),
    })),
    ...(fallback && defined('defaultService', backendOf(fallback).service)),
    tls: objectsAt(spec, 'tls').map((tls) => ({ hosts: stringsAt(tls, 'hosts'), ...defined('secret', textAt(tls, 'secretName')) })),
  };
}

function backendOf(raw: Raw): { service?: string; port?: number | string } {
  const service = maybeObject(raw, 'service');
  const port = objectAt(service ?? raw, 'port');
  return service
    ? { ...defined('service', textAt(service, 'name')), ...defined('port', numberAt(port, 'number') ?? textAt(port, 'name')) }
    : { ...defined('service', textAt(raw, 'serviceName')), ...defined('port', intOrTextAt(raw, 'servicePort')) };
}

export function projectMetadata(raw: Raw, id: Identity): MetadataFacts {
  return {
    ...head(raw, id),
    ...defined('type', textAt(raw, 'type')),
    ...defined('createdAt', textAt(objectAt(raw, 'metadata'), 'creationTimestamp')),
    annotations: mapAt(objectAt(raw, 'metadata'), 'annotations', tellsOfSecrets),
  };
}

export function projectWebhooks(raw: Raw, id: Identity, kind: WebhookConfigurationFacts['kind']): WebhookConfigurationFacts {
  return {
    ...head(raw, id),
    kind,
    webhooks: objectsAt(raw, 'webhooks').map((webhook) => {
      const client = objectAt(webhook, 'clientConfig');
      const service = maybeObject(client, 'service');
      return {
        name: textAt(webhook, 'name') ?? '',
        failurePolicy: textAt(webhook, 'failurePolicy') ?? 'Fail',
        ...(service && { service: { namespace: textAt(service, 'namespace') ?? '', name: textAt(service, 'name') ?? '' } }),
        ...(textAt(client, 'url') !== undefined && { url: true as const }),
        rules: objectsAt(webhook, 'rules').map((rule) => ({ operations: stringsAt(rule, 'operations'), apiGroups: stringsAt(rule, 'apiGroups'), resources: stringsAt(rule, 'resources') })),
        namespaceSelector: projectSelector(objectAt(webhook, 'namespaceSelector')),
        objectSelector: projectSelector(objectAt(webhook, 'objectSelector')),
        matchConditions: objectsAt(webhook, 'matchConditions').length,
      };
    }),
  };
}

export function projectQuota(raw: Raw, id: Identity, kind: QuotaFacts['kind']): QuotaFacts {
  const spec = objectAt(raw, 'spec');
  // Defaulted as the API server does: a limit from its maximum, a request from the limit and then from its minimum.
  const ofContainers = objectsAt(spec, 'limits').filter((limit) => textAt(limit, 'type') === 'Container').map((limit) => {
    const limits = { ...mapAt(limit, 'max'), ...mapAt(limit, 'default') };
    return { limits, requests: { ...mapAt(limit, 'min'), ...limits, ...mapAt(limit, 'defaultRequest') } };
  });
  return {
    ...head(raw, id),
    kind,
    defaultLimits: merged(ofContainers.map(({ limits }) => limits)),
    defaultRequests: merged(ofContainers.map(({ requests }) => requests)),
    hard: mapAt(spec, 'hard'),
  };
}

const merged = (maps: readonly Labels[]): Labels => Object.fromEntries(maps.flatMap((map) => Object.entries(map)));

export function projectCustom(raw: Raw, id: Identity): CustomFacts {
  const spec = maybeObject(raw, 'spec') ?? {};
  const specs = listAt(raw, 'specs');
  if (JSON.stringify([spec, ...specs]).length > MAX_CUSTOM_SPEC) throw new InvalidObject('spec', `smaller than ${MAX_CUSTOM_SPEC / 1024} KiB`);
  return { ...head(raw, id), spec, ...(specs.length > 0 && { specs }), annotations: annotationsOf(raw) };
}
