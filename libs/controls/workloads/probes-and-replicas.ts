import type { Container } from '#inventory/facts.js';
import { workloadKeys } from '#inventory/inventory.js';
import type { ResourceKey } from '#inventory/resources.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import type { TemplateScope, WorkloadSubject } from '../engine/scope.js';
import { fail, notApplicable, passPart, provenFail, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { autoscaledTo } from '../indexes/autoscalers.js';
import { disruptionBudgets } from '../indexes/disruption-budgets.js';

/** A container that runs as long as its pod does, or the workload as a whole. */
interface Judged extends WorkloadSubject {
  readonly container?: Container;
}

const eachServer: TemplateScope<Judged> = {
  name: 'container or workload',
  family: 'template',
  needs: workloadKeys,
  expand(subject, visit) {
    for (const container of subject.template.containers) if (container.type === 'container') visit({ ...subject, container }, container.name);
    visit(subject, '');
  },
};

/** Kinds of which several pods do the same work, with the list that has their number. */
const replicated: Readonly<Record<string, ResourceKey>> = { Deployment: 'deployments.apps', StatefulSet: 'statefulsets.apps', ReplicaSet: 'replicasets.apps', ReplicationController: 'replicationcontrollers' };

const isJob = ({ workload: { kind, group } }: WorkloadSubject): boolean => group === 'batch' && (kind === 'Job' || kind === 'CronJob');

const probes = [
  { part: 'liveness', field: 'liveness', says: 'nothing restarts it when it hangs' },
  { part: 'readiness', field: 'readiness', says: 'its pod counts as ready before it can answer, and while it cannot' },
] as const;

function judgeProbes(subject: Judged, container: Container): readonly Verdict[] {
  return probes.map(({ part, field, says }) => {
    if (isJob(subject) || subject.template.restartPolicy !== undefined) return notApplicable('a container that is to end needs no probe', part);
    return container[field] === true ? provenPassPart(part) : provenFail(`container ${container.name} has no ${field}Probe: ${says}`, { part });
  });
}

/** The fewest pods there may be; undefined where the object that says so was not read. */
function fewestPods({ workload }: Judged, world: World): number | undefined {
  const autoscaled = world.use(autoscaledTo).of(workload);
  if (autoscaled !== undefined) return autoscaled;
  // The API server writes 1 where nothing is written; what has pods and no number was seen by its pods alone.
  return workload.replicas ?? (workload.pods > 0 ? undefined : 1);
}

function judgeReplicas(subject: Judged, world: World): readonly Verdict[] {
  const { workload, template } = subject;
  const key = workload.group === 'apps' || workload.group === '' ? replicated[workload.kind] : undefined;
  if (!key) return [notApplicable('not a number of pods that do the same', 'replicas'), notApplicable('not a number of pods that do the same', 'disruption-budget')];
  const fewest = orUnknown('replicas', () => fewestPods(subject, world) ?? unknown({ fact: key, reason: 'not-in-upload', detail: `${workload.kind} ${workload.name} was seen by its pods alone, so how many it asks for is not known` }, 'replicas'));
  if (fewest === 0) return [notApplicable('scaled to zero', 'replicas'), notApplicable('scaled to zero', 'disruption-budget')];
  return [typeof fewest === 'number' ? judgeNumber(subject, fewest) : fewest, orUnknown('disruption-budget', () => judgeBudget(workload.namespace, template.labels, world))];
}

function judgeNumber({ workload, template, isOwn }: Judged, fewest: number): Verdict {
  const part = 'replicas';
  if (fewest > 1) return passPart(part);
  const isScaled = workload.replicas !== undefined && workload.replicas > 1;
  const patch = isOwn && !isScaled && workload.kind === 'Deployment' ? { spec: { replicas: 2 } } : undefined;
  return fail(isScaled ? 'its autoscaler may leave it one pod: nothing serves while that is replaced' : 'it has one pod: nothing serves while that is replaced', { part, ...(patch && template.volumes.every(({ source }) => source !== 'persistentVolumeClaim') && { patch }) });
}

const judgeBudget = (namespace: string, labels: WorkloadSubject['template']['labels'], world: World): Verdict =>
  world.use(disruptionBudgets).covers(namespace, labels)
    ? provenPassPart('disruption-budget')
    : fail(`no PodDisruptionBudget of namespace ${namespace} selects its pods, so that a drain may evict all of them at once`, { part: 'disruption-budget' });

const probed = 'livenessProbe: {httpGet: {path: /healthz, port: 8080}}, readinessProbe: {httpGet: {path: /ready, port: 8080}}';
const workload = ({ kind = 'Deployment', spec = 'replicas: 3', container = probed, template = '' } = {}) =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: web, namespace: shop}\nspec: {${spec}${spec === '' ? '' : ', '}template: {metadata: {labels: {app: web}}, spec: {${template}containers: [{name: app, image: registry.example/app:1${container === '' ? '' : `, ${container}`}}]}}}\n`;
const budget = (selector = '{matchLabels: {app: web}}', namespace = 'shop') => `---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web, namespace: ${namespace}}\nspec: {maxUnavailable: 1, selector: ${selector}}\n`;
const autoscaler = (min: string) => `---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: shop}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, ${min}maxReplicas: 9}\n`;

export const probesAndReplicas = defineControl({
  id: 'workloads/probes-and-replicas',
  title: 'Workloads notice when they break, and one pod less does not stop them',
  severity: 'info',
  why: 'A container that hangs and is not probed stays broken until somebody complains. A single pod stops with its node, and without a disruption budget a routine drain takes all pods of a service at once: whoever may evict pods can then stop it, and nobody dares to replace a node in time.',
  remediation: 'Give every long-running container a readinessProbe (may it get requests?) and a livenessProbe (must it be restarted?) that ask the program itself and nothing behind it. Run two or more replicas, and let an autoscaler keep `minReplicas` at 2. Add a PodDisruptionBudget with `maxUnavailable: 1` and the labels of the pods as its selector.',
  frameworks: { 'nist-800-53': ['CP-10', 'SC-5'], 'mitre-attack': ['T1499'], soc2: ['A1.2'] },
  evidence: ['api'],
  parts: { liveness: 'a liveness probe', readiness: 'a readiness probe', replicas: 'more than one pod', 'disruption-budget': 'a disruption budget' },
  scope: eachServer,
  check: (subject, world) => (subject.container ? judgeProbes(subject, subject.container) : judgeReplicas(subject, world)),
  examples: {
    passes: [
      manifests(`${workload()}${budget()}`),
      manifests(`${workload()}${budget('{}')}`, { title: 'A budget for every pod of the namespace' }),
      manifests(`${workload({ spec: '' })}${budget('{matchExpressions: [{key: app, operator: In, values: [web, shop]}]}')}${autoscaler('minReplicas: 2, ')}`, { title: 'As many as its autoscaler wants' }),
      manifests(workload({ kind: 'DaemonSet', spec: '' }), { title: 'One pod a node: no drain evicts it' }),
    ],
    fails: [
      manifests(`${workload({ container: 'startupProbe: {httpGet: {path: /, port: 8080}}' })}${budget()}`),
      manifests(`${workload({ container: 'livenessProbe: {}, readinessProbe: {periodSeconds: 5}' })}${budget()}`, { title: 'Probes that do nothing' }),
      manifests(`${workload({ spec: '' })}${budget()}`, { title: 'One pod is the default' }),
      manifests(`${workload()}${budget()}${autoscaler('')}`, { title: 'One pod is what the autoscaler may leave' }),
      manifests(workload()),
      manifests(`${workload()}${budget('{matchLabels: {app: web}}', 'other')}`, { title: 'A budget of another namespace' }),
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: registry.example/app:1}]}'),
    ],
    unknown: [
      manifests(`${workload()}${budget()}`, { missing: { 'horizontalpodautoscalers.autoscaling': 'forbidden' } }),
      manifests(workload(), { missing: { 'poddisruptionbudgets.policy': 'forbidden' } }),
    ],
    notApplicable: [
      manifests('apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: backup, namespace: shop}\nspec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: backup, image: registry.example/backup:1}]}}}}}'),
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: migrate, namespace: shop}\nspec: {restartPolicy: Never, containers: [{name: app, image: registry.example/app:1}]}'),
    ],
  },
});
