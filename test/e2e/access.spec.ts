import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';
import { operationsOf, type RestOperation } from './support/operations.js';

describe('access', () => {
  let api: LiveApi;
  let acme: Tenant;
  let operations: readonly RestOperation[];

  beforeAll(async () => {
    api = await liveApi();
    acme = await api.tenant();
    operations = await operationsOf(api);
  });
  afterAll(() => api.close());

  it('refuses every route of the description without a key, and says how to send one', async () => {
    expect(operations.length).toBeGreaterThan(40);
    // Tested with what it takes for a signature.
    expect(operations.filter(({ isKeyOptional }) => isKeyOptional).map(({ id }) => id)).toEqual(['uploadNodeBundle']);
    for (const { method, path } of operations.filter(({ isKeyOptional }) => !isKeyOptional)) {
      const answer = await api.as('')[method](path.replaceAll(/\{\w+\}/g, 'x'));
      expect.soft({ method, path, status: answer.status, type: answer.body.type }).toEqual({ method, path, status: 401, type: '/problems/missing-credentials' });
      expect.soft(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer  ', 'Bearer a b', `Bearer ${'x'.repeat(600)}`])('takes %j for no credentials', async (authorization) => {
    const answer = await api.as('').get('/v1/me').set('authorization', authorization);
    expect([answer.status, answer.body.type]).toEqual([401, '/problems/missing-credentials']);
  });

  it('answers in the same words for a key that is mistyped, unknown or made up', async () => {
    const { token } = acme;
    const answers = await Promise.all([`${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`, token.replace(/_[0-9A-Za-z]{22}_/, `_${'A'.repeat(22)}_`), 'bwk_1', 'secret'].map((key) => api.as(key).get('/v1/me')));
    for (const answer of answers) expect([answer.status, answer.body.type, answer.body.detail]).toEqual([401, '/problems/invalid-api-key', answers[0]!.body.detail]);
  });

  it('refuses a key at once when it is revoked, also one that revokes itself', async () => {
    const key = await api.key(acme, ['admin:write']);
    await api.as(key).delete(`/v1/api-keys/${key.keyId}`).expect(200);
    const answer = await api.as(key).get('/v1/me');
    expect([answer.status, answer.body.type]).toEqual([401, '/problems/api-key-revoked']);
  });

  it('says which scope is missing', async () => {
    const key = await api.key(acme, ['clusters:read']);
    await api.as(key).get('/v1/clusters').expect(200);
    const answer = await api.as(key).post('/v1/clusters').send({ name: 'a' });
    expect([answer.status, answer.body.type]).toEqual([403, '/problems/missing-scope']);
    expect(answer.body.detail).toContain('clusters:write');
    const viaGraphql = await api.as(key).query('mutation { registerCluster(input: { name: "a" }) { id } }');
    expect(viaGraphql.body.errors[0]).toMatchObject({ message: answer.body.detail, extensions: { code: 'FORBIDDEN', reason: 'missing-scope' } });
  });

  it('does not let a key make another that may do more', async () => {
    const key = await api.key(acme, ['admin:write']);
    const answer = await api.as(key).post('/v1/api-keys').send({ name: 'more', scopes: ['clusters:write'] });
    expect(answer.status).toBe(403);
  });

  it('keeps the operator out of organisations and organisations away from the operator', async () => {
    const operator = api.as(api.operatorKey);
    const made = await operator.post('/v1/organisations').send({ name: 'Initech' }).expect(201);
    await api.as(made.body.token).get('/v1/me').expect(200);
    expect((await operator.get('/v1/organisations').expect(200)).body.items.map(({ name }: { name: string }) => name)).toContain('Initech');
    expect((await operator.get('/v1/clusters')).body.type).toBe('/problems/organisation-key-needed');
    expect((await api.as(acme).post('/v1/organisations').send({ name: 'x' })).body.type).toBe('/problems/operator-key-needed');
    expect((await operator.query('{ clusters { edges { cursor } } }')).body.errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await api.as(acme).query('{ organisations { edges { cursor } } }')).body.errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await operator.query('mutation { createOrganisation(input: { name: "Hooli" }) { organisation { name } key { name } } }')).body.data.createOrganisation.organisation.name).toBe('Hooli');
  });

  it('shows no secret of a key but once', async () => {
    const { body } = await api.as(acme).post('/v1/api-keys').send({ name: 'once', scopes: ['events:read'] }).expect(201);
    expect(body.token).toMatch(/^bwk_/);
    const listed = await api.as(acme).get('/v1/api-keys').expect(200);
    expect(listed.text).not.toContain(body.token.slice(30));
    expect(JSON.stringify(api.logged)).not.toContain(body.token.slice(30));
  });

  it('shows health, description and pages to everyone, and numbers only to who may see them', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/docs', '/graphiql', '/problems/scan-active']) await api.as('').get(path).expect(200);
    expect((await api.as('').get('/metrics').expect(200)).text).toContain('bulwark_http_requests_total');
    // Somebody else, through a proxy on this machine.
    await api.as('').get('/metrics').set('x-forwarded-for', '203.0.113.9').expect(401);
    await api.as(acme).get('/metrics').set('x-forwarded-for', '203.0.113.9').expect(403);
    await api.as(api.operatorKey).get('/metrics').set('x-forwarded-for', '203.0.113.9').expect(200);
  });

  it('does not introspect for strangers', async () => {
    const answer = await api.as('').query('{ __schema { types { name } } }');
    expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(answer.body.data).toBeUndefined();
  });
});
