import type { Container, ContainerPort, EnvVar, LabelExpression, PodResources, PodTemplate, ProbeHost, SecurityContext, SeLinuxOptions, Toleration, Volume, VolumeMount } from '../facts.js';
import { controllerLabels } from '../readers/controller-labels.js';
import { componentOf } from './component.js';
import { set, type Mutable } from './optional.js';
import { programsOf } from './started-programs.js';
import { flagAt, InvalidObject, listAt, mapAt, maybeObject, numberAt, objectAt, objectsAt, stringsAt, textAt, type Raw } from './raw.js';

const decidingAnnotations = [
  'container.apparmor.security.beta.kubernetes.io/', 'seccomp.security.alpha.kubernetes.io/', 'container.seccomp.security.alpha.kubernetes.io/', 'sidecar.istio.io/inject', 'linkerd.io/inject',
  'config.linkerd.io/default-inbound-policy', 'config.linkerd.io/skip-inbound-ports', 'traffic.sidecar.istio.io/excludeInboundPorts',
];

/** Of AWS's policy agent and of kube-router. */
const policySwitch = /^--(?:enable-network-policy|run-firewall)(?:=\w{0,5})?$/;

const isOwnLabel = (name: string): boolean => !controllerLabels.has(name);
const isDeciding = (name: string): boolean => decidingAnnotations.some((prefix) => name.startsWith(prefix));

/**
 * The template as the API server would have defaulted it, in a form in which a controller's template and the
 * pods made from it are equal: what controllers and the ServiceAccount admission add to pods is left out.
 */
export function projectPodTemplate(metadata: Raw, spec: Raw, isPod: boolean, pullSecretsOfAccount: readonly string[] = []): PodTemplate {
  const hostNetwork = flagAt(spec, 'hostNetwork') ?? false;
  const volumes: Volume[] = [];
  const admitted = new Set<string>();
  const given = objectsAt(spec, 'volumes');
  for (let index = 0; index < given.length; index++) {
    const volume = projectVolume(given[index]!);
    if (isPod && isTokenVolume(volume)) {
      admitted.add(volume.name);
      continue;
    }
    if (index !== volumes.length) volume.index = index;
    volumes.push(volume);
  }
  const containers: Container[] = [];
  for (const raw of objectsAt(spec, 'containers')) containers.push(projectContainer(raw, 'container', hostNetwork, admitted));
  for (const raw of objectsAt(spec, 'initContainers')) containers.push(projectContainer(raw, 'init', hostNetwork, admitted));
  for (const raw of objectsAt(spec, 'ephemeralContainers')) containers.push(projectContainer(raw, 'ephemeral', false, admitted));
  const { labels, annotations } = projectTemplateMetadata(metadata);
  const template: Mutable<PodTemplate> = {
    containers,
    volumes,
    labels,
    serviceAccount: accountOf(spec),
    hostNetwork,
    hostPID: flagAt(spec, 'hostPID') ?? false,
    hostIPC: flagAt(spec, 'hostIPC') ?? false,
    tolerations: objectsAt(spec, 'tolerations').map(projectToleration).filter((t) => !t.key?.startsWith('node.kubernetes.io/')),
    nodeSelector: mapAt(spec, 'nodeSelector'),
  };
  set(template, 'annotations', annotations);
  set(template, 'securityContext', projectSecurityContext(maybeObject(spec, 'securityContext'), true));
  set(template, 'automountToken', flagAt(spec, 'automountServiceAccountToken'));
  set(template, 'hostUsers', flagAt(spec, 'hostUsers'));
  set(template, 'shareProcessNamespace', flagAt(spec, 'shareProcessNamespace'));
  set(template, 'os', textAt(objectAt(spec, 'os'), 'name'));
  set(template, 'nodeAffinity', nodeAffinityOf(spec));
  set(template, 'runtimeClass', textAt(spec, 'runtimeClassName'));
  const resources = maybeObject(spec, 'resources');
  set(template, 'resources', resources && resourcesOf(resources));
  const restartPolicy = textAt(spec, 'restartPolicy') ?? 'Always';
  if (restartPolicy !== 'Always') template.restartPolicy = restartPolicy;
  set(template, 'pullSecrets', pullSecretsOf(spec, isPod ? pullSecretsOfAccount : []));
  return template;
}

export const accountOf = (spec: Raw): string => textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount') || 'default';

/** The ServiceAccount admission gives a pod that names none those of its account, which its controller's template does not have. */
function pullSecretsOf(spec: Raw, admitted: readonly string[]): readonly string[] | undefined {
  const names = namesAt(spec, 'imagePullSecrets');
  const isAdmitted = names.length === admitted.length && names.every((name, index) => name === admitted[index]);
  return names.length === 0 || isAdmitted ? undefined : names;
}

/** Names of the objects that a list refers to. */
export const namesAt = (raw: Raw, key: string): readonly string[] => objectsAt(raw, key).map((reference) => textAt(reference, 'name') ?? '').filter((name) => name !== '');

/** What a template takes from metadata. */
export function projectTemplateMetadata(metadata: Raw): Pick<PodTemplate, 'labels' | 'annotations'> {
  const labels = mapAt(metadata, 'labels', isOwnLabel);
  const annotations = mapAt(metadata, 'annotations', isDeciding);
  return Object.keys(annotations).length > 0 ? { labels, annotations } : { labels };
}

/** A request that is left out takes its limit. */
function resourcesOf(raw: Raw): PodResources {
  const [limits, requests] = [mapAt(raw, 'limits'), mapAt(raw, 'requests')];
  const isEach = Object.keys(limits).every((name) => Object.hasOwn(requests, name));
  return { limits, requests: isEach ? requests : { ...limits, ...requests } };
}

/** Lifetimes of the one token that the ServiceAccount admission asks for. Servers tell theirs from others by the seven seconds. */
export const admittedTokenSeconds: ReadonlySet<number> = new Set([3600, 3607]);

/** What that admission adds. A name is anybody's to choose: only with such a token is it that. */
const isTokenVolume = ({ name, tokenSeconds, apiToken }: Volume): boolean =>
  tokenSeconds?.length === 1 && apiToken === true && admittedTokenSeconds.has(tokenSeconds[0]!) && name.startsWith('kube-api-access-');

/** `admitted`: volumes that admission added, whose mounts are its own too. `sharesPorts`: with the node, by API defaulting. */
function projectContainer(raw: Raw, type: Container['type'], sharesPorts: boolean, admitted: ReadonlySet<string>): Container {
  const { limits, requests } = resourcesOf(objectAt(raw, 'resources'));
  const container: Mutable<Container> = {
    name: textAt(raw, 'name') ?? '',
    type,
    image: textAt(raw, 'image') ?? '',
    ports: objectsAt(raw, 'ports').map((port) => projectPort(port, sharesPorts)),
    env: projectEnvOf(raw),
    mounts: projectMounts(raw, admitted),
    limits,
    requests,
  };
  set(container, 'pullPolicy', textAt(raw, 'imagePullPolicy'));
  set(container, 'securityContext', projectSecurityContext(maybeObject(raw, 'securityContext'), false));
  if (type === 'init' && textAt(raw, 'restartPolicy') === 'Always') container.sidecar = true;
  set(container, 'probeHosts', probeHostsOf(raw));
  if (isProbed(raw, 'livenessProbe')) container.liveness = true;
  if (isProbed(raw, 'readinessProbe')) container.readiness = true;
  const command = [...stringsAt(raw, 'command'), ...stringsAt(raw, 'args')];
  set(container, 'starts', programsOf(command));
  if (componentOf(command)) container.componentCommand = command;
  set(container, 'policySwitch', command.findLast((word) => policySwitch.test(word)));
  return container;
}

function projectPort(raw: Raw, sharesPorts: boolean): ContainerPort {
  const number = numberAt(raw, 'containerPort') ?? 0;
  // The API server copies the port to the host's when the pod shares the host's network; ephemeral containers it leaves alone.
  const hostPort = numberAt(raw, 'hostPort') || (sharesPorts ? number : 0);
  const port: Mutable<ContainerPort> = { port: number, protocol: textAt(raw, 'protocol') ?? 'TCP' };
  if (hostPort !== 0) port.hostPort = hostPort;
  set(port, 'name', textAt(raw, 'name'));
  return port;
}

function projectMounts(raw: Raw, admitted: ReadonlySet<string>): readonly VolumeMount[] {
  const mounts: VolumeMount[] = [];
  for (const mount of objectsAt(raw, 'volumeMounts')) {
    const volume = textAt(mount, 'name') ?? '';
    if (!admitted.has(volume)) mounts.push({ volume, path: textAt(mount, 'mountPath') ?? '', readOnly: flagAt(mount, 'readOnly') ?? false });
  }
  return mounts;
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const handlers = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;

/** A probe without a handler is none: no API server takes it. */
function isProbed(raw: Raw, field: string): boolean {
  const probe = maybeObject(raw, field);
  return probe !== undefined && handlers.some((handler) => maybeObject(probe, handler) !== undefined);
}

const lifecycleHandlers = ['postStart', 'preStop'] as const;
const probeActions = ['httpGet', 'tcpSocket'] as const;

function probeHostsOf(raw: Raw): readonly ProbeHost[] | undefined {
  let hosts: ProbeHost[] | undefined;
  for (const probe of probes) {
    const handler = maybeObject(raw, probe);
    if (handler) hosts = withHosts(hosts, handler, '', probe);
  }
  const lifecycle = maybeObject(raw, 'lifecycle');
  if (!lifecycle) return hosts;
  for (const event of lifecycleHandlers) {
    const handler = maybeObject(lifecycle, event);
    if (handler) hosts = withHosts(hosts, handler, 'lifecycle.', event);
  }
  return hosts;
}

function withHosts(known: ProbeHost[] | undefined, handler: Raw, above: string, field: string): ProbeHost[] | undefined {
  let hosts = known;
  for (const action of probeActions) {
    const reached = maybeObject(handler, action);
    const host = reached && textAt(reached, 'host');
    if (host) (hosts ??= []).push({ field: `${above}${field}.${action}.host`, host });
  }
  return hosts;
}

function seLinuxOf(raw: Raw): SeLinuxOptions | undefined {
  const given = maybeObject(raw, 'seLinuxOptions');
  if (!given) return undefined;
  const options: Mutable<SeLinuxOptions> = {};
  set(options, 'type', textAt(given, 'type') || undefined);
  set(options, 'user', textAt(given, 'user') || undefined);
  set(options, 'role', textAt(given, 'role') || undefined);
  return Object.keys(options).length > 0 ? options : undefined;
}

/** The type of a seccomp or AppArmor profile; a profile without one has the type ''. */
function profileTypeOf(raw: Raw, key: string): string | undefined {
  const profile = maybeObject(raw, key);
  return profile && (textAt(profile, 'type') ?? '');
}

function projectSecurityContext(raw: Raw | undefined, isOfPod: boolean): SecurityContext | undefined {
  if (!raw) return undefined;
  const context: Mutable<SecurityContext> = {};
  set(context, 'privileged', flagAt(raw, 'privileged'));
  set(context, 'allowPrivilegeEscalation', flagAt(raw, 'allowPrivilegeEscalation'));
  set(context, 'readOnlyRootFilesystem', flagAt(raw, 'readOnlyRootFilesystem'));
  set(context, 'runAsNonRoot', flagAt(raw, 'runAsNonRoot'));
  set(context, 'runAsUser', numberAt(raw, 'runAsUser'));
  set(context, 'runAsGroup', numberAt(raw, 'runAsGroup'));
  const capabilities = maybeObject(raw, 'capabilities');
  if (capabilities) context.capabilities = { add: stringsAt(capabilities, 'add'), drop: stringsAt(capabilities, 'drop') };
  set(context, 'seccompProfile', profileTypeOf(raw, 'seccompProfile'));
  set(context, 'appArmorProfile', profileTypeOf(raw, 'appArmorProfile'));
  set(context, 'seLinux', seLinuxOf(raw));
  if (isOfPod) {
    const sysctls = objectsAt(raw, 'sysctls');
    if (sysctls.length > 0) context.sysctls = sysctls.map((sysctl) => textAt(sysctl, 'name') ?? '');
  }
  set(context, 'procMount', textAt(raw, 'procMount'));
  const windows = maybeObject(raw, 'windowsOptions');
  if (windows) {
    set(context, 'hostProcess', flagAt(windows, 'hostProcess'));
    set(context, 'runAsUserName', textAt(windows, 'runAsUserName'));
  }
  return Object.keys(context).length > 0 ? context : undefined;
}

function projectEnvOf(raw: Raw): readonly EnvVar[] {
  const env = objectsAt(raw, 'env').map(projectEnv);
  for (const from of objectsAt(raw, 'envFrom')) env.push(projectEnvFrom(from));
  return env;
}

function projectEnv(raw: Raw): EnvVar {
  const name = textAt(raw, 'name') ?? '';
  // It is no fact, and what YAML reads as a number is looked through as text: of anything else nobody can say what it holds.
  if (typeof raw['value'] === 'object' && raw['value'] !== null) throw new InvalidObject('env.value', 'a string');
  const from = maybeObject(raw, 'valueFrom');
  if (!from) return { name, source: 'literal' };
  const secret = maybeObject(from, 'secretKeyRef');
  if (secret) return projectSourceOfEnv(name, 'secret', secret);
  const configMap = maybeObject(from, 'configMapKeyRef');
  if (configMap) return projectSourceOfEnv(name, 'configmap', configMap);
  return { name, source: maybeObject(from, 'fieldRef') || maybeObject(from, 'resourceFieldRef') ? 'field' : 'other' };
}

function projectEnvFrom(raw: Raw): EnvVar {
  const name = `${textAt(raw, 'prefix') ?? ''}*`;
  const secret = maybeObject(raw, 'secretRef');
  if (secret) return projectSourceOfEnv(name, 'secret', secret);
  const configMap = maybeObject(raw, 'configMapRef');
  return configMap ? projectSourceOfEnv(name, 'configmap', configMap) : { name, source: 'other' };
}

function projectSourceOfEnv(name: string, source: 'secret' | 'configmap', reference: Raw): EnvVar {
  const variable: Mutable<EnvVar> = { name, source, from: textAt(reference, 'name') ?? '' };
  if (flagAt(reference, 'optional') === true) variable.optional = true;
  return variable;
}

const volumeNames: Partial<Record<Volume['source'], string>> = { secret: 'secretName', configMap: 'name', persistentVolumeClaim: 'claimName', csi: 'driver' };

/** Sources of which nothing is kept but that they are one: of another shape, the volume would look as if it had none. */
const rareSources = [
  'awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'gitRepo', 'glusterfs', 'iscsi', 'nfs',
  'photonPersistentDisk', 'portworxVolume', 'quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume',
] as const;

function projectVolume(raw: Raw): Mutable<Volume> {
  const volume = projectSource(raw, textAt(raw, 'name') ?? '');
  set(volume, 'secrets', secretsOf(raw));
  if (Object.keys(raw).length > 2) {
    const fields = sourceFields(raw);
    if (fields.length > 1) volume.sources = fields;
  }
  return volume;
}

/** Sources that cannot refer to a Secret, or whose Secret is what they are of. */
const withoutSecrets: ReadonlySet<string> = new Set(['name', 'secret', 'configMap', 'hostPath', 'emptyDir', 'persistentVolumeClaim', 'downwardAPI', 'ephemeral', 'image']);

/** Secrets in a projected volume, or that give a driver its credential. */
function secretsOf(raw: Raw): readonly string[] | undefined {
  const names: string[] = [];
  for (const field of Object.keys(raw)) {
    if (withoutSecrets.has(field)) continue;
    const source = raw[field];
    if (typeof source !== 'object' || source === null || Array.isArray(source)) continue;
    if (field === 'projected') {
      for (const item of objectsAt(source as Raw, 'sources')) names.push(textAt(objectAt(item, 'secret'), 'name') ?? '');
      continue;
    }
    // Each of the old drivers has one of them.
    for (const reference of ['secretRef', 'nodePublishSecretRef']) names.push(textAt(objectAt(source as Raw, reference), 'name') ?? '');
    names.push(textAt(source as Raw, 'secretName') ?? '');
  }
  const given = names.filter((name) => name !== '');
  return given.length > 0 ? given : undefined;
}

function projectSource(raw: Raw, name: string): Mutable<Volume> {
  const hostPath = maybeObject(raw, 'hostPath');
  if (hostPath) return { name, source: 'hostPath', of: textAt(hostPath, 'path') ?? '' };
  const projected = maybeObject(raw, 'projected');
  if (projected) {
    const tokens = objectsAt(projected, 'sources').map((source) => maybeObject(source, 'serviceAccountToken')).filter((token) => token !== undefined);
    if (tokens.length === 0) return { name, source: 'projected' };
    const volume: Mutable<Volume> = { name, source: 'projected', tokenSeconds: tokens.map((token) => numberAt(token, 'expirationSeconds') ?? 3600) };
    if (tokens.some((token) => (textAt(token, 'audience') ?? '') === '')) volume.apiToken = true;
    return volume;
  }
  for (const source of ['secret', 'configMap', 'persistentVolumeClaim', 'csi'] as const) {
    const found = maybeObject(raw, source);
    if (!found) continue;
    const volume: Mutable<Volume> = { name, source };
    set(volume, 'of', textAt(found, volumeNames[source]!));
    if ((source === 'secret' || source === 'configMap') && flagAt(found, 'optional') === true) volume.optional = true;
    return volume;
  }
  for (const source of ['emptyDir', 'downwardAPI', 'ephemeral', 'image'] as const) if (maybeObject(raw, source)) return { name, source };
  for (const source of rareSources) maybeObject(raw, source);
  const [type] = sourceFields(raw);
  // A volume without a source is an emptyDir by API defaulting.
  return type === undefined ? { name, source: 'emptyDir' } : { name, source: 'other', type };
}

/** Every source is an object, whatever newer servers add. */
const sourceFields = (raw: Raw): readonly string[] => Object.keys(raw).filter((field) => typeof raw[field] === 'object' && raw[field] !== null && !Array.isArray(raw[field])).toSorted();

function projectToleration(raw: Raw): Toleration {
  const operator = textAt(raw, 'operator') || 'Equal';
  if (operator !== 'Equal' && operator !== 'Exists' && operator !== 'Lt' && operator !== 'Gt') throw new InvalidObject('tolerations.operator', 'Exists, Equal, Lt or Gt');
  const toleration: Mutable<Toleration> = { operator };
  set(toleration, 'key', textAt(raw, 'key') || undefined);
  set(toleration, 'value', textAt(raw, 'value'));
  set(toleration, 'effect', textAt(raw, 'effect') || undefined);
  return toleration;
}

export const projectExpression = (raw: Raw): LabelExpression => ({ key: textAt(raw, 'key') ?? '', operator: textAt(raw, 'operator') ?? '', values: stringsAt(raw, 'values') });

function nodeAffinityOf(spec: Raw): readonly (readonly LabelExpression[])[] | undefined {
  const required = maybeObject(objectAt(objectAt(spec, 'affinity'), 'nodeAffinity'), 'requiredDuringSchedulingIgnoredDuringExecution');
  if (!required) return undefined;
  // The DaemonSet controller pins pods by matchFields; a term of nothing else says nothing of the template.
  const terms = objectsAt(required, 'nodeSelectorTerms').filter((term) => listAt(term, 'matchExpressions').length > 0).map((term) => objectsAt(term, 'matchExpressions').map(projectExpression));
  return terms.length > 0 ? terms : undefined;
}
