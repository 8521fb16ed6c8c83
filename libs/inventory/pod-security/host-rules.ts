import type { Container, Volume } from '../facts.js';
import { both, eachContainer, kept, type Rule } from './rule.js';

export const hostNamespaces: Rule = ({ hostNetwork, hostPID, hostIPC }) => {
  if (!hostNetwork && !hostPID && !hostIPC) return kept;
  const fields: string[] = [];
  if (hostNetwork) fields.push('spec.hostNetwork');
  if (hostPID) fields.push('spec.hostPID');
  if (hostIPC) fields.push('spec.hostIPC');
  return fields;
};

export const hostPorts: Rule = eachContainer(({ ports }) => {
  let fields: string[] | undefined;
  for (let index = 0; index < ports.length; index++) if (ports[index]!.hostPort !== undefined) (fields ??= []).push(`ports[${index}].hostPort`);
  return fields ?? kept;
});

const hostProcessField = ['securityContext.windowsOptions.hostProcess'];
const hostProcessContainers = eachContainer(({ securityContext }) => (securityContext?.hostProcess === true ? hostProcessField : kept));

export const windowsHostProcess: Rule = (template) =>
  both(template.securityContext?.hostProcess === true ? ['spec.securityContext.windowsOptions.hostProcess'] : kept, hostProcessContainers(template));

const probeHostFields = ({ probeHosts }: Container): readonly string[] => (probeHosts ? probeHosts.map(({ field }) => field) : kept);

export const hostProbesAndHostLifecycle: Rule = eachContainer(probeHostFields);

/** Sources that a restricted pod may have; one of them is enough for a volume that gives several. */
const plainSources = new Set(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']);

const sourcesOf = (volume: Volume): readonly string[] => volume.sources ?? [volume.source === 'other' ? (volume.type ?? '') : volume.source];

const isPlain = (volume: Volume): boolean => (volume.sources ? volume.sources.some((source) => plainSources.has(source)) : plainSources.has(volume.source));

const ofVolumes = (volumes: readonly Volume[], breaks: (volume: Volume) => boolean, field: (volume: Volume) => string): readonly string[] => {
  let fields: string[] | undefined;
  for (let position = 0; position < volumes.length; position++) {
    const volume = volumes[position]!;
    if (breaks(volume)) (fields ??= []).push(`spec.volumes[${volume.index ?? position}].${field(volume)}`);
  }
  return fields ?? kept;
};

export const hostPathVolumes: Rule = ({ volumes }) => ofVolumes(volumes, ({ source }) => source === 'hostPath', () => 'hostPath');

export const restrictedVolumes: Rule = ({ volumes }) =>
  ofVolumes(volumes, (volume) => !isPlain(volume), (volume) => (volume.source === 'hostPath' ? 'hostPath' : sourcesOf(volume)[0]!));
