import type { Volume } from '#inventory/facts.js';
import type { WorkloadSubject } from '../engine/scope.js';
import { podPatch } from './workload-patch.js';

/** A strategic merge patch that takes a volume and its mounts out of a workload's template. */
export function withoutVolume(subject: WorkloadSubject, volume: Volume): unknown {
  const lists: Record<string, readonly unknown[]> = { volumes: [{ name: volume.name, $patch: 'delete' }] };
  for (const [list, type] of [['containers', 'container'], ['initContainers', 'init']] as const) {
    const changed = subject.template.containers
      .filter((container) => container.type === type)
      .map(({ name, mounts }) => ({ name, volumeMounts: mounts.filter((mount) => mount.volume === volume.name).map((mount) => ({ mountPath: mount.path, $patch: 'delete' })) }))
      .filter(({ volumeMounts }) => volumeMounts.length > 0);
    if (changed.length > 0) lists[list] = changed;
  }
  return podPatch(subject, lists);
}
