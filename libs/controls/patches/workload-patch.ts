import type { ContainerSubject, WorkloadSubject } from '../engine/scope.js';

const templateKinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController']);

/**
 * A strategic merge patch for `kubectl patch` that changes one container of a workload. Undefined where none can
 * be had: pods and jobs are immutable, ephemeral and injected containers are not the workload's to change, and
 * custom owners have shapes of their own.
 */
export function containerPatch(subject: ContainerSubject, fields: Readonly<Record<string, unknown>>): unknown {
  if (subject.container.type === 'ephemeral') return undefined;
  const list = subject.container.type === 'init' ? 'initContainers' : 'containers';
  return podPatch(subject, { [list]: [Object.assign({ name: subject.container.name }, fields)] });
}

/** The same for the pod's own spec. */
export const podPatch = (subject: WorkloadSubject, spec: Readonly<Record<string, unknown>>): unknown => templatePatch(subject, { spec });

/** The same for the whole template, its metadata included. */
export function templatePatch({ workload, isOwn }: WorkloadSubject, template: Readonly<Record<string, unknown>>): unknown {
  if (!isOwn) return undefined;
  if (workload.kind === 'CronJob') return { spec: { jobTemplate: { spec: { template } } } };
  return templateKinds.has(workload.kind) ? { spec: { template } } : undefined;
}
