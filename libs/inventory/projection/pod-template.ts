import type { Container, EnvVar, LabelExpression, Labels, PodTemplate, SecurityContext, Toleration, Volume } from '../facts.js';
import { componentOf } from './component.js';
import { flagAt, InvalidObject, listAt, mapAt, maybeObject, numberAt, objectAt, objectsAt, stringsAt, textAt, type Raw } from './raw.js';

/** Labels that controllers add to pods and that differ from roll-out to roll-out. */
const controllerLabels = new Set([
  'pod-template-hash', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index',
  'controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index', 'pod-template-generation', 'rollouts-pod-template-hash',
]);

const decidingAnnotations = ['container.apparmor.security.beta.kubernetes.io/', 'seccomp.security.alpha.kubernetes.io/', 'container.seccomp.security.alpha.kubernetes.io/', 'sidecar.istio.io/inject', 'linkerd.io/inject'];

/**
 * The template as the API server would have defaulted it, in a form in which a controller's template and the
 * pods made from it are equal: what controllers and the ServiceAccount admission add to pods is left out.
 */
export function projectPodTemplate(metadata: Raw, spec: Raw, isPod: boolean): PodTemplate {
  const hostNetwork = flagAt(spec, 'hostNetwork') ?? false;
  const volumes = objectsAt(spec, 'volumes').map(projectVolume).filter((volume) => !(isPod && isTokenVolume(volume.name)));
  const containers = [
    ...objectsAt(spec, 'containers').map((raw) => projectContainer(raw, 'container', hostNetwork, isPod)),
    ...objectsAt(spec, 'initContainers').map((raw) => projectContainer(raw, 'init', hostNetwork, isPod)),
    ...objectsAt(spec, 'ephemeralContainers').map((raw) => projectContainer(raw, 'ephemeral', hostNetwork, isPod)),
  ];
  const securityContext = projectSecurityContext(maybeObject(spec, 'securityContext'));
  const annotations = pick(mapAt(metadata, 'annotations'), (name) => decidingAnnotations.some((prefix) => name.startsWith(prefix)));
  const affinity = nodeAffinityOf(spec);
  return {
    containers,
    volumes,
    labels: pick(mapAt(metadata, 'labels'), (name) => !controllerLabels.has(name)),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    serviceAccount: textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount') || 'default',
    ...defined('automountToken', flagAt(spec, 'automountServiceAccountToken')),
    ...(securityContext && { securityContext }),
    hostNetwork,
    hostPID: flagAt(spec, 'hostPID') ?? false,
    hostIPC: flagAt(spec, 'hostIPC') ?? false,
    ...defined('hostUsers', flagAt(spec, 'hostUsers')),
    ...defined('shareProcessNamespace', flagAt(spec, 'shareProcessNamespace')),
    ...defined('os', textAt(objectAt(spec, 'os'), 'name')),
    tolerations: objectsAt(spec, 'tolerations').map(projectToleration).filter((t) => !t.key?.startsWith('node.kubernetes.io/')),
    nodeSelector: mapAt(spec, 'nodeSelector'),
    ...(affinity && { nodeAffinity: affinity }),
    ...defined('runtimeClass', textAt(spec, 'runtimeClassName')),
  };
}

const isTokenVolume = (name: string): boolean => name.startsWith('kube-api-access-');

function projectContainer(raw: Raw, type: Container['type'], hostNetwork: boolean, isPod: boolean): Container {
  const resources = objectAt(raw, 'resources');
  const limits = mapAt(resources, 'limits');
  const securityContext = projectSecurityContext(maybeObject(raw, 'securityContext'));
  const command = [...stringsAt(raw, 'command'), ...stringsAt(raw, 'args')];
  const image = textAt(raw, 'image') ?? '';
  return {
    name: textAt(raw, 'name') ?? '',
    type,
    image,
    ...defined('pullPolicy', textAt(raw, 'imagePullPolicy')),
    ...(securityContext && { securityContext }),
    ports: objectsAt(raw, 'ports').map((port) => {
      const number = numberAt(port, 'containerPort') ?? 0;
      // The API server copies the port to the host's when the pod shares the host's network.
      const hostPort = numberAt(port, 'hostPort') || (hostNetwork ? number : 0);
      return { port: number, protocol: textAt(port, 'protocol') ?? 'TCP', ...(hostPort > 0 && { hostPort }), ...defined('name', textAt(port, 'name')) };
    }),
    env: [...objectsAt(raw, 'env').map(projectEnv), ...objectsAt(raw, 'envFrom').map(projectEnvFrom)],
    mounts: objectsAt(raw, 'volumeMounts')
      .map((mount) => ({ volume: textAt(mount, 'name') ?? '', path: textAt(mount, 'mountPath') ?? '', readOnly: flagAt(mount, 'readOnly') ?? false }))
      .filter((mount) => !(isPod && isTokenVolume(mount.volume))),
    limits,
    requests: { ...limits, ...mapAt(resources, 'requests') },
    ...(type === 'init' && textAt(raw, 'restartPolicy') === 'Always' && { sidecar: true }),
    ...(componentOf(command) && { componentCommand: command }),
  };
}

function projectSecurityContext(raw: Raw | undefined): SecurityContext | undefined {
  if (!raw) return undefined;
  const capabilities = maybeObject(raw, 'capabilities');
  const windows = objectAt(raw, 'windowsOptions');
  const context: SecurityContext = {
    ...defined('privileged', flagAt(raw, 'privileged')),
    ...defined('allowPrivilegeEscalation', flagAt(raw, 'allowPrivilegeEscalation')),
    ...defined('readOnlyRootFilesystem', flagAt(raw, 'readOnlyRootFilesystem')),
    ...defined('runAsNonRoot', flagAt(raw, 'runAsNonRoot')),
    ...defined('runAsUser', numberAt(raw, 'runAsUser')),
    ...defined('runAsGroup', numberAt(raw, 'runAsGroup')),
    ...(capabilities && { capabilities: { add: stringsAt(capabilities, 'add'), drop: stringsAt(capabilities, 'drop') } }),
    ...defined('seccompProfile', textAt(objectAt(raw, 'seccompProfile'), 'type')),
    ...defined('procMount', textAt(raw, 'procMount')),
    ...defined('hostProcess', flagAt(windows, 'hostProcess')),
    ...defined('runAsUserName', textAt(windows, 'runAsUserName')),
  };
  return Object.keys(context).length > 0 ? context : undefined;
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

function projectVolume(raw: Raw): Volume {
  const name = textAt(raw, 'name') ?? '';
  const hostPath = maybeObject(raw, 'hostPath');
  if (hostPath) return { name, source: 'hostPath', of: textAt(hostPath, 'path') ?? '' };
  const projected = maybeObject(raw, 'projected');
  if (projected) {
    const tokens = objectsAt(projected, 'sources').map((source) => maybeObject(source, 'serviceAccountToken')).filter((token) => token !== undefined);
    return { name, source: 'projected', ...(tokens.length > 0 && { tokenSeconds: tokens.map((token) => numberAt(token, 'expirationSeconds') ?? 3600) }) };
  }
  for (const source of ['secret', 'configMap', 'persistentVolumeClaim', 'csi'] as const) {
    const found = maybeObject(raw, source);
    if (found) return { name, source, ...defined('of', textAt(found, volumeNames[source]!)) };
  }
  for (const source of ['emptyDir', 'downwardAPI', 'ephemeral', 'image'] as const) if (maybeObject(raw, source)) return { name, source };
  // A volume without a source is an emptyDir by API defaulting.
  return { name, source: Object.keys(raw).length <= 1 ? 'emptyDir' : 'other' };
}

function projectToleration(raw: Raw): Toleration {
  const operator = textAt(raw, 'operator') || 'Equal';
  if (operator !== 'Equal' && operator !== 'Exists' && operator !== 'Lt' && operator !== 'Gt') throw new InvalidObject('tolerations.operator', 'Exists, Equal, Lt or Gt');
  return {
    operator,
    ...defined('key', textAt(raw, 'key') || undefined),
    ...defined('value', textAt(raw, 'value')),
    ...defined('effect', textAt(raw, 'effect') || undefined),
  };
}

export const projectExpression = (raw: Raw): LabelExpression => ({ key: textAt(raw, 'key') ?? '', operator: textAt(raw, 'operator') ?? '', values: stringsAt(raw, 'values') });

function nodeAffinityOf(spec: Raw): readonly (readonly LabelExpression[])[] | undefined {
  const required = maybeObject(objectAt(objectAt(spec, 'affinity'), 'nodeAffinity'), 'requiredDuringSchedulingIgnoredDuringExecution');
  if (!required) return undefined;
  // The DaemonSet controller pins pods by matchFields; a term of nothing else says nothing of the template.
  const terms = objectsAt(required, 'nodeSelectorTerms').filter((term) => listAt(term, 'matchExpressions').length > 0).map((term) => objectsAt(term, 'matchExpressions').map(projectExpression));
  return terms.length > 0 ? terms : undefined;
}

export function pick(labels: Labels, keep: (name: string) => boolean): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => keep(name)));
}

/** `{ key: value }`, or nothing where the value is undefined: absent and unknown are different values. */
export function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

