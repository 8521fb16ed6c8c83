import type { CustomFacts, Workload } from '#inventory/facts.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex } from '../engine/world.js';

/** What an autoscaler sets the replicas of. */
export interface ScaleTarget {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export function scaleTargetOf({ spec }: CustomFacts): ScaleTarget {
  const { apiVersion, kind, name } = asRecord(asRecord(spec)['scaleTargetRef']);
  const [group = '', version] = textOf(apiVersion).split('/');
  // `v1` has no group; kinds that moved from `extensions` are those of `apps`.
  return { group: version === undefined ? '' : group === 'extensions' ? 'apps' : group, kind: textOf(kind), name: textOf(name) };
}

const keyOf = (group: string, kind: string, namespace: string, name: string): string => `${group}/${kind}/${namespace}/${name}`;

/** The fewest replicas that an autoscaler may leave of each workload it scales, by the workload's key. */
export const autoscaledTo = defineIndex(['horizontalpodautoscalers.autoscaling'], (world) => {
  const fewest = new Map<string, number>();
  for (const autoscaler of world.list('horizontalpodautoscalers.autoscaling')) {
    const { group, kind, name } = scaleTargetOf(autoscaler);
    const { minReplicas } = asRecord(autoscaler.spec);
    fewest.set(keyOf(group, kind, autoscaler.namespace, name), typeof minReplicas === 'number' ? minReplicas : 1);
  }
  return { of: ({ group, kind, namespace, name }: Workload): number | undefined => fewest.get(keyOf(group, kind, namespace, name)) };
});
