import { describe, expect, it } from 'vitest';
import { nodeCodec } from '#test/support/node-codec.js';
import { InventoryBuilder } from './inventory-builder.js';
import type { ResourceKey } from './resources.js';

const meta = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({ name, namespace: 'shop', ...more });
const ownedBy = (kind: string, name: string) => ({ ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: 'u', controller: true }] });
const containers = [{ name: 'app', image: 'a' }];
const pod = (name: string, metadata: Readonly<Record<string, unknown>> = {}, spec: Readonly<Record<string, unknown>> = {}) => ({ metadata: meta(name, metadata), spec: { containers, ...spec } });

function build(objects: readonly (readonly [ResourceKey, unknown])[]) {
  const builder = new InventoryBuilder(nodeCodec);
  for (const [key, object] of objects) builder.add(key, object);
  for (const key of new Set(objects.map(([each]) => each))) builder.end(key, { state: 'observed', count: builder.countOf(key) });
  return builder.finish();
}

describe('objects whose shape lies', () => {
  const lies: readonly (readonly [string, ResourceKey, unknown])[] = [
    ['no object at all', 'pods', 'pod'],
    ['a list', 'pods', []],
    ['null', 'pods', null],
    ['no name', 'pods', { metadata: {}, spec: {} }],
    ['a name of another type', 'pods', { metadata: { name: 7 }, spec: {} }],
    ['containers that are no list', 'pods', { metadata: meta('a'), spec: { containers: { name: 'app' } } }],
    ['a container that is text', 'pods', { metadata: meta('a'), spec: { containers: ['app'] } }],
    ['privileged as text', 'pods', { metadata: meta('a'), spec: { containers: [{ name: 'app', image: 'a', securityContext: { privileged: 'true' } }] } }],
    ['hostNetwork as a number', 'deployments.apps', { metadata: meta('a'), spec: { template: { spec: { hostNetwork: 1 } } } }],
    ['labels that are a list', 'namespaces', { metadata: { name: 'a', labels: ['x'] } }],
    ['a label that is an object', 'namespaces', { metadata: { name: 'a', labels: { x: {} } } }],
    ['rules that are no list', 'clusterroles.rbac.authorization.k8s.io', { metadata: { name: 'a' }, rules: 'all' }],
    ['a verb that is a number', 'clusterroles.rbac.authorization.k8s.io', { metadata: { name: 'a' }, rules: [{ verbs: [1] }] }],
    ['an owner that is text', 'pods', { metadata: meta('a', { ownerReferences: ['web'] }), spec: { containers } }],
    ['a status that is text, behind a spec that is sound', 'pods', { metadata: meta('a'), spec: { containers }, status: { podIPs: 'all' } }],
    ['a volume whose source is a list', 'pods', { metadata: meta('a'), spec: { containers, volumes: [{ name: 'data', nfs: [] }] } }],
    ['a variable that is a list', 'pods', { metadata: meta('a'), spec: { containers: [{ name: 'app', image: 'a', env: [{ name: 'MODE', value: ['fast'] }] }] } }],
    ['listeners that are no list', 'gateways.gateway.networking.k8s.io', { metadata: meta('a'), spec: { listeners: { name: 'http' } } }],
    ['a policy\'s rules that are text', 'validatingadmissionpolicies.admissionregistration.k8s.io', { metadata: { name: 'a' }, spec: { matchConstraints: { resourceRules: 'all' } } }],
    ['a label of a selector that is null, of the API\'s own kinds', 'validatingadmissionpolicybindings.admissionregistration.k8s.io', { metadata: { name: 'a' }, spec: { matchResources: { namespaceSelector: { matchLabels: { team: null } } } } }],
    ['limits that are no list', 'limitranges', { metadata: meta('a'), spec: { limits: {} } }],
  ];

  it.each(lies)('%s make their kind partial and nothing else', (_, key, object) => {
    const inventory = build([[key, object], ['services', { metadata: meta('web'), spec: {} }]]);
    expect(inventory.outcome(key)).toMatchObject({ state: 'partial', reason: 'invalid' });
    expect(inventory.outcome('services')).toEqual({ state: 'observed', count: 1 });
    expect(inventory.workloads).toEqual([]);
  });

  it('are counted, with the first of them explained, and leave the others whole', () => {
    const inventory = build([['namespaces', { metadata: { name: 'a' } }], ['namespaces', { metadata: { name: 1 } }], ['namespaces', { metadata: { name: 2 } }]]);
    expect(inventory.list('namespaces').map(({ name }) => name)).toEqual(['a']);
    expect(inventory.outcome('namespaces')).toEqual({ state: 'partial', count: 1, reason: 'invalid', detail: '2 object(s) could not be understood: name is not a string' });
  });

  it('are named, with the field, as briefly as they may be long', () => {
    const gateway = (name: string) => build([['gateways.gateway.networking.k8s.io', { metadata: meta(name), spec: { listeners: [{ name: 'http', protocol: 80 }] } }]]).outcome('gateways.gateway.networking.k8s.io');
    expect(gateway('web')).toEqual({ state: 'partial', count: 0, reason: 'invalid', detail: '1 object(s) could not be understood: Gateway shop/web: spec.listeners[0].protocol is not a string' });
    expect(gateway('x'.repeat(100_000))).toMatchObject({ state: 'partial', detail: expect.stringMatching(/^.{500,600}$/) as string });
  });

  it('takes null for absent, as the API server does', () => {
    const inventory = build([['pods', { metadata: meta('a', { labels: null, ownerReferences: null }), spec: { containers: [{ name: 'app', image: 'a', env: null, securityContext: null }], volumes: null } }]]);
    expect(inventory.workloads).toHaveLength(1);
    expect(inventory.templates.get(0).containers[0]).not.toHaveProperty('securityContext');
  });

  it('takes null for the empty text in a map of texts, as the API server does: what selects by it selects no more for it', () => {
    const inventory = build([['networkpolicies.networking.k8s.io', { metadata: meta('a'), spec: { podSelector: { matchLabels: { app: null } } } }], ['pods', pod('a', { labels: { app: null } })]]);
    expect(inventory.list('networkpolicies.networking.k8s.io')[0]?.podSelector.matchLabels).toEqual({ app: '' });
    expect(inventory.templates.get(0).labels).toEqual({ app: '' });
  });

  it('leave no trace on what they would have owned', () => {
    const replicaSet = { metadata: meta('web-abc', { ownerReferences: [{ ...ownedBy('Deployment', 'web').ownerReferences[0], controller: 'true' }] }), spec: {} };
    const inventory = build([['replicasets.apps', replicaSet], ['deployments.apps', { metadata: meta('web'), spec: {} }], ['pods', pod('web-abc-x', { ...ownedBy('ReplicaSet', 'web-abc'), labels: { 'pod-template-hash': 'abc' } })]]);
    expect(inventory.workloads.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['Deployment web']);
  });

  it.each([['large', { text: 'x'.repeat(300 * 1024) }], ['deep', JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)]] as const)('refuses a custom resource too %s to keep', (_, spec) => {
    const inventory = build([['clusterpolicies.kyverno.io', { metadata: { name: 'big' }, spec }]]);
    expect(inventory.list('clusterpolicies.kyverno.io')).toEqual([]);
    expect(inventory.outcome('clusterpolicies.kyverno.io')).toMatchObject({ state: 'partial', reason: 'invalid' });
  });
});

describe('names that mean something to JavaScript', () => {
  it('are labels like any other', () => {
    const labels = JSON.parse('{"__proto__":"x","constructor":"y","hasOwnProperty":"z"}') as unknown;
    const inventory = build([['namespaces', { metadata: { name: 'a', labels } }], ['pods', { metadata: meta('web', { labels }), spec: { containers } }]]);
    for (const found of [inventory.list('namespaces')[0]!.labels, inventory.templates.get(0).labels]) {
      expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
      expect(Object.entries(found).sort()).toEqual([['__proto__', 'x'], ['constructor', 'y'], ['hasOwnProperty', 'z']]);
    }
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('are no fields: what only a prototype has is not there', () => {
    const spec = Object.assign(Object.create({ hostPID: true }) as Record<string, unknown>, { containers });
    expect(build([['pods', { metadata: meta('web'), spec }]]).templates.get(0).hostPID).toBe(false);
  });
});

describe('owners', () => {
  it('that own one another end', () => {
    const replicaSet = (name: string, owner: string) => ['replicasets.apps', { metadata: meta(name, ownedBy('ReplicaSet', owner)), spec: { replicas: 1, template: { spec: { containers } } } }] as const;
    const inventory = build([replicaSet('a', 'b'), replicaSet('b', 'a'), ['pods', pod('x', ownedBy('ReplicaSet', 'a'))], replicaSet('self', 'self')]);
    expect(inventory.workloads.length).toBeGreaterThan(0);
    expect(inventory.pods.length).toBe(1);
    expect(inventory.workloads[inventory.pods.ownerAt(0)]).toBeDefined();
  });

  it('may come after what they own', () => {
    const inventory = build([
      ['pods', pod('web-1-x', ownedBy('ReplicaSet', 'web-1'))],
      ['replicasets.apps', { metadata: meta('web-1', ownedBy('Deployment', 'web')), spec: { replicas: 1, template: { spec: { containers } } } }],
      ['deployments.apps', { metadata: meta('web'), spec: { replicas: 1, template: { spec: { containers } } } }],
    ]);
    expect(inventory.workloads).toEqual([expect.objectContaining({ kind: 'Deployment', name: 'web', pods: 1, replicas: 1 })]);
  });

  it('are found in their own namespace alone', () => {
    const inventory = build([
      ['deployments.apps', { metadata: { name: 'web', namespace: 'other' }, spec: { template: { spec: { containers } } } }],
      ['pods', pod('web-x', ownedBy('Deployment', 'web'))],
    ]);
    expect(inventory.workloads.map(({ namespace, pods }) => `${namespace} ${pods}`).sort()).toEqual(['other 0', 'shop 1']);
  });

  it('that do not control are none', () => {
    const inventory = build([['pods', pod('web', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u' }] })]]);
    expect(inventory.workloads[0]).toMatchObject({ kind: 'Pod', name: 'web' });
  });

  it('of mirror pods are no nodes', () => {
    const inventory = build([['pods', pod('etcd-a', { annotations: { 'kubernetes.io/config.mirror': 'x' }, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'a', uid: 'u', controller: true }] })]]);
    expect(inventory.workloads[0]).toMatchObject({ kind: 'Pod', name: 'etcd-a', isMirror: true });
  });

  it('forget revisions of no replicas and pods that have ended', () => {
    const old = [{ name: 'app', image: 'old' }];
    const inventory = build([
      ['deployments.apps', { metadata: meta('web'), spec: { template: { spec: { containers } } } }],
      ['replicasets.apps', { metadata: meta('web-0', ownedBy('Deployment', 'web')), spec: { replicas: 0, template: { spec: { containers: old } } } }],
      ['pods', { metadata: meta('web-0-x', ownedBy('ReplicaSet', 'web-0')), spec: { containers: old }, status: { phase: 'Failed' } }],
    ]);
    expect(inventory.workloads[0]!.templates.map((id) => inventory.templates.get(id).containers[0]!.image)).toEqual(['a']);
  });
});

describe('templates', () => {
  it('of a controller and its pods are one, whatever the server adds to pods', () => {
    const token = { name: 'kube-api-access-x7x2p' };
    const inventory = build([
      ['daemonsets.apps', { metadata: meta('agent'), spec: { template: { metadata: { labels: { app: 'agent' } }, spec: { containers } } } }],
      ['pods', {
        metadata: meta('agent-x', { labels: { app: 'agent', 'controller-revision-hash': '5d', 'pod-template-generation': '1' }, ...ownedBy('DaemonSet', 'agent') }),
        spec: {
          nodeName: 'a', serviceAccountName: 'default', containers: [{ ...containers[0], volumeMounts: [{ ...token, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] }], volumes: [{ ...token, projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
          tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
          affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }] } } },
        },
      }],
    ]);
    expect(inventory.workloads[0]!.templates).toHaveLength(1);
    expect(inventory.templates.size).toBe(1);
    expect(inventory.podNodes).toEqual(['a']);
  });

  it('of a controller come first, whichever of it and its pods came first', () => {
    const set: readonly [ResourceKey, unknown] = ['statefulsets.apps', { metadata: meta('db'), spec: { template: { spec: { serviceAccountName: 'db', containers } } } }];
    const itsPod: readonly [ResourceKey, unknown] = ['pods', pod('db-0', ownedBy('StatefulSet', 'db'), { containers: [...containers, { name: 'injected', image: 'b' }] })];
    for (const objects of [[set, itsPod], [itsPod, set]]) {
      const inventory = build(objects);
      expect(inventory.workloads[0]!.templates.map((id) => inventory.templates.get(id).containers.length)).toEqual([1, 2]);
      expect(inventory.workloads[0]!.serviceAccount).toBe('db');
    }
  });

  it('of finished runs and old revisions are history', () => {
    const privileged = { template: { spec: { containers: [{ ...containers[0], securityContext: { privileged: true } }] } } };
    const done = { conditions: [{ type: 'Complete', status: 'True' }] };
    const inventory = build([
      ['cronjobs.batch', { metadata: meta('nightly'), spec: { jobTemplate: { spec: { template: { spec: { containers } } } } } }],
      ['jobs.batch', { metadata: meta('nightly-29000000', ownedBy('CronJob', 'nightly')), spec: privileged, status: done }],
      ['jobs.batch', { metadata: meta('once'), spec: privileged, status: done }],
      ['replicationcontrollers', { metadata: meta('web-1', ownedBy('DeploymentConfig', 'web')), spec: { replicas: 0, ...privileged } }],
    ]);
    expect(inventory.workloads.map(({ kind, name, templates }) => [kind, name, templates.map((id) => inventory.templates.get(id).containers[0]!.securityContext)])).toEqual([
      ['CronJob', 'nightly', [undefined]],
      ['Job', 'once', [{ privileged: true }]],
    ]);
  });

  it('of runs that are under way are not', () => {
    const inventory = build([
      ['cronjobs.batch', { metadata: meta('nightly'), spec: { jobTemplate: { spec: { template: { spec: { containers } } } } } }],
      ['jobs.batch', { metadata: meta('nightly-29000000', ownedBy('CronJob', 'nightly')), spec: { template: { spec: { hostPID: true, containers } } }, status: { active: 1, conditions: [{ type: 'Complete', status: 'False' }] } }],
    ]);
    expect(inventory.workloads).toMatchObject([{ kind: 'CronJob', templates: [0, 1] }]);
  });

  it('never hold a value of the environment', () => {
    const inventory = build([['pods', pod('web', { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2' } }, {
      containers: [{ name: 'app', image: 'a', args: ['--password=hunter2'], env: [{ name: 'PASSWORD', value: 'hunter2' }, { name: 'KEY', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] }],
    })]]);
    expect(JSON.stringify(inventory.templates.get(0))).not.toContain('hunter2');
    expect(inventory.templates.get(0).containers[0]!.env).toEqual([{ name: 'PASSWORD', source: 'literal' }, { name: 'KEY', source: 'secret', from: 'db' }]);
  });

  it('default ports of the host\'s network and limits of what is requested', () => {
    const inventory = build([['pods', pod('web', {}, { hostNetwork: true, containers: [{ name: 'app', image: 'a', ports: [{ containerPort: 80 }], resources: { limits: { memory: '1Gi', cpu: 2 }, requests: { cpu: '100m' } } }] })]]);
    expect(inventory.templates.get(0).containers[0]).toMatchObject({ ports: [{ port: 80, hostPort: 80 }], limits: { memory: '1Gi', cpu: '2' }, requests: { memory: '1Gi', cpu: '100m' } });
  });
});

describe('pods', () => {
  const onNode = (name: string, status: unknown) => ['pods', { ...pod(name, {}, { nodeName: 'a' }), status }] as const;

  it.each([
    ['runs', { phase: 'Running', containerStatuses: [{ name: 'app', state: { running: {} } }] }, true],
    ['says no more than that it runs', { phase: 'Running' }, true],
    ['crashes again and again', { phase: 'Running', containerStatuses: [{ name: 'app', state: { waiting: { reason: 'CrashLoopBackOff' } } }] }, false],
    ['waits for its image', { phase: 'Pending', containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ImagePullBackOff' } } }] }, false],
  ])('one that %s', (_, status, isRunning) => {
    expect(build([onNode('web', status)]).pods.isRunning(0)).toBe(isRunning);
  });
});

describe('components', () => {
  const server = (namespace: string) => ['pods', { metadata: { name: 'kube-apiserver-a', namespace }, spec: { containers: [{ name: 'server', image: 'registry.k8s.io/kube-apiserver:v1.36.1', command: ['kube-apiserver', '--authorization-mode=Node,RBAC'] }] } }] as const;

  it.each(['kube-system', 'openshift-kube-apiserver'])('are the cluster\'s own in %s', (namespace) => {
    expect(build([server(namespace)])).toMatchObject({ components: [{ component: 'kube-apiserver', namespace }], cluster: { version: 'v1.36.1' } });
  });

  it('in a namespace of tenants are a cluster in the cluster, and tell neither flags nor version of this one', () => {
    const inventory = build([server('vcluster-team-a')]);
    expect(inventory.components).toEqual([]);
    expect(inventory.cluster).toEqual({ platform: 'unknown', isManaged: false });
  });

  it('do not run in containers that only set a pod up', () => {
    const [key, { metadata, spec }] = server('kube-system');
    expect(build([[key, { metadata, spec: { containers, initContainers: spec.containers } }]]).components).toEqual([]);
  });
});

describe('size', () => {
  it('a hundred thousand labels cost their own length', () => {
    const labels = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`example.com/label-${i}`, 'x']));
    const start = performance.now();
    const inventory = build([['namespaces', { metadata: { name: 'a', labels } }], ['pods', pod('web', { labels })]]);
    expect(Object.keys(inventory.list('namespaces')[0]!.labels)).toHaveLength(100_000);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('a chain of owners longer than any real one ends', () => {
    const chain = Array.from({ length: 1_000 }, (_, i) => ['replicasets.apps', { metadata: meta(`r${i}`, ownedBy('ReplicaSet', `r${i + 1}`)), spec: { replicas: 1, template: { spec: { containers } } } }] as const);
    expect(build([...chain, ['pods', pod('x', ownedBy('ReplicaSet', 'r0'))]]).workloads.length).toBeGreaterThan(0);
  });
});

describe('limit ranges', () => {
  it('default as the API server does', () => {
    const { defaultLimits, defaultRequests } = build([['limitranges', { metadata: meta('a'), spec: { limits: [{ type: 'Pod', max: { memory: '9Gi' } }, { type: 'Container', max: { memory: '2Gi' }, min: { 'ephemeral-storage': '1Gi' } }, { type: 'Container', default: { cpu: 1 }, defaultRequest: { cpu: '50m' } }] } }]]).list('limitranges')[0]!;
    expect(defaultLimits).toEqual({ memory: '2Gi', cpu: '1' });
    expect(defaultRequests).toEqual({ memory: '2Gi', cpu: '50m', 'ephemeral-storage': '1Gi' });
  });
});

describe('kinds that nobody read', () => {
  it('are missing, not empty', () => {
    expect(build([]).outcome('secrets')).toMatchObject({ state: 'missing', reason: 'not-requested' });
  });

  it('keep what came before the reading broke', () => {
    const builder = new InventoryBuilder(nodeCodec);
    builder.add('services', { metadata: meta('web') });
    builder.endMissing('services', 'timed-out', 'too slow');
    builder.endMissing('nodes', 'forbidden', 'no right');
    const inventory = builder.finish();
    expect(inventory.outcome('services')).toEqual({ state: 'partial', count: 1, reason: 'timed-out', detail: 'too slow' });
    expect(inventory.outcome('nodes')).toEqual({ state: 'missing', reason: 'forbidden', detail: 'no right' });
  });
});

describe('what people wrote about their workloads', () => {
  const deployment = (metadata: Readonly<Record<string, unknown>>, spec: Readonly<Record<string, unknown>> = {}) =>
    build([['deployments.apps', { metadata: meta('web', metadata), spec: { template: { metadata: { labels: { app: 'web', tier: 'front' } }, spec: { containers } }, ...spec } }]]).workloads[0]!;

  it('is kept where the template does not say it', () => {
    expect(deployment({ labels: { app: 'web', tier: 'back', team: 'shop' } }).labels).toEqual({ tier: 'back', team: 'shop' });
    expect(deployment({ labels: { app: 'web' } })).not.toHaveProperty('labels');
  });

  it('is kept of annotations as far as people give them, and not at any length', () => {
    const workload = deployment({ annotations: { owner: 'a@shop.example', notes: 'x'.repeat(1_000), 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'deployment.kubernetes.io/revision': '7' } });
    expect(workload.annotations).toEqual({ owner: 'a@shop.example', notes: 'x'.repeat(256) });
    expect(deployment({})).not.toHaveProperty('annotations');
  });

  it.each([
    [{ matchLabels: { app: 'web' } }, undefined],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }] }, undefined],
    [undefined, undefined],
    [{ matchLabels: { app: 'other' } }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, true],
  ])('says whether selector %j selects what is made', (selector, selectsOthers) => {
    expect(deployment({}, { selector }).selectsOthers).toBe(selectsOthers);
  });

  it('says by which version it was written, where that is to go', () => {
    const ingress = { apiVersion: 'extensions/v1beta1', metadata: meta('web'), spec: {} };
    expect(build([['ingresses.networking.k8s.io', ingress]]).list('ingresses.networking.k8s.io')[0]).toMatchObject({ writtenAs: 'extensions/v1beta1' });
    const statefulSet = { apiVersion: 'apps/v1beta2', metadata: meta('db'), spec: { template: { spec: { containers } } } };
    expect(build([['statefulsets.apps', statefulSet]]).workloads[0]).toMatchObject({ writtenAs: 'apps/v1beta2' });
  });

  it('is nothing for what a controller made', () => {
    const replicaSet = { apiVersion: 'apps/v1beta2', metadata: meta('web-1', { ...ownedBy('Rollout', 'web'), labels: { team: 'shop' } }), spec: { template: { spec: { containers } } } };
    expect(build([['replicasets.apps', replicaSet]]).workloads[0]).not.toHaveProperty('labels');
  });
});
