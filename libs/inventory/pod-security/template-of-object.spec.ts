import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePodSecurity } from './evaluate-pod-security.js';
import { newestVersion } from './pod-security-version.js';
import { templateOfObject } from './template-of-object.js';

const template = { metadata: { labels: { app: 'a' } }, spec: { hostPID: true, containers: [{ name: 'a' }] } };
const foundIn = (object: unknown): string => {
  const found = templateOfObject(object);
  return found ? `${found.outcome} ${found.prefix}` : 'none';
};

describe('the pod template of an object', () => {
  it.each([
    ['Pod', template, ''],
    ...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController', 'Job', 'Rollout', 'CloneSet'].map((kind) => [kind, { spec: { template } }, 'spec.template.'] as const),
    ['CronJob', { spec: { jobTemplate: { spec: { template } } } }, 'spec.jobTemplate.spec.template.'],
    ['AdvancedCronJob', { spec: { jobTemplate: { spec: { template } } } }, 'spec.jobTemplate.spec.template.'],
    ['PodTemplate', { template }, 'template.'],
    ['Sandbox', { template }, 'template.'],
  ] as const)('%s', (kind, fields, prefix) => {
    const found = templateOfObject({ kind, metadata: { name: 'x' }, ...fields });
    expect(found).toMatchObject({ outcome: 'template', prefix, template: { hostPID: true, labels: { app: 'a' } } });
  });

  it('has annotations of the template, not of its controller', () => {
    const found = templateOfObject({ kind: 'Deployment', metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' } }, spec: { template } });
    expect(found?.outcome === 'template' && found.template.annotations).toBeUndefined();
  });

  it.each([
    ['nothing', undefined], ['null', null], ['text', 'kind: Pod'], ['a list', [template]], ['an object of no kind', {}],
    ['a Pod without a spec', { kind: 'Pod', metadata: {} }],
    ['a Deployment without a template', { kind: 'Deployment', spec: { replicas: 1 } }],
    ['a ConfigMap', { kind: 'ConfigMap', data: { template: 'x' } }],
    ['a kind whose template is that of a Secret', { kind: 'SealedSecret', spec: { template: { metadata: {}, type: 'Opaque' } } }],
    ['a kind whose template is text', { kind: 'Alert', spec: { template: '{{ . }}' } }],
    ['a kind whose template makes machines', { kind: 'MachineDeployment', spec: { template: { spec: { bootstrap: {} } } } }],
    ['a kind whose containers are no pods\'', { kind: 'Ship', spec: { template: { spec: { containers: ['red', 'blue'] } } } }],
    ['a kind from a prototype', Object.create({ kind: 'Pod', ...template }) as unknown],
  ])('is none in %s', (_, object) => {
    expect(foundIn(object)).toBe('none');
  });

  it.each([
    ['hostNetwork that is text', { kind: 'Pod', spec: { hostNetwork: 'true', containers: [] } }, 'invalid '],
    ['containers that are no list', { kind: 'Deployment', spec: { template: { spec: { containers: {} } } } }, 'invalid spec.template.'],
    ['a template that is a list', { kind: 'Job', spec: { template: [] } }, 'invalid spec.template.'],
    ['a job template that is text', { kind: 'CronJob', spec: { jobTemplate: 'x' } }, 'invalid spec.jobTemplate.spec.template.'],
    ['metadata that is text', { kind: 'Pod', metadata: 'x', spec: {} }, 'invalid '],
    ['a kind of one\'s own with a probe that lies', { kind: 'Rollout', spec: { template: { spec: { containers: [{ name: 'a', livenessProbe: { httpGet: { host: 1 } } }] } } } }, 'invalid spec.template.'],
  ])('is invalid with %s', (_, object, expected) => {
    expect(foundIn(object)).toBe(expected);
  });

  it('is found or not, and judged, without a throw, in whatever JSON of these names', () => {
    const words = ['kind', 'spec', 'metadata', 'template', 'jobTemplate', 'containers', 'volumes', 'name', 'securityContext', 'annotations', 'sysctls', 'lifecycle', 'httpGet', 'host', 'Pod', 'Deployment', '__proto__'];
    const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'medium' }, fc.constantFrom(...words), fc.constantFrom(null, true, 0, -1, 1.5, ''), fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...words), tie('any'), { maxKeys: 6 })),
    })).any;
    const property = fc.property(fc.constantFrom('Pod', 'Deployment', 'CronJob', 'PodTemplate', 'Other'), fc.dictionary(fc.constantFrom(...words), value), (kind, object) => {
      const found = templateOfObject({ ...object, kind });
      if (found?.outcome === 'template') for (const { fields } of evaluatePodSecurity(found.template, 'restricted', newestVersion)) expect(fields.length).toBeGreaterThan(0);
    });
    expect(() => fc.assert(property, { numRuns: 2000 })).not.toThrow();
  });

  it('ends in a time that grows with the object alone', () => {
    const containers = Array.from({ length: 20_000 }, (_, index) => ({ name: `c${index}`, securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }));
    const annotations = Object.fromEntries(containers.map(({ name }) => [`container.seccomp.security.alpha.kubernetes.io/${name}`, 'unconfined']));
    const found = templateOfObject({ kind: 'Pod', metadata: { annotations }, spec: { containers } });
    if (found?.outcome !== 'template') throw new Error('no template');
    const start = performance.now();
    expect(evaluatePodSecurity(found.template, 'baseline', { minor: 18, name: 'v1.18', isBeyondTable: false }).map(({ check, fields }) => [check, fields.length])).toEqual([['capabilities_baseline', 20_000], ['seccompProfile_baseline', 20_000]]);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
