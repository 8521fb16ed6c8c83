import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resourceKeys, resourceType, type ResourceKey } from '#inventory/resources.js';
import { inventoryOf } from '#test/support/example-inventory.js';
import { catalogue } from './catalogue.js';
import type { Evaluation } from './engine/evaluation.js';
import { evaluate } from './engine/evaluate.js';

/** A cluster that means harm, or was written by hand in the dark: whatever is in it, every control answers, in bounded time, and none breaks. */
const TODAY = Date.parse('2026-11-24T12:00:00Z');
const times = <T>(count: number, make: (at: number) => T): readonly T[] => Array.from({ length: count }, (_, at) => make(at));
const broken = (evaluations: readonly Evaluation[]) => evaluations.flatMap(({ controlId, error }) => (error === undefined ? [] : `${controlId}: ${error}`));

function judge(objects: readonly unknown[]): readonly Evaluation[] {
  return evaluate(catalogue, inventoryOf(objects, { version: 'v1.36.3' }), { trustedRegistries: ['registry.example'], requiredLabels: ['team=a*b*c'] }, TODAY);
}

/** Milliseconds that judging takes; throws where a control breaks. */
function msFor(objects: readonly unknown[]): number {
  const started = performance.now();
  expect(broken(judge(objects))).toEqual([]);
  return performance.now() - started;
}

const rbac = 'rbac.authorization.k8s.io';
const meta = (name: string, namespace = 'shop', more: object = {}) => ({ name, ...(namespace !== '' && { namespace }), ...more });
const pod = (name: string, labels: object = { app: name }) => ({ apiVersion: 'v1', kind: 'Pod', metadata: meta(name, 'shop', { labels }), spec: { containers: [{ name: 'app', image: 'registry.example/app:1', ports: [{ containerPort: 8080 }] }] } });
const owner = (kind: string, name: string) => ({ ownerReferences: [{ apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind, name, uid: name, controller: true }] });

describe('every control, of a hostile cluster', () => {
  it('answers where owners are cyclic or gone and references lead nowhere', () => {
    expect(msFor([
      { ...pod('a'), metadata: meta('a', 'shop', owner('Pod', 'b')) }, { ...pod('b'), metadata: meta('b', 'shop', owner('Pod', 'a')) },
      { ...pod('c'), metadata: meta('c', 'shop', owner('Pod', 'c')) }, { ...pod('d'), metadata: meta('d', 'shop', owner('Deployment', 'gone')) },
      { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: meta('x', ''), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { all: 'yes' } }] }, rules: [] },
      { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: meta('x'), roleRef: { apiGroup: rbac, kind: 'Role', name: 'gone' }, subjects: [{ kind: 'ServiceAccount', name: 'gone' }, { kind: 'Moon', name: '' }, {}] },
      { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: meta('x'), spec: { rules: [{}, { http: {} }, { host: '*.*', http: { paths: [{}, { backend: {} }, { backend: { service: { name: 'gone', port: {} } } }] } }], tls: [{}] } },
      { apiVersion: 'v1', kind: 'Service', metadata: meta('x'), spec: { type: 'ExternalName', externalName: '..', selector: { app: 'a' } } },
      { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: meta('x'), spec: { scaleTargetRef: { kind: 'HorizontalPodAutoscaler', name: 'x' } } },
    ])).toBeLessThan(5_000);
  });

  it('answers of roles with 10,000 rules and bindings with 10,000 subjects', () => {
    const rules = times(10_000, (at) => ({ apiGroups: ['', 'apps', `g${at}`], resources: ['pods', `r${at}`], verbs: ['get', `v${at}`] }));
    expect(msFor([
      { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: meta('many', ''), rules },
      { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: meta('many', ''), roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'many' }, subjects: times(10_000, (at) => ({ kind: 'ServiceAccount', name: `a${at}`, namespace: `n${at % 50}` })) },
      ...times(200, (at) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(`a${at}`, `n${at % 50}`) })),
      ...times(200, (at) => ({ ...pod(`p${at}`), metadata: meta(`p${at}`, `n${at % 50}`), spec: { serviceAccountName: `a${at}`, containers: [{ name: 'app', image: 'a' }] } })),
    ])).toBeLessThan(20_000);
  }, 60_000);

  it('answers of policies with 5,000 peers, and of 2,000 that select everything', () => {
    const peers = times(5_000, (at) => (at % 2 === 0 ? { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [`a${at}`] }] }, namespaceSelector: {} } : { ipBlock: { cidr: `10.0.${at % 256}.0/25`, except: [`10.0.${at % 256}.3/32`] } }));
    const policy = (name: string, spec: object) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: meta(name), spec });
    expect(msFor([
      ...times(500, (at) => pod(`p${at}`)),
      policy('many', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: peers }], egress: [{ to: peers, ports: [{ port: 1, endPort: 65535 }] }] }),
      ...times(2_000, (at) => policy(`all${at}`, { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: at + 1 }] }] })),
    ])).toBeLessThan(30_000);
  }, 120_000);

  it('answers of 5,000 routes and services that all say the same', () => {
    expect(msFor([
      ...times(200, (at) => pod(`p${at}`, { app: 'web' })),
      ...times(5_000, (at) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: meta(`i${at}`, `n${at % 100}`), spec: { ingressClassName: 'nginx', rules: [{ host: 'one.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }] } })),
      ...times(2_000, (at) => ({ apiVersion: 'v1', kind: 'Service', metadata: meta(`s${at}`), spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] } })),
    ])).toBeLessThan(30_000);
  }, 120_000);

  it('answers of every kind of which nothing is as its name promises', () => {
    const json = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constant(null), fc.boolean(), fc.double(), fc.string({ maxLength: 20 }), fc.constantFrom('*', '__proto__', 'a/b', '10.0.0.0/99', '{{x}}', 'shop'),
        fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string({ maxLength: 12 })), tie('value'), { maxKeys: 6 })),
    })).value;
    const object = fc.record({ key: fc.constantFrom(...resourceKeys), spec: json, more: fc.dictionary(fc.constantFrom(...fields), json, { maxKeys: 4 }) });
    fc.assert(fc.property(fc.array(object, { minLength: 1, maxLength: 12 }), (drawn) => {
      const objects = drawn.map(({ key, spec, more }, at) => shaped(key, at, { spec, ...more }));
      expect(broken(judge([...objects, pod('web')]))).toEqual([]);
    }), { numRuns: 300 });
  }, 120_000);
});

/** Names of fields that something in here reads. */
const fields = [
  'spec', 'specs', 'rules', 'subjects', 'roleRef', 'data', 'metadata', 'labels', 'annotations', 'selector', 'matchLabels', 'matchExpressions', 'podSelector', 'ingress', 'egress', 'from', 'to', 'ports', 'port', 'hosts', 'host',
  'http', 'paths', 'backend', 'service', 'name', 'namespace', 'kind', 'group', 'tls', 'secretName', 'listeners', 'parentRefs', 'backendRefs', 'hostnames', 'filters', 'routes', 'match', 'services', 'middlewares', 'virtualhost', 'servers',
  'mtls', 'mode', 'portLevelMtls', 'action', 'source', 'validationFailureAction', 'validate', 'verifyImages', 'enforcementAction', 'parameters', 'validationActions', 'matchConstraints', 'resourceRules', 'policyName', 'validations', 'expression',
  'scaleTargetRef', 'minAvailable', 'template', 'containers', 'env', 'volumes', 'provider', 'secretStoreRef', 'dataFrom', 'objects', 'url', 'sourceRepos', 'webhooks', 'clientConfig', 'namespaceSelector', 'types', 'endpointSelector', 'order', 'type', 'status', 'nodeInfo',
];

const shaped = (key: ResourceKey, at: number, more: object) => {
  const { group, versions, kind, namespaced } = resourceType(key);
  return { ...more, apiVersion: group === '' ? versions[0] : `${group}/${versions[0]}`, kind, metadata: meta(`x${at}`, namespaced ? 'shop' : '', { labels: { app: 'web' } }) };
};
