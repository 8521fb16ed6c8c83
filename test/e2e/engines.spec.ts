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
    expect(holders.holders.map(({ subject }: { subject: { name: string } }) => subject.name)).toEqual(['system:masters', 'web']);
    const { body: rules } = await post('what-can').send({ user: web }).expect(200);
    expect(rules).toMatchObject({ hasMore: false, rules: [{ namespace: 'shop', rule: { resources: ['pods'] } }] });
    const { body: covers } = await post('covers').send({ owner: { subject: { user: web, namespace: 'shop' } }, servant: { rules: [{ verbs: ['get', 'watch'], apiGroups: [''], resources: ['pods'] }] } }).expect(200);
    expect(covers).toMatchObject({ covers: false, uncoveredCount: 1, uncovered: [{ verbs: ['watch'] }] });
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
