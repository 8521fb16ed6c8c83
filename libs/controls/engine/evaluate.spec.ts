import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { catalogue } from '../catalogue.js';
import { eachContainer } from '../scopes/each-container.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { capabilitiesAdded } from '../workloads/capabilities-added.js';
import { hostNamespaces } from '../workloads/host-namespaces.js';
import { hostPath } from '../workloads/host-path.js';
import { privileged } from '../workloads/privileged.js';
import { resourceLimits } from '../workloads/resource-limits.js';
import { defineControl, type Control } from './control.js';
import { evaluate } from './evaluate.js';
import { hasKey } from './key-set.js';
import { JUDGED_AT_ONCE } from './scope.js';
import { fail, pass, provenPass } from './verdict.js';
import { MissingEvidenceError, type ControlPolicy } from './world.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');

const run = (controls: readonly Control[], yaml: string, options: InventoryOptions = {}) => evaluate(controls, inventoryOf(objectsOf(yaml), options), {}, NOW);
const judge = (control: Control, yaml: string, options: InventoryOptions = {}) => run([control], yaml, options)[0]!;
const keys = (evaluation: { readonly failures: readonly { readonly key: string }[] }) => evaluation.failures.map(({ key }) => key).sort();

/** A control of no other use than to be evaluated. */
const probe = (id: `governance/${string}`, check: Control['check'], scope: Control['scope'] = wholeCluster()): Control =>
  ({ id, title: 'A probe', severity: 'low', why: 'Why.', remediation: 'How.', frameworks: {}, evidence: ['api'], scope, check, examples: { passes: [], fails: [] } });

const bad = '{name: app, image: a, securityContext: {privileged: true}}';
const good = '{name: app, image: a}';
const owned = (kind: string, name: string, apiVersion = 'apps/v1') => `ownerReferences: [{apiVersion: ${apiVersion}, kind: ${kind}, name: ${name}, uid: u, controller: true}]`;

describe('what a result names', () => {
  it('judges init, sidecar and ephemeral containers like any other', () => {
    const evaluation = judge(privileged, `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  initContainers: [{name: setup, image: a, securityContext: {privileged: true}}, {name: mesh, image: a, restartPolicy: Always, securityContext: {privileged: true}}]
  containers: [${good}]
  ephemeralContainers: [{name: debugger, image: a, securityContext: {privileged: true}}]`);
    expect(evaluation.failures.map(({ part }) => part).sort()).toEqual(['debugger', 'mesh', 'setup']);
    expect(evaluation.passed).toBe(1);
  });

  it('reports pods of a ReplicaSet on its Deployment', () => {
    const evaluation = judge(privileged, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 2, template: {spec: {containers: [${bad}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-7d9f, namespace: shop, ${owned('Deployment', 'web')}}
spec: {replicas: 2, template: {spec: {containers: [${bad}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-7d9f-a, namespace: shop, ${owned('ReplicaSet', 'web-7d9f')}}
spec: {containers: [${bad}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-7d9f-b, namespace: shop, ${owned('ReplicaSet', 'web-7d9f')}}
spec: {containers: [${bad}]}`);
    expect(keys(evaluation)).toEqual(['workloads/privileged|Deployment/shop/web|app']);
  });

  it('reports pods of a Job on its CronJob', () => {
    const evaluation = judge(privileged, `
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: shop}
spec: {schedule: '@daily', jobTemplate: {spec: {template: {spec: {containers: [${bad}]}}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: nightly-29000000, namespace: shop, ${owned('CronJob', 'nightly', 'batch/v1')}}
spec: {template: {spec: {containers: [${bad}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: nightly-29000000-x, namespace: shop, ${owned('Job', 'nightly-29000000', 'batch/v1')}}
spec: {containers: [${bad}]}`);
    expect(keys(evaluation)).toEqual(['workloads/privileged|CronJob/shop/nightly|app']);
  });

  it('names an owner of a kind nobody here knows', () => {
    const evaluation = judge(privileged, `
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, ${owned('Rollout', 'web', 'argoproj.io/v1alpha1')}}
spec: {containers: [${bad}]}`);
    expect(evaluation.failures[0]!.resource).toEqual({ group: 'argoproj.io', kind: 'Rollout', namespace: 'shop', name: 'web' });
    expect(evaluation.failures[0]!.patch).toBeUndefined();
  });

  it('reports a sidecar injected into pods on their Deployment, without a patch that could not mend it', () => {
    const evaluation = judge(privileged, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [${good}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-7d9f, namespace: shop, ${owned('Deployment', 'web')}}
spec: {replicas: 1, template: {spec: {containers: [${good}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-7d9f-a, namespace: shop, ${owned('ReplicaSet', 'web-7d9f')}}
spec: {containers: [${good}, {name: injected, image: mesh, securityContext: {privileged: true}}]}`);
    expect(keys(evaluation)).toEqual(['workloads/privileged|Deployment/shop/web|injected']);
    expect(evaluation.failures[0]!.patch).toBeUndefined();
  });

  it('finds the same after a roll-out: neither hash nor old revision is in a key', () => {
    const revision = (hash: string, replicas: number, image: string) => `
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-${hash}, namespace: shop, ${owned('Deployment', 'web')}}
spec: {replicas: ${replicas}, template: {metadata: {labels: {pod-template-hash: ${hash}}}, spec: {containers: [{name: app, image: ${image}, securityContext: {privileged: true}}]}}}
---`;
    const deployment = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: app, image: ${image}, securityContext: {privileged: true}}]}}}
---`;
    const before = judge(privileged, `${deployment('a:1')}${revision('aaa', 3, 'a:1')}`.slice(0, -4));
    const after = judge(privileged, `${deployment('a:2')}${revision('aaa', 0, 'a:1')}${revision('bbb', 3, 'a:2')}`.slice(0, -4));
    expect(keys(after)).toEqual(keys(before));
  });

  it('finds the same where controllers could not be read and only the hash in a name tells the Deployment', () => {
    const pod = (hash: string) => `
apiVersion: v1
kind: Pod
metadata: {name: web-${hash}-x, namespace: shop, labels: {pod-template-hash: ${hash}}, ${owned('ReplicaSet', `web-${hash}`)}}
spec: {containers: [${bad}]}`;
    const missing = { 'replicasets.apps': { state: 'missing', reason: 'forbidden', detail: '' }, 'deployments.apps': { state: 'missing', reason: 'forbidden', detail: '' } } as const;
    expect(keys(judge(privileged, pod('aaa'), { outcomes: missing }))).toEqual(keys(judge(privileged, pod('bbb'), { outcomes: missing })));
  });

  it('names the Deployment of pods that were sent in without it, as a scan of the whole cluster would', () => {
    const pod = (hash: string) => `
apiVersion: v1
kind: Pod
metadata: {name: web-${hash}-x, namespace: shop, labels: {pod-template-hash: ${hash}}, ${owned('ReplicaSet', `web-${hash}`)}}
spec: {containers: [${bad}]}`;
    for (const options of [{ otherwise: (_key: unknown, count: number) => ({ state: 'given', count }) as const }, {}]) {
      expect(judge(privileged, `${pod('aaa')}\n---\n${pod('bbb')}`, options)).toMatchObject({ failed: 1, failures: [{ key: 'workloads/privileged|Deployment/shop/web|app', resource: { group: 'apps' } }] });
    }
  });

  it('renames a finding with its object and with nothing else', () => {
    const workload = (name: string, containers: string) => `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: shop, uid: ${name.length}, labels: {version: x}}\nspec: {template: {spec: {containers: [${containers}]}}}`;
    const one = judge(privileged, workload('web', `${bad}, {name: other, image: b}`));
    expect(keys(judge(privileged, workload('web', `{name: other, image: b}, ${bad}`)))).toEqual(keys(one));
    expect(keys(judge(privileged, workload('webs', `${bad}, {name: other, image: b}`)))).toEqual(keys(one).map((key) => key.replace('shop/web', 'shop/webs')));
  });
});

describe('more subjects than are judged at once', () => {
  const many = 3 * JUDGED_AT_ONCE + 1;
  const numbers = Array.from({ length: many }, (_, i) => i);
  const named = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' } });

  it('are all judged, by every control, each for itself', () => {
    const pods = numbers.map((i) => ({ ...named('Pod', `web-${i}`), spec: { hostPID: i % 5 === 0, containers: [{ name: 'app', image: 'a', securityContext: { privileged: i % 2 === 0 } }, { name: 'side', image: 'a' }] } }));
    const [ofContainers, ofPods] = evaluate([privileged, hostNamespaces], inventoryOf(pods), {}, NOW);
    const failing = (of: typeof ofPods, every: number) => expect(of!.failures.map(({ resource }) => resource.name)).toEqual(numbers.filter((i) => i % every === 0).map((i) => `web-${i}`));
    failing(ofContainers, 2);
    failing(ofPods, 5);
    expect(ofContainers!.passed + ofContainers!.failed).toBe(2 * many);
  });

  it('count once where they are templates of one workload, whichever of them is the worst', () => {
    for (const worst of [0, JUDGED_AT_ONCE - 1, JUDGED_AT_ONCE, many - 1]) {
      const pods = numbers.map((i) => ({
        ...named('Pod', `web-${String(i).padStart(3, '0')}`), metadata: { ...named('', `web-${String(i).padStart(3, '0')}`).metadata, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true }] },
        spec: { containers: [{ name: 'app', image: `a:${i}`, securityContext: { privileged: i === worst } }] },
      }));
      const others = numbers.map((i) => ({ ...named('Pod', `other-${i}`), spec: { containers: [{ name: 'app', image: 'b' }] } }));
      const [evaluation] = evaluate([privileged], inventoryOf([...pods, ...others]), {}, NOW);
      expect(evaluation).toMatchObject({ passed: many, failed: 1, failures: [{ resource: { kind: 'ReplicaSet', name: 'web' } }] });
    }
  });

  it('may be those of one template, and of one of several of its workload', () => {
    const containers = (bad: number) => Array.from({ length: 700 }, (_, i) => ({ name: `c${i}`, image: 'a', securityContext: { privileged: i === bad } }));
    const pod = (name: string, bad: number, owner?: string) => ({ ...named('Pod', name), metadata: { ...named('', name).metadata, ...(owner !== undefined && { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: 'u', controller: true }] }) }, spec: { containers: containers(bad) } });
    const [evaluation] = evaluate([privileged], inventoryOf([pod('alone', 650), pod('web-0', -1, 'web'), pod('web-1', 3, 'web'), pod('web-2', 699, 'web')]), {}, NOW);
    expect(keys(evaluation!)).toEqual(['workloads/privileged|Pod/shop/alone|c650', 'workloads/privileged|ReplicaSet/shop/web|c3', 'workloads/privileged|ReplicaSet/shop/web|c699']);
    expect(evaluation).toMatchObject({ passed: 2 * 700 - 3, failed: 3 });
  });

  it.each(['a list breaks', 'a fault is met while they are judged'])('are judged as far as it goes where %s, and the control says that it broke', (what) => {
    const scope: Control['scope'] = {
      name: 'number', family: 'list', needs: [],
      *subjects() {
        for (const i of numbers) yield { subject: i, resource: { group: '', kind: 'Pod', namespace: 'shop', name: `web-${i}` }, part: '' };
        if (what === 'a list breaks') throw new TypeError('it broke');
      },
    };
    const taken: string[] = [];
    const take = (_control: number, { resource }: { readonly resource: { readonly name: string } }): void => {
      if (what !== 'a list breaks' && taken.length === many - 1) throw new TypeError('it broke');
      taken.push(resource.name);
    };
    const [broken, other] = evaluate([probe('governance/one', () => fail('each'), scope), privileged], inventoryOf([]), {}, NOW, take);
    expect(broken).toMatchObject({ outcome: 'error', complete: false, error: 'TypeError: it broke' });
    expect(taken).toHaveLength(what === 'a list breaks' ? many : many - 1);
    expect(other).toMatchObject({ outcome: 'not-applicable' });
  });

  it('were judged as far as they could be listed', () => {
    const scope: Control['scope'] = {
      name: 'number', family: 'list', needs: [],
      *subjects() {
        for (const i of numbers) yield { subject: i, resource: { group: '', kind: 'Pod', namespace: 'shop', name: `web-${i}` }, part: '' };
        throw new MissingEvidenceError({ fact: 'pods', reason: 'forbidden', detail: 'no more of them' });
      },
    };
    const odd = (subject: unknown) => (Number(subject) % 2 === 1 ? fail('is odd') : pass);
    const [a, b] = evaluate([probe('governance/one', odd, scope), probe('governance/two', () => provenPass, scope)], inventoryOf([]), {}, NOW);
    expect(a).toMatchObject({ outcome: 'fail', passed: Math.ceil(many / 2), failed: Math.floor(many / 2), complete: false, unknowns: [{ missing: { detail: 'no more of them' } }] });
    expect(b).toMatchObject({ outcome: 'unknown', passed: many, complete: false });
  });
});

describe('one subject with several templates', () => {
  it('counts once, with the worst verdict', () => {
    const evaluation = judge(privileged, `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {template: {spec: {containers: [${good}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: shop, ${owned('StatefulSet', 'db')}}
spec: {containers: [${bad}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db-1, namespace: shop, ${owned('StatefulSet', 'db')}}
spec: {containers: [${good}]}`);
    expect(evaluation).toMatchObject({ failed: 1, passed: 0 });
    expect(keys(evaluation)).toEqual(['workloads/privileged|StatefulSet/shop/db|app']);
  });

  it.each([['ALL', 'CHOWN'], ['CHOWN', 'ALL']])('has the highest severity, whichever pod comes first (%s, %s)', (first, second) => {
    const pod = (name: string, capability: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, ${owned('Rollout', 'web', 'argoproj.io/v1alpha1')}}
spec: {containers: [{name: app, image: a, securityContext: {capabilities: {add: [${capability}]}}}]}`;
    const evaluation = judge(capabilitiesAdded, `${pod('web-0', first)}\n---\n${pod('web-1', second)}`);
    expect(evaluation.failures).toEqual([expect.objectContaining({ severity: 'critical', detail: { added: ['ALL'], critical: ['ALL'] } })]);
  });

  it('keeps workloads apart', () => {
    const evaluation = judge(privileged, ['a', 'b'].map((name) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ${name}, namespace: shop}
spec: {template: {spec: {containers: [${name === 'a' ? bad : good}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}-0, namespace: shop, ${owned('StatefulSet', name)}}
spec: {hostPID: true, containers: [${name === 'a' ? bad : good}]}`).join('\n---\n'));
    expect(evaluation).toMatchObject({ failed: 1, passed: 1 });
  });
});

describe('a scope of templates and of others beside them', () => {
  const scope = { ...eachPodTemplate, beside: function* () { yield { subject: 'beside', resource: { group: '', kind: 'Cluster', namespace: '', name: 'cluster' }, part: 'one' }; } };
  const control = probe('governance/beside', (subject) => (subject === 'beside' ? fail('beside') : pass), scope);

  it('judges both', () => {
    const evaluation = judge(control, `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [${good}]}`);
    expect(evaluation).toMatchObject({ outcome: 'fail', passed: 1, failed: 1 });
    expect(keys(evaluation)).toEqual(['governance/beside|Cluster//cluster|one']);
  });
});

describe('lists that were not read to their end', () => {
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [${good}]}`;

  it('fails what is seen and passes nothing by absence', () => {
    const partial = { 'pods': { state: 'partial', count: 1, reason: 'timed-out', detail: 'the list ended early' } } as const;
    const clean = judge(privileged, pod, { outcomes: partial });
    expect(clean).toMatchObject({ outcome: 'unknown', complete: false });
    expect(clean.unknowns).toContainEqual(expect.objectContaining({ missing: { fact: 'pods', reason: 'timed-out', detail: 'the list ended early' } }));
    const failing = judge(privileged, pod.replace(good, bad), { outcomes: partial });
    expect(failing).toMatchObject({ outcome: 'fail', complete: false, failed: 1 });
  });

  it('is never complete, and never passes, with one of its lists missing', () => {
    for (const control of catalogue) {
      for (const key of control.scope.needs) {
        const evaluation = judge(control, pod, { outcomes: { [key]: { state: 'missing', reason: 'forbidden', detail: `list ${key}: forbidden` } } });
        expect(evaluation.outcome, `${control.id} without ${key}`).not.toBe('pass');
        expect(evaluation.complete, `${control.id} without ${key}`).toBe(false);
      }
    }
  });

  it('does not let a pass rest on a list with holes, but a pass that was seen stands', () => {
    const outcomes = { services: { state: 'partial', count: 0, reason: 'limit', detail: 'too many' } } as const;
    const [rests, seen] = run([
      probe('governance/rests', (_subject, world) => (world.list('services').length === 0 ? pass : fail('there is a service here'))),
      probe('governance/seen', (_subject, world) => (world.list('services').length === 0 ? provenPass : fail('there is a service here'))),
    ], pod, { outcomes });
    expect(rests).toMatchObject({ outcome: 'unknown', unknown: 1, complete: false });
    expect(hasKey(rests!.heldKeys, 'governance/rests|Cluster//cluster|')).toBe(true);
    expect(seen).toMatchObject({ outcome: 'pass', complete: false });
  });

  it('passes no workload of which pods may differ from the template that was read', () => {
    const set = `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: shop}\nspec: {template: {spec: {containers: [${good}]}}}`;
    const withSet = `${pod}\n---\n${set}`;
    const lost = judge(privileged, withSet, { outcomes: { pods: { state: 'partial', count: 1, reason: 'changed', detail: 'a page was lost' } } });
    expect(lost).toMatchObject({ passed: 1, unknown: 1, failed: 0 });
    expect(hasKey(lost.heldKeys, 'workloads/privileged|StatefulSet/shop/db|app')).toBe(true);
    expect(judge(privileged, set, { outcomes: { pods: { state: 'missing', reason: 'forbidden', detail: 'list pods: forbidden' } } })).toMatchObject({ passed: 0, unknown: 1 });
    expect(judge(privileged, withSet, { otherwise: (_key, count) => ({ state: 'given', count }) })).toMatchObject({ passed: 2, unknown: 0 });
    expect(judge(privileged, set.replace(good, bad), { outcomes: { pods: { state: 'missing', reason: 'forbidden', detail: 'list pods: forbidden' } } })).toMatchObject({ failed: 1 });
  });

  it('does not conclude from pods with holes that a component does not run', () => {
    const noServer = probe('governance/no-server', (_subject, world) => (world.components.length === 0 ? pass : fail('there is an API server')));
    expect(judge(noServer, pod)).toMatchObject({ outcome: 'pass', complete: true });
    expect(judge(noServer, pod, { outcomes: { pods: { state: 'partial', count: 1, reason: 'changed', detail: 'a page was lost' } } })).toMatchObject({ outcome: 'unknown', complete: false });
  });

  it('says of a fail by absence in an upload that only the given objects were looked at', () => {
    const given = { otherwise: (_key: unknown, count: number) => ({ state: 'given', count }) as const };
    const [absent, own] = run([
      probe('governance/absent', (_subject, world) => (world.list('networkpolicies.networking.k8s.io').length === 0 ? fail('no policy was found') : pass)),
      privileged,
    ], pod.replace(good, bad), given);
    expect(absent!.failures[0]!.basis).toBe('objects-given');
    expect(own!.failures[0]!.basis).toBe('cluster');
    expect(own!.complete).toBe(false);
  });

  it('neither passes nor fails by what an upload says it left out, though some of it was sent', () => {
    const unread = { state: 'partial', count: 1, reason: 'not-in-upload', detail: 'the upload says that it was not read' } as const;
    expect(judge(privileged, pod, { outcomes: { 'pods': unread } })).toMatchObject({ outcome: 'unknown', complete: false });
    const absent = probe('governance/absent', (_subject, world) => (world.list('networkpolicies.networking.k8s.io').length === 0 ? fail('no policy was found') : pass));
    expect(judge(absent, pod, { outcomes: { 'networkpolicies.networking.k8s.io': unread } })).toMatchObject({ outcome: 'unknown', failures: [] });
  });

  it('says which part could not be told, and judges the others', () => {
    const evaluation = judge(resourceLimits, pod.replace(good, '{name: app, image: a, resources: {requests: {cpu: 1}}}'), { outcomes: { limitranges: { state: 'missing', reason: 'forbidden', detail: 'list limitranges: forbidden' } } });
    expect(evaluation).toMatchObject({ outcome: 'unknown', passed: 1, unknown: 2 });
    expect(hasKey(evaluation.heldKeys, 'workloads/resource-limits|Pod/shop/web|app/memory-limit')).toBe(true);
  });
});

describe('a control of parts whose evidence is missing as a whole', () => {
  it('holds what is known of each of its parts, though all of its lists were read', () => {
    const control = { ...probe('governance/parts', () => { throw new MissingEvidenceError({ fact: 'node-evidence', reason: 'not-requested', detail: 'nobody looked' }); }), parts: { one: 'one', two: 'two' } };
    const evaluation = judge(control, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}');
    expect(evaluation).toMatchObject({ outcome: 'unknown', complete: true, unknown: 1 });
    for (const part of ['one', 'two', '']) expect(hasKey(evaluation.heldKeys, `governance/parts|Cluster//cluster|${part}`), part).toBe(true);
  });
});

describe('a control that breaks', () => {
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [${bad}]}`;
  const broken = (id: `governance/${string}`, scope: Control['scope']) => probe(id, () => {
    throw new TypeError('cannot read what is not there');
  }, scope);

  it('is an error of its own and hides no other', () => {
    const [template, list, other] = run([broken('governance/a', eachContainer), broken('governance/b', wholeCluster()), privileged], pod);
    for (const evaluation of [template, list]) {
      expect(evaluation).toMatchObject({ outcome: 'error', complete: false, failures: [], error: 'TypeError: cannot read what is not there' });
    }
    expect(other).toMatchObject({ outcome: 'fail', failed: 1 });
  });

  it('is an error too where its scope breaks', () => {
    const scope: Control['scope'] = { name: 'nothing', family: 'list', needs: [], subjects: () => { throw new RangeError('too far'); } };
    expect(judge(probe('governance/scope', () => pass, scope), pod)).toMatchObject({ outcome: 'error', complete: false });
  });
});

describe("an organisation's own settings", () => {
  const pod = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [${bad}]}`;
  const withPolicy = (settings: NonNullable<ControlPolicy['controls']>) => evaluate([privileged, hostPath], inventoryOf(objectsOf(pod)), { controls: settings }, NOW);

  it('give all findings of a control one severity', () => {
    expect(withPolicy({ 'workloads/privileged': { severity: 'low' } })[0]).toMatchObject({ outcome: 'fail', failures: [{ severity: 'low' }] });
  });

  it('keep a control from being judged, which is not complete and no pass', () => {
    const [off, judged] = withPolicy({ 'workloads/privileged': { off: 'ours to bear' } });
    expect(off).toMatchObject({ outcome: 'not-applicable', complete: false, failed: 0, passed: 0, notApplicables: [{ reason: "switched off by the organisation's policy: ours to bear" }] });
    expect(judged).toMatchObject({ outcome: 'pass', complete: true });
  });
});

describe('what a control does not judge', () => {
  it('counts expected system components with their reason, by name and part', () => {
    const pods = (namespace: string, name: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, annotations: {kubernetes.io/config.mirror: x}}
spec: {hostNetwork: true, containers: [${good}]}`;
    const expected = judge(hostNamespaces, pods('kube-system', 'kube-apiserver-a'));
    expect(expected.failures).toEqual([]);
    expect(expected.notApplicables).toEqual([expect.objectContaining({ expected: true, count: 1, sample: ['Pod kube-system/kube-apiserver-a (hostNetwork)'] })]);
    expect(judge(hostNamespaces, pods('shop', 'kube-apiserver-a')).failed).toBe(1);
    expect(judge(hostNamespaces, pods('kube-system', 'kube-apiserver-a').replace('hostNetwork', 'hostPID')).failed).toBe(1);
  });

  it('expects of a network plugin its own directories, not any other under their names', () => {
    const plugin = (path: string) => `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-flannel-ds, namespace: kube-flannel}
spec: {template: {spec: {containers: [${good}], volumes: [{name: run, hostPath: {path: ${path}}}]}}}`;
    expect(judge(hostPath, plugin('/run/flannel/'))).toMatchObject({ failed: 0, notApplicable: 1 });
    expect(keys(judge(hostPath, plugin('/')))).toEqual(['workloads/host-path|DaemonSet/kube-flannel/kube-flannel-ds|run']);
  });

  it('does not apply to a cluster without its subjects', () => {
    expect(judge(privileged, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')).toMatchObject({ outcome: 'not-applicable', complete: true });
  });

  it('gives one evaluation a control, in their order', () => {
    expect(run(catalogue, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}').map(({ controlId }) => controlId)).toEqual(catalogue.map(({ id }) => id));
  });
});

describe('the order of objects', () => {
  const objects = objectsOf(`
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Node
metadata: {name: a}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 2, template: {spec: {containers: [${good}], volumes: [{name: logs, hostPath: {path: /var/log}}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-7d9f, namespace: shop, ${owned('Deployment', 'web')}}
spec: {replicas: 2, template: {spec: {containers: [${good}], volumes: [{name: logs, hostPath: {path: /var/log}}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-7d9f-a, namespace: shop, ${owned('ReplicaSet', 'web-7d9f')}}
spec: {nodeName: a, hostPID: true, containers: [${bad}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-7d9f-b, namespace: shop, ${owned('ReplicaSet', 'web-7d9f')}}
spec: {nodeName: b, containers: [${good}, {name: injected, image: m, env: [{name: T, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]}
---
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: shop}
spec: {limits: [{type: Container, default: {memory: 1Gi}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ci}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}
subjects: [{kind: ServiceAccount, name: runner, namespace: ci}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}}`);
  const summary = (list: readonly unknown[]) => evaluate(catalogue, inventoryOf(list), {}, NOW).map((evaluation) => ({
    id: evaluation.controlId, outcome: evaluation.outcome, complete: evaluation.complete, passed: evaluation.passed, unknown: evaluation.unknown, notApplicable: evaluation.notApplicable,
    failures: evaluation.failures.map(({ key, severity }) => `${key} ${severity}`).sort(), passedKeys: [...evaluation.passedKeys], heldKeys: [...evaluation.heldKeys],
  }));
  const inOrder = summary(objects);

  it('changes nothing', () => {
    fc.assert(fc.property(fc.shuffledSubarray(objects as unknown[], { minLength: objects.length }), (shuffled) => {
      expect(summary(shuffled)).toEqual(inOrder);
    }), { numRuns: 40 });
  });

  it('judges twice alike', () => {
    const inventory = inventoryOf(objects);
    expect(evaluate(catalogue, inventory, {}, NOW)).toEqual(evaluate(catalogue, inventory, {}, NOW));
  });
});

describe('defineControl', () => {
  it('hands a check what its scope yields', () => {
    const seen: string[] = [];
    const control = defineControl({ ...probe('governance/typed', () => pass), scope: eachPodTemplate, check: ({ workload }) => {
      seen.push(workload.name);
      return pass;
    } });
    judge(control, `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [${good}]}`);
    expect(seen).toEqual(['web']);
  });
});
