import type { Labels } from '#inventory/facts.js';
import type { ContainerSubject } from '../engine/scope.js';
import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { MissingEvidenceError, type World } from '../engine/world.js';
import { defaultResources } from '../indexes/default-resources.js';
import { eachContainer } from '../scopes/each-container.js';

const settings = [
  { part: 'memory-limit', of: 'limits', resource: 'memory', says: 'no memory limit' },
  { part: 'cpu-request', of: 'requests', resource: 'cpu', says: 'no CPU request' },
  { part: 'memory-request', of: 'requests', resource: 'memory', says: 'no memory request' },
] as const;
type Setting = (typeof settings)[number];

/** `0` limits nothing and reserves nothing. */
const isSet = (amounts: Labels | undefined, resource: string): boolean => {
  const amount = amounts?.[resource];
  return amount !== undefined && !/^0*(?:\.0*)?(?:[a-zA-Z]\w*)?$/.test(amount);
};

function judge({ container: judged, template, workload, isOwn }: ContainerSubject, { part, of, resource, says }: Setting, world: World): Verdict {
  if (isSet(judged[of], resource) || isSet(template.resources?.[of], resource)) return provenPassPart(part);
  try {
    const defaults = world.use(defaultResources).get(workload.namespace);
    // Pods that differ from their controller's template were admitted: what they lack, no default gave them.
    if (isOwn && isSet(defaults?.[of], resource)) return provenPassPart(part);
  } catch (error) {
    if (error instanceof MissingEvidenceError) return unknown(error.missing, part);
    throw error;
  }
  return fail(`container ${judged.name} has ${says}, and no LimitRange of namespace ${workload.namespace} gives it one`, { part });
}

const limitRange = (item: string) => `
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: shop}
spec: {limits: [{type: Container, ${item}}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: app, image: registry.example/app:1}]}}}`;

export const resourceLimits = defineControl({
  id: 'workloads/resource-limits',
  title: 'Containers have a memory limit and reserve CPU and memory',
  severity: 'medium',
  why: 'A container without a memory limit can take its node\'s whole memory, and its neighbours with it; without requests the scheduler packs nodes blindly. One leaking or attacked service then stops others.',
  remediation: 'Set `resources.requests.cpu`, `resources.requests.memory` and `resources.limits.memory` on every container, from what `kubectl top pod --containers` shows under load plus a margin. Give the namespace a LimitRange with defaults for those that forget.',
  frameworks: {
    'nsa-cisa': ['network/resource-policies'], 'nist-800-53': ['SC-5', 'SC-6'], 'mitre-attack': ['T1496', 'T1496.001', 'T1499'], 'owasp-kubernetes': ['K01'],
    soc2: ['A1.1'],
  },
  evidence: ['api'],
  parts: { 'memory-limit': 'the most memory the container may use', 'cpu-request': 'the CPU it is scheduled for', 'memory-request': 'the memory it is scheduled for' },
  scope: eachContainer,
  check(subject, world) {
    if (subject.container.type === 'ephemeral') return settings.map(({ part }) => notApplicable('ephemeral containers cannot have resources', part));
    return settings.map((setting) => judge(subject, setting, world));
  },
  examples: {
    passes: [
      container('resources: {limits: {memory: 128Mi}, requests: {cpu: 100m}}', { title: 'a limit is the request where none is written' }),
      container('resources: {limits: {memory: 1Gi}, requests: {cpu: 1, memory: 512Mi}}'),
      manifests(limitRange('default: {memory: 256Mi}, defaultRequest: {cpu: 50m}')),
      manifests(limitRange('max: {memory: 1Gi, cpu: 2}'), { title: 'a maximum is the default where none is written' }),
      podSpec('resources: {limits: {memory: 1Gi}, requests: {cpu: 500m}}', { title: 'set for the pod as a whole' }),
    ],
    fails: [
      container(''),
      container('resources: {limits: {cpu: 1, memory: 0}}', { title: '0 limits nothing' }),
      podSpec('initContainers:\n- name: setup\n  image: registry.example/setup:1\n  resources: {requests: {cpu: 10m, memory: 16Mi}}'),
      manifests(limitRange('default: {cpu: 1}')),
    ],
    unknown: [container('', { missing: { limitranges: 'forbidden' } })],
  },
});
