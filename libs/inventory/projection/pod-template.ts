import type { Container, ContainerPort, EnvVar, LabelExpression, PodResources, PodTemplate, ProbeHost, SecurityContext, SeLinuxOptions, Toleration, Volume, VolumeMount } from '../facts.js';
import { controllerLabels } from '../readers/controller-labels.js';
import { componentOf } from './component.js';
import { set, type Mutable } from './optional.js';
import { flagAt, InvalidObject, listAt, mapAt, maybeObject, numberAt, objectAt, objectsAt, stringsAt, textAt, type Raw } from './raw.js';

const decidingAnnotations = ['container.apparmor.security.beta.kubernetes.io/', 'seccomp.security.alpha.kubernetes.io/', 'container.seccomp.security.alpha.kubernetes.io/', 'sidecar.istio.io/inject', 'linkerd.io/inject'];

const isOwnLabel = (name: string): boolean => !controllerLabels.has(name);
const isDeciding = (name: string): boolean => decidingAnnotations.some((prefix) => name.startsWith(prefix));

/**
 * The template as the API server would have defaulted it, in a form in which a controller's template and the
 * pods made from it are equal: what controllers and the ServiceAccount admission add to pods is left out.
 */
export function projectPodTemplate(metadata: Raw, spec: Raw, isPod: boolean): PodTemplate {
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
    serviceAccount: textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount') || 'default',
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
  return template;
}

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

/** What the ServiceAccount admission adds. A name is anybody's to choose: only with a token is it that. */
const isTokenVolume = ({ name, tokenSeconds }: Volume): boolean => tokenSeconds !== undefined && name.startsWith('kube-api-access-');

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
  const command = [...stringsAt(raw, 'command'), ...stringsAt(raw, 'args')];
  if (componentOf(command)) container.componentCommand = command;
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
  const from = maybeObject(raw, 'valueFrom');
  if (!from) return { name, source: 'literal' };
  const secret = maybeObject(from, 'secretKeyRef');
  if (secret) return { name, source: 'secret', from: textAt(secret, 'name') ?? '' };
  const configMap = maybeObject(from, 'configMapKeyRef');
  if (configMap) return { name, source: 'configmap', from: textAt(configMap, 'name') ?? '' };
  return { name, source: maybeObject(from, 'fieldRef') || maybeObject(from, 'resourceFieldRef') ? 'field' : 'other' };
}

function projectEnvFrom(raw: Raw): EnvVar {
  const name = `${textAt(raw, 'prefix') ?? ''}*`;
  const secret = maybeObject(raw, 'secretRef');
  if (secret) return { name, source: 'secret', from: textAt(secret, 'name') ?? '' };
  const configMap = maybeObject(raw, 'configMapRef');
  return configMap ? { name, source: 'configmap', from: textAt(configMap, 'name') ?? '' } : { name, source: 'other' };
}

const volumeNames: Partial<Record<Volume['source'], string>> = { secret: 'secretName', configMap: 'name', persistentVolumeClaim: 'claimName', csi: 'driver' };

/** Sources of which nothing is kept but that they are one: of another shape, the volume would look as if it had none. */
const rareSources = [
  'awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'gitRepo', 'glusterfs', 'iscsi', 'nfs',
  'photonPersistentDisk', 'portworxVolume', 'quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume',
] as const;

function projectVolume(raw: Raw): Mutable<Volume> {
  const volume = projectSource(raw, textAt(raw, 'name') ?? '');
  if (Object.keys(raw).length > 2) {
    const fields = sourceFields(raw);
    if (fields.length > 1) volume.sources = fields;
  }
  return volume;
}

function projectSource(raw: Raw, name: string): Mutable<Volume> {
  const hostPath = maybeObject(raw, 'hostPath');
  if (hostPath) return { name, source: 'hostPath', of: textAt(hostPath, 'path') ?? '' };
  const projected = maybeObject(raw, 'projected');
  if (projected) {
    const tokens = objectsAt(projected, 'sources').map((source) => maybeObject(source, 'serviceAccountToken')).filter((token) => token !== undefined);
    return tokens.length === 0 ? { name, source: 'projected' } : { name, source: 'projected', tokenSeconds: tokens.map((token) => numberAt(token, 'expirationSeconds') ?? 3600) };
  }
  for (const source of ['secret', 'configMap', 'persistentVolumeClaim', 'csi'] as const) {
    const found = maybeObject(raw, source);
    if (!found) continue;
    const volume: Mutable<Volume> = { name, source };
    set(volume, 'of', textAt(found, volumeNames[source]!));
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
