import type {
  BindingFacts, IngressFacts, IngressPath, Labels, MetadataFacts, NamespaceFacts, NetworkPolicyFacts, NetworkPolicyPeer, NetworkPolicyPort,
  NetworkPolicyRule, NodeFacts, PolicyRule, QuotaFacts, RoleFacts, ServiceAccountFacts, ServiceFacts, ServicePort, Taint,
  WebhookConfigurationFacts, WebhookFacts,
} from '../facts.js';
import { isOn } from '../components/rancher-options.js';
import { exposedAnnotations } from '../credentials/exposed-annotations.js';
import { k3sServerOf } from './k3s-server.js';
import { set, type Mutable } from './optional.js';
import { namesAt } from './pod-template.js';
import { flagAt, intOrTextAt, InvalidObject, mapAt, maybeObject, numberAt, objectAt, objectsAt, stringsAt, textAt, type Raw } from './raw.js';
import { maybeSelector, projectSelector } from './selector.js';

/** Annotations are kept only where controls read them, and never `last-applied-configuration`: it repeats the object, secrets included. */
const keptAnnotation = (name: string): boolean => name !== 'kubectl.kubernetes.io/last-applied-configuration';

/** Annotations of tools, which nobody asks people for. */
const ofTools = ['kubectl.kubernetes.io/', 'deployment.kubernetes.io/', 'kubernetes.io/config.', 'deprecated.daemonset.', 'autoscaling.alpha.kubernetes.io/', 'cni.projectcalico.org/', 'k8s.v1.cni.cncf.io/', 'k8s.ovn.org/', 'pv.kubernetes.io/'];
const isByPeople = (name: string): boolean => !ofTools.some((prefix) => name.startsWith(prefix));

/** Istio looks at labels, Linkerd at annotations. */
const ofMesh = (name: string): boolean => name === 'linkerd.io/inject' || name.startsWith('config.linkerd.io/');

/** Most annotations of an object that are kept, and the most of each value: what an organisation asks for is short. */
const MAX_ANNOTATIONS = 32;
const MAX_ANNOTATION_VALUE = 256;

/** Annotations that people gave an object, where there are any. */
export function givenAnnotationsOf(raw: Raw): Labels | undefined {
  const given = Object.entries(annotationsOf(raw)).filter(([name]) => isByPeople(name));
  if (given.length === 0) return undefined;
  // What decides comes before what is only asked for.
  const kept = given.length <= MAX_ANNOTATIONS ? given : [...given.filter(([name]) => ofMesh(name)), ...given.filter(([name]) => !ofMesh(name))].slice(0, MAX_ANNOTATIONS);
  return Object.fromEntries(kept.map(([name, value]) => [name, value.slice(0, MAX_ANNOTATION_VALUE)]));
}

const tellsOfSecrets = (name: string): boolean => name.startsWith('kubernetes.io/') || name.startsWith('cert-manager.io/') || name.includes('openshift.io/') || name.includes('sealedsecrets') || name.includes('external-secrets');

/** Labels that say who makes a Secret, or who finds it by them. */
const secretLabels: ReadonlySet<string> = new Set([
  'app.kubernetes.io/managed-by', 'argocd.argoproj.io/secret-type', 'controller.cert-manager.io/fao', 'reconcile.external-secrets.io/managed', 'secrets-store.csi.k8s.io/managed',
  'sealedsecrets.bitnami.com/sealed-secrets-key', 'cert.kyverno.io/managed-by',
]);

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

/** What stands for an annotation that holds a credential. */
const WITHHELD = '(withheld)';

export function annotationsOf(raw: Raw): Labels {
  const metadata = objectAt(raw, 'metadata');
  const annotations = mapAt(metadata, 'annotations', keptAnnotation);
  const withheld = exposedAnnotations(metadata);
  return withheld.length === 0 ? annotations : { ...annotations, ...Object.fromEntries(withheld.map((name) => [name, WITHHELD])) };
}

export function projectNamespace(raw: Raw, { namespace, name }: Identity): NamespaceFacts {
  const facts: Mutable<NamespaceFacts> = { namespace, name, labels: mapAt(objectAt(raw, 'metadata'), 'labels'), terminating: textAt(objectAt(raw, 'status'), 'phase') === 'Terminating' };
  set(facts, 'annotations', givenAnnotationsOf(raw));
  return facts;
}

const nodeAddressTypes: ReadonlySet<string | undefined> = new Set(['InternalIP', 'ExternalIP']);

export function projectNode(raw: Raw, { namespace, name }: Identity): NodeFacts {
  const spec = objectAt(raw, 'spec');
  const status = objectAt(raw, 'status');
  const info = objectAt(status, 'nodeInfo');
  const facts: Mutable<NodeFacts> = {
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
  set(facts, 'policyController', policyControllerOf(raw));
  return facts;
}

/** A server of k3s has a policy controller unless told otherwise. */
function policyControllerOf(raw: Raw): NodeFacts['policyController'] {
  const server = k3sServerOf(raw);
  return server && (isOn(server.options, 'disable-network-policy') ? 'off' : 'on');
}

export function projectServiceAccount(raw: Raw, { namespace, name }: Identity): ServiceAccountFacts {
  const facts: Mutable<ServiceAccountFacts> = { namespace, name, annotations: annotationsOf(raw) };
  set(facts, 'labels', labelsOf(raw, decidingLabel));
  set(facts, 'automountToken', flagAt(raw, 'automountServiceAccountToken'));
  const [secrets, pullSecrets] = [namesAt(raw, 'secrets'), namesAt(raw, 'imagePullSecrets')];
  if (secrets.length > 0) facts.secrets = secrets;
  if (pullSecrets.length > 0) facts.pullSecrets = pullSecrets;
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
  // Names of Services stood in other fields before v1, which drops those.
  const isV1 = textAt(raw, 'apiVersion') === 'networking.k8s.io/v1';
  const facts: Mutable<IngressFacts> = {
    namespace,
    name,
    annotations,
    rules: objectsAt(spec, 'rules').map((rule) => ({
      host: textAt(rule, 'host') ?? '',
      paths: objectsAt(objectAt(rule, 'http'), 'paths').map((path) => projectIngressPath(path, isV1)),
    })),
    tls: objectsAt(spec, 'tls').map((raw) => {
      const tls: Mutable<IngressFacts['tls'][number]> = { hosts: stringsAt(raw, 'hosts') };
      set(tls, 'secret', textAt(raw, 'secretName'));
      return tls;
    }),
  };
  const fallback = maybeObject(spec, 'defaultBackend') ?? maybeObject(spec, 'backend');
  set(facts, 'className', textAt(spec, 'ingressClassName') ?? annotations['kubernetes.io/ingress.class']);
  const backend = fallback && projectBackend(fallback, isV1);
  set(facts, 'defaultService', backend?.service);
  set(facts, 'defaultPort', backend?.port);
  return facts;
}

function projectIngressPath(raw: Raw, isV1: boolean): IngressPath {
  const path: Mutable<IngressPath> = { path: textAt(raw, 'path') ?? '' };
  const type = textAt(raw, 'pathType');
  const backend = projectBackend(objectAt(raw, 'backend'), isV1);
  set(path, 'type', type === 'Exact' || type === 'Prefix' ? type : undefined);
  set(path, 'service', backend.service);
  set(path, 'port', backend.port);
  set(path, 'resource', backend.resource);
  return path;
}

function projectBackend(raw: Raw, isV1: boolean): Pick<IngressPath, 'service' | 'port' | 'resource'> {
  const service = maybeObject(raw, 'service');
  if (service) {
    const port = objectAt(service, 'port');
    return { service: textAt(service, 'name'), port: numberAt(port, 'number') ?? textAt(port, 'name') };
  }
  if (maybeObject(raw, 'resource')) return { resource: true };
  return isV1 ? {} : { service: textAt(raw, 'serviceName'), port: intOrTextAt(raw, 'servicePort') };
}

export function projectMetadata(raw: Raw, { namespace, name }: Identity): MetadataFacts {
  const metadata = objectAt(raw, 'metadata');
  const facts: Mutable<MetadataFacts> = { namespace, name, annotations: mapAt(metadata, 'annotations', tellsOfSecrets) };
  set(facts, 'labels', labelsOf(raw, decidingLabel));
  set(facts, 'type', textAt(raw, 'type'));
  set(facts, 'createdAt', textAt(metadata, 'creationTimestamp'));
  return facts;
}

/** A Secret by its metadata, whatever else was sent. */
export function projectSecret(raw: Raw, id: Identity): MetadataFacts {
  const facts: Mutable<MetadataFacts> = projectMetadata(raw, id);
  const metadata = objectAt(raw, 'metadata');
  set(facts, 'labels', labelsOf(raw, (name) => decidingLabel(name) || secretLabels.has(name)));
  const owners = objectsAt(metadata, 'ownerReferences').map((owner) => kindAndGroup(textAt(owner, 'kind') ?? '', textAt(owner, 'apiVersion') ?? ''));
  if (owners.length > 0) facts.owners = [...new Set(owners)];
  set(facts, 'dataWrittenAt', dataWrittenAt(metadata));
  return facts;
}

const kindAndGroup = (kind: string, apiVersion: string): string => (apiVersion.includes('/') ? `${kind}.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : kind);

/** A manager's time is that of its last change to any field it holds, data or other. */
function dataWrittenAt(metadata: Raw): string | undefined {
  let latest: string | undefined;
  for (const entry of objectsAt(metadata, 'managedFields')) {
    const time = textAt(entry, 'time');
    if (time === undefined || maybeObject(objectAt(entry, 'fieldsV1'), 'f:data') === undefined) continue;
    // All are in UTC and of one form, so that their order as text is that in time.
    if (latest === undefined || time > latest) latest = time;
  }
  return latest;
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
