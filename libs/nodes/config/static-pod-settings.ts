import type { ContainerMount } from '../component-process.js';
import type { StaticPodSettings } from '../config-facts.js';
import { normalPath } from '../host-path.js';
import { withholdWords } from '../secrets.js';
import { ConfigError } from './config-error.js';
import { expectKind, isScalarValue, listOf, mapOf, optionalText, textAt, textsOf, type Fields } from './fields.js';
import { keptVariables } from './kept-variables.js';

export function staticPodSettings(document: unknown): StaticPodSettings {
  const root = mapOf(document, 'The file');
  const apiVersion = expectKind(root, 'Pod', ['v1']);
  const metadata = mapOf(root['metadata'], 'metadata');
  const spec = mapOf(root['spec'], 'spec');
  const namespace = optionalText(metadata['namespace'], 'metadata.namespace');
  const hostPaths = new Map(listOf(spec['volumes'], 'spec.volumes').flatMap((item) => {
    const volume = mapOf(item, 'an entry of spec.volumes');
    const path = optionalText(mapOf(volume['hostPath'], 'spec.volumes[].hostPath')['path'], 'spec.volumes[].hostPath.path');
    return path === undefined ? [] : [[textAt(volume['name'], 'spec.volumes[].name'), path] as const];
  }));
  return {
    apiVersion,
    name: textAt(metadata['name'], 'metadata.name'),
    ...(namespace !== undefined && { namespace }),
    hostNetwork: spec['hostNetwork'] === true,
    containers: listOf(spec['containers'], 'spec.containers').map((item) => containerOf(mapOf(item, 'an entry of spec.containers'), spec, hostPaths)),
  };
}

function containerOf(container: Fields, spec: Fields, hostPaths: ReadonlyMap<string, string>): StaticPodSettings['containers'][number] {
  const { words, withheld } = withholdWords([...textsOf(container['command'], 'containers[].command'), ...textsOf(container['args'], 'containers[].args')]);
  const runAsUser = mapOf(container['securityContext'], 'containers[].securityContext')['runAsUser'] ?? mapOf(spec['securityContext'], 'spec.securityContext')['runAsUser'];
  return {
    name: textAt(container['name'], 'containers[].name'),
    image: optionalText(container['image'], 'containers[].image') ?? '',
    argv: words,
    withheld,
    environment: keptVariables(listOf(container['env'], 'containers[].env').flatMap((item) => {
      const { name, value } = mapOf(item, 'an entry of containers[].env');
      return typeof name === 'string' && isScalarValue(value) && value !== null ? [[name, String(value)] as const] : [];
    })),
    ...(typeof runAsUser === 'number' && Number.isSafeInteger(runAsUser) && { runAsUser }),
    mounts: listOf(container['volumeMounts'], 'containers[].volumeMounts').flatMap((item): readonly ContainerMount[] => {
      const mount = mapOf(item, 'an entry of containers[].volumeMounts');
      const host = hostPaths.get(textAt(mount['name'], 'containers[].volumeMounts[].name'));
      const at = textAt(mount['mountPath'], 'containers[].volumeMounts[].mountPath');
      const below = optionalText(mount['subPath'], 'containers[].volumeMounts[].subPath') ?? '';
      if (!at.startsWith('/')) throw new ConfigError('containers[].volumeMounts[].mountPath is to be absolute.');
      return host?.startsWith('/') === true ? [{ at: normalPath(at), host: normalPath(`${host}/${below}`) }] : [];
    }),
  };
}
