import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventTypes } from '#application/events/event.js';
import { apiDocuments } from '../../apps/api/docs/api-documents.js';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';
import { describedBy, operationsOf, type OpenApiDocument, type RestOperation } from './support/operations.js';
import { populate, populatedNode, type Belongings } from './support/populated-tenant.js';

describe('descriptions', () => {
  let api: LiveApi;
  let acme: Tenant;
  let ids: Belongings;
  let document: OpenApiDocument;
  let operations: readonly RestOperation[];
  let ajv: Ajv2020;
  beforeAll(async () => {
    api = await liveApi();
    acme = await api.tenant();
    ids = await populate(api, acme);
    document = await describedBy(api);
    operations = await operationsOf(api);
    ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    // Knows no such format, and it only says how large a number may be.
    for (const name of ['int32', 'int64']) ajv.addFormat(name, true);
    ajv.addSchema({ ...document, $id: 'api' });
  });
  afterAll(() => api.close());

  /** What of an answer is not as described. */
  function deviations(schema: unknown, body: unknown): readonly string[] {
    const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')));
    return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  it.each(['docs/openapi.json', 'docs/schema.graphql'] as const)('has %s committed as it is', async (path) => {
    expect((await apiDocuments())[path] === readFileSync(path, 'utf8'), `${path} is stale: npm run build && node scripts/generate-api-docs.mjs`).toBe(true);
  });

  it('answers every read as described', async () => {
    const addresses: Readonly<Record<string, string>> = { '/v1/controls/{layer}/{slug}': '/v1/controls/workloads/privileged', '/v1/rights/{manifest}': '/v1/rights/base' };
    const named = (path: string): string => (addresses[path] ?? path).replace('{framework}', 'cis-kubernetes').replace('{node}', populatedNode);
    const owners = Object.entries({ clusters: ids.cluster, scans: ids.scan, findings: ids.finding, events: ids.event, 'api-keys': ids.apiKey, 'enrolment-keys': ids.enrolmentKey, webhooks: ids.webhook, deliveries: ids.delivery });
    for (const { id, method, path, answers } of operations) {
      if (method !== 'get' || !answers['200']) continue;
      const noun = owners.find(([name]) => path.startsWith(`/v1/${name}/`));
      const parameters = id === 'isolation' ? '?party=shop/pod-0' : id === 'reachabilityDifference' || id === 'accessDifference' ? `?before=${ids.scan}` : '';
      const url = named(path).replace('{id}', noun?.[1] ?? '') + parameters;
      const { status, body } = await api.as(id === 'listOrganisations' ? api.operatorKey : acme).get(url);
      expect.soft({ id, status, deviations: deviations(answers['200'], body) }).toEqual({ id, status: 200, deviations: [] });
    }
  });

  it('answers writes and refusals as described', async () => {
    const as = api.as(acme);
    const schemaOf = (id: string, status: string): unknown => operations.find((operation) => operation.id === id)?.answers[status];
    const problem = { $ref: '#/components/schemas/Problem' };
    const cluster = await as.post('/v1/clusters').send({ name: 'described' }).expect(201);
    expect(deviations(schemaOf('registerCluster', '201'), cluster.body)).toEqual([]);
    const scan = await as.post(`/v1/clusters/${cluster.body.id}/snapshots`).type('application/json').send('{}').expect(202);
    expect(deviations(schemaOf('uploadSnapshot', '202'), scan.body)).toEqual([]);
    expect(scan.headers['location']).toBe(`/v1/scans/${scan.body.id}`);
    expect(Number(scan.headers['retry-after'])).toBeGreaterThan(0);
    expect(deviations(problem, (await as.post(`/v1/clusters/${cluster.body.id}/snapshots`).type('application/json').send('{}').expect(409)).body)).toEqual([]);
    expect(deviations(problem, (await as.post('/v1/clusters').send({ name: 1, more: true }).expect(422)).body)).toEqual([]);
    expect(deviations(problem, (await as.get('/v1/clusters/x').expect(404)).body)).toEqual([]);
  });

  it('describes what webhooks are sent, as it is sent', async () => {
    const { webhooks } = document as unknown as { readonly webhooks: Readonly<Record<string, unknown>> };
    expect(Object.keys(webhooks)).toEqual([...eventTypes, 'batch', 'webhook.test']);
    const { body } = await api.as(acme).get(`/v1/deliveries/${ids.delivery}`).expect(200);
    expect(deviations({ $ref: '#/components/schemas/WebhookTest' }, JSON.parse(body.body))).toEqual([]);
  });

  it('gives the rights manifests, and only those', async () => {
    const base = await api.as(acme).get('/v1/rights/base').expect(200);
    expect(base.headers['content-type']).toContain('application/yaml');
    expect(base.text).not.toMatch(/- secrets$|nodes\/proxy/m);
    expect((await api.as(acme).get('/v1/rights/secrets').expect(200)).text).toContain('- secrets');
    expect((await api.as(acme).get('/v1/rights/node-config').expect(200)).text).toContain('nodes/proxy');
    await api.as(acme).get('/v1/rights/all').expect(404);
  });

  it.each(['/docs', '/graphiql'])('serves %s with all that it loads from here', async (path) => {
    const page = await api.as('').get(path).expect(200);
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!).filter((address) => !address.startsWith('data:'));
    expect(loaded.length).toBeGreaterThan(2);
    for (const address of loaded) {
      expect(address).toMatch(/^\//);
      const asset = await api.as('').get(address).buffer(true).expect(200);
      expect(asset.headers['content-type']).toMatch(address.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
    }
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  });
});
