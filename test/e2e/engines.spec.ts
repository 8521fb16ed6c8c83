import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

describe('questions on evidence', () => {
  let api: LiveApi;
  let tenant: Tenant;
  let clusterId: string;
  let scanId: string;

  beforeAll(async () => {
    api = await liveApi();
    tenant = await api.tenant();
    ({ clusterId, scanId } = await api.judged(tenant, 2));
  });
  afterAll(() => api.close());

  const web = 'system:serviceaccount:shop:web';
  const post = (path: string) => api.as(tenant).post(`/v1/clusters/${clusterId}/access/${path}`);

  it('says who can do what, and why', async () => {
    const { body } = await post('can-i').send({ queries: [
      { user: web, verb: 'list', group: '', resource: 'pods', namespace: 'shop' },
      { user: web, verb: 'delete', group: '', resource: 'pods', namespace: 'shop' },
      { user: web, verb: 'list', group: '', resource: 'pods' },
      { user: 'root', groups: ['system:masters'], verb: 'delete', path: '/anything' },
    ] }).expect(200);
    expect(body).toMatchObject({ scanId, incomplete: [], unresolved: [] });
    expect(body.answers.map(({ allowed }: { allowed: boolean }) => allowed)).toEqual([true, false, false, true]);
    expect(body.answers[0].chain).toMatchObject({
      by: 'binding', binding: { kind: 'RoleBinding', namespace: 'shop', name: 'web-reads' }, role: { kind: 'Role', name: 'pod-reader' }, ruleIndex: 0, rule: { verbs: ['get', 'list'] },
    });
    expect(body.answers[3].chain).toMatchObject({ by: 'superuser', binding: null });

    const { body: holders } = await post('who-can').send({ verb: 'get', group: '', resource: 'pods', namespace: 'shop' }).expect(200);
    expect(holders.holders.map(({ subject }: { subject: { name: string } }) => subject.name)).toEqual(['system:masters', 'boss', 'web']);
    const { body: rules } = await post('what-can').send({ user: web }).expect(200);
    expect(rules).toMatchObject({ hasMore: false, rules: [{ namespace: 'shop', rule: { resources: ['pods'] } }] });
    const { body: covers } = await post('covers').send({ owner: { subject: { user: web, namespace: 'shop' } }, servant: { rules: [{ verbs: ['get', 'watch'], apiGroups: [''], resources: ['pods'] }] } }).expect(200);
    expect(covers).toMatchObject({ covers: false, uncoveredCount: 1, uncovered: [{ verbs: ['watch'] }] });
    const { body: same } = await api.as(tenant).get(`/v1/clusters/${clusterId}/access/difference?before=${scanId}`).expect(200);
    expect(same).toMatchObject({ grown: [], isCut: false });
    const used = [{ verb: 'list', resource: 'pods', namespace: 'shop' }, { verb: 'delete', resource: 'pods', namespace: 'shop' }];
    const { body: sized } = await post('right-size').send({ user: web, used }).expect(200);
    expect(sized).toMatchObject({ notGranted: [1], replaces: [{ kind: 'RoleBinding', name: 'web-reads' }], surplus: [], byGroup: [] });
    expect(parseAllDocuments(sized.manifest).map((document) => document.toJS())).toEqual([
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'right-sized:system:serviceaccount:shop:web', namespace: 'shop' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'right-sized:system:serviceaccount:shop:web', namespace: 'shop' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'right-sized:system:serviceaccount:shop:web' }, subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }],
      },
    ]);
    const { body: unused } = await api.as(tenant).get(`/v1/clusters/${clusterId}/access/unused`).expect(200);
    expect(unused).toMatchObject({ unboundRoles: [{ kind: 'Role', name: 'nobody-has-it' }], danglingBindings: [], lostSubjects: [] });
  });

  it('answers ten thousand at once, as JSON or a line each, and no more', async () => {
    const query = { user: web, verb: 'list', group: '', resource: 'pods', namespace: 'shop' };
    const many = Array.from({ length: 10_000 }, () => query);
    const { body } = await post('can-i').send({ queries: many }).expect(200);
    expect(body.answers).toHaveLength(10_000);
    const lines = await post('can-i').type('application/x-ndjson').send(`${JSON.stringify(query)}\n\n${JSON.stringify({ ...query, verb: 'watch' })}\n`).expect(200);
    expect(lines.body.answers.map(({ allowed }: { allowed: boolean }) => allowed)).toEqual([true, false]);
    await post('can-i').send({ queries: [...many, query] }).expect(422);
    await post('can-i').type('application/x-ndjson').send('{"user":\n').expect(400);
  });

  it('is the same by GraphQL, for a hundred', async () => {
    const ask = (count: number) => api.as(tenant).query(
      'query ($cluster: ID!, $input: CanIInput!) { canI(clusterId: $cluster, input: $input) { scanId answers { allowed chain { binding { name } } } } }',
      { cluster: clusterId, input: { queries: Array.from({ length: count }, () => ({ user: web, verb: 'get', group: '', resource: 'pods', namespace: 'shop' })) } },
    );
    const { body } = await ask(100);
    expect(body.data.canI.answers[99]).toEqual({ allowed: true, chain: { binding: { name: 'web-reads' } } });
    expect((await ask(101)).body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('is asked of the scan that is named', async () => {
    const { body } = await post(`who-can?scan=${scanId}`).send({ verb: 'get', resource: 'pods' }).expect(200);
    expect(body.scanId).toBe(scanId);
    await post('who-can?scan=00000000-0000-4000-8000-000000000000').send({ verb: 'get', resource: 'pods' }).expect(404);
    const { body: bare } = await api.as(tenant).post('/v1/clusters').send({ name: 'never scanned' }).expect(201);
    const { body: problem } = await api.as(tenant).post(`/v1/clusters/${bare.id}/access/who-can`).send({ verb: 'get' }).expect(409);
    expect(problem.type).toMatch(/no-evidence$/);
  });

  it('says what reaches what, and by which rule', async () => {
    const at = `/v1/clusters/${clusterId}/reachability`;
    const { body } = await api.as(tenant).post(`${at}/pairs`).send({ pairs: [
      { from: 'shop/pod-0', to: 'shop/pod-1', port: 80 },
      { from: 'shop/pod-1', to: 'shop/locked', port: 80 },
      { from: '203.0.113.7', to: 'shop/locked', port: 443, protocol: 'TCP' },
      { from: 'shop/nobody', to: 'shop/pod-0', port: 80 },
    ] }).expect(200);
    expect(body.answers.map(({ status }: { status: string }) => status)).toEqual(['allowed', 'denied', 'denied', 'unknown']);
    expect(body.answers[1].ingress).toMatchObject({ status: 'denied', by: 'network-policy', policies: [{ kind: 'NetworkPolicy', namespace: 'shop', name: 'locked' }] });
    expect(body.answers[3].unknown).toMatchObject([{ kind: 'not-found' }]);

    const { body: reached } = await api.as(tenant).post(`${at}/reach`).send({ party: 'shop/pod-0', direction: 'from' }).expect(200);
    expect(reached.workloads.map(({ name }: { name: string }) => name)).toEqual(['pod-1']);
    await api.as(tenant).post(`${at}/reach`).send({ party: 'shop/nobody', direction: 'from' }).expect(404);
    await api.as(tenant).post(`${at}/reach`).send({ party: 'shop/pod-0', namespace: 'shop', direction: 'from' }).expect(422);
    const { body: isolation } = await api.as(tenant).get(`${at}/isolation?party=shop/locked`).expect(200);
    expect(isolation).toMatchObject({ scanId, incomplete: [], ingress: { isIsolated: true, by: [{ name: 'locked' }] }, egress: { isIsolated: false } });
    const { body: exposure } = await api.as(tenant).get(`${at}/exposure?namespace=shop`).expect(200);
    expect(Object.fromEntries(exposure.workloads.map(({ name, level }: { name: string; level: string }) => [name, level]))).toEqual({ locked: 'none', 'pod-0': 'cluster', 'pod-1': 'cluster' });
    const { body: map } = await api.as(tenant).get(`${at}/map`).expect(200);
    expect(map.nodes.length).toBeGreaterThan(1);
    expect((await api.as(tenant).get(`${at}/map.dot`).buffer(true).expect(200)).text).toContain('digraph');
    expect((await api.as(tenant).get(`${at}/map.mermaid`).buffer(true).expect(200)).text).toContain('flowchart');
    const { body: same } = await api.as(tenant).get(`${at}/difference?before=${scanId}`).expect(200);
    expect(same).toMatchObject({ newly: [], added: { count: 0 }, removed: { count: 0 } });
    const { body: graph } = await api.as(tenant).query('query ($cluster: ID!) { reachabilityPairs(clusterId: $cluster, input: { pairs: [{ from: "shop/pod-1", to: "shop/locked", port: 80 }] }) { answers { status ingress { by } } } }', { cluster: clusterId });
    expect(graph.data.reachabilityPairs.answers).toEqual([{ status: 'DENIED', ingress: { by: 'NETWORK_POLICY' } }]);
  });

  it('says how far anybody is from cluster-admin, and by which steps', async () => {
    const at = `/v1/clusters/${clusterId}/access/escalation-paths`;
    const get = (query = '', path = at) => api.as(tenant).get(`${path}${query}`);
    const starter = '?kind=ServiceAccount&namespace=ops&name=starter';
    const { body } = await get(starter).expect(200);
    expect(body).toMatchObject({ scanId, incomplete: [], isComplete: true, hasMore: false, summary: null });
    expect(body.paths).toMatchObject([{
      start: { at: 'subject', kind: 'ServiceAccount', namespace: 'ops', name: 'starter' }, isOfSystem: false, isConditional: false, moreSteps: 0,
      steps: [
        { reason: 'create-workloads', namespace: 'ops', to: { at: 'subject', name: 'boss' }, needs: null, grants: [{ binding: { kind: 'RoleBinding', name: 'starter-starts' }, role: { name: 'pod-starter' }, ruleIndex: 0, rule: { verbs: ['create'], resources: ['pods'] } }] },
        { reason: 'everything', from: { name: 'boss' }, to: { at: 'cluster-admin' }, grants: [{ binding: { name: 'boss-rules' } }] },
      ],
    }]);
    expect(body.paths[0].steps[0].text).toBe('Service account ops/starter can start a pod that runs as the account in namespace ops, and so becomes service account ops/boss, by RoleBinding ops/starter-starts (rule 1 of Role ops/pod-starter).');
    const chart = await get(starter, `${at}.mermaid`).buffer(true).expect(200);
    expect(chart.text).toContain('flowchart LR');
    expect(chart.text).toContain('s1 -->|"may do everything"| s2');

    const { body: everybody } = await get('?first=1').expect(200);
    expect(everybody).toMatchObject({ hasMore: true, paths: [{ start: { name: 'boss' } }], summary: { subjects: 2, workloads: 0, bestCut: { name: 'boss-rules' }, bestCutFrees: 2, isBestCutProven: true } });
    expect((await get('?kind=User&name=stranger').expect(200)).body.paths).toEqual([]);
    // Privileged, and no control-plane node to take the keys from: nowhere to go.
    expect((await get('?workload=shop/pod-0').expect(200)).body).toMatchObject({ paths: [], isComplete: true });
    expect((await get('?workload=shop/Deployment/pod-0').expect(404)).body.type).toMatch(/workload-not-found$/);
    await Promise.all(['?kind=ServiceAccount&name=starter', '?name=starter', '?workload=shop', '?workload=shop/pod-0&kind=User&name=x', '?first=0', '?kind=Robot&name=x'].map((query) => get(query).expect(422)));
    const { body: graph } = await api.as(tenant).query('query ($cluster: ID!) { escalationPaths(clusterId: $cluster, kind: SERVICEACCOUNT, namespace: "ops", name: "starter") { paths { steps { reason to { at name } } } } }', { cluster: clusterId });
    expect(graph.data.escalationPaths.paths).toEqual([{ steps: [{ reason: 'create-workloads', to: { at: 'SUBJECT', name: 'boss' } }, { reason: 'everything', to: { at: 'CLUSTER_ADMIN', name: '' } }] }]);
  });

  it('needs its scope', async () => {
    const limited = await api.key(tenant, ['scans:read']);
    const asked = await Promise.all([api.as(limited).post(`/v1/clusters/${clusterId}/access/who-can`).send({ verb: 'get' }), api.as(limited).post('/v1/pod-security/evaluate').send({ objects: [] })]);
    expect(asked.map(({ status }) => status)).toEqual([403, 403]);
  });

  it('judges objects by the Pod Security Standards, exactly, whatever they are', async () => {
    const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec });
    const privileged = { containers: [{ name: 'app', image: 'a', securityContext: { privileged: true } }] };
    const objects = [
      pod(privileged),
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { template: { spec: privileged } } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } },
      pod({ containers: 'none' }),
      null, 7, [],
      pod({ containers: [{ name: 'app', image: 'a' }] }),
    ];
    const evaluate = (query = '') => api.as(tenant).post(`/v1/pod-security/evaluate${query}`);
    const { body } = await evaluate().send({ level: 'baseline', version: 'v1.34', objects }).expect(200);
    expect(body).toMatchObject({ level: 'baseline', version: 'v1.34', isBeyondKnown: false });
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['refused', 'refused', 'no-template', 'invalid', 'no-template', 'no-template', 'no-template', 'allowed']);
    expect(body.results[1]).toMatchObject({ kind: 'Deployment', name: 'web', violations: [{ check: 'privileged', fields: ['spec.template.spec.containers[0].securityContext.privileged'] }] });
    const { body: lines } = await evaluate('?level=baseline').type('application/x-ndjson').send(objects.map((object) => JSON.stringify(object)).join('\n')).expect(200);
    expect(lines.results).toEqual(body.results);
    await evaluate().send({ version: '1.34', objects }).expect(422);
    const { body: answer } = await api.as(tenant).query('query ($input: EvaluatePodSecurityInput!) { podSecurity(input: $input) { version results { outcome violations { check } } } }', { input: { level: 'BASELINE', objects: [objects[0]] } });
    expect(answer.data.podSecurity).toEqual({ version: 'v1.37', results: [{ outcome: 'REFUSED', violations: [{ check: 'privileged' }] }] });
  });
});
