import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from '../e2e/support/live-api.js';

describe('GraphQL over HTTP', () => {
  let api: LiveApi;
  let acme: Tenant;
  beforeAll(async () => {
    api = await liveApi();
    acme = await api.tenant();
  });
  afterAll(() => api.close());

  const authorised: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${acme.token}`);
    return fetch(input, { ...init, headers });
  };

  // Warnings count too: each would be a wish of the specification that we do not meet.
  for (const audit of serverAudits({ url: () => `${api.url}/graphql`, fetchFn: authorised })) {
    it(audit.name, async () => {
      const result = await audit.fn();
      expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
    });
  }

  it('does not carry out mutations by GET', async () => {
    const query = encodeURIComponent('mutation { registerCluster(input: { name: "by-get" }) { id } }');
    const answer = await api.as(acme).get(`/graphql?query=${query}`);
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
    expect((await api.as(acme).get('/v1/clusters').expect(200)).body.items).toEqual([]);
  });

  it('answers in no media type that the client does not take', async () => {
    await api.as(acme).post('/graphql').set('accept', 'text/html').send({ query: '{ me { keyId } }' }).expect(406);
    const answer = await api.as(acme).post('/graphql').set('accept', 'text/html, application/graphql-response+json;q=0.9, application/json;q=0.1').send({ query: '{ me { keyId } }' }).expect(200);
    expect(answer.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8');
  });
});
