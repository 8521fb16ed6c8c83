import { buildClientSchema, getIntrospectionQuery, getNamedType, isObjectType, isRequiredArgument, isScalarType, isEnumType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';
import { operationsOf, type RestOperation } from './support/operations.js';
import { populate, populatedNode, type Belongings } from './support/populated-tenant.js';

/** Bodies that would be taken, so that nothing but the owner can be what is wrong. A new route that takes one is added here. */
const bodies: Readonly<Record<string, object>> = {
  updateCluster: { name: 'taken-over' },
  rotateClusterCredentials: { server: 'https://cluster.example.com', token: 'x' },
  putSchedule: { cron: '0 4 * * *' },
  updateWebhook: { description: 'taken over' },
  rotateWebhookSecret: {},
  replayWebhook: { position: 0 },
  uploadSnapshot: {},
  createEnrolmentKey: { name: 'taken over' },
  uploadNodeBundle: {},
  uploadKubeBenchReport: {},
  uploadCloudDescription: {},
  canI: { queries: [{ user: 'mallory', verb: 'get', resource: 'pods' }] },
  whoCan: { verb: 'get', resource: 'pods' },
  whatCan: { user: 'mallory' },
  reachabilityPairs: { pairs: [{ from: 'shop/web', to: 'shop/pod-0', port: 80 }] },
  reach: { party: 'shop/pod-0', direction: 'to' },
  rightSizeAccess: { user: 'mallory', used: [{ verb: 'get' }] },
  covers: { owner: { subject: { user: 'mallory' } }, servant: { rules: [{ verbs: ['get'] }] } },
};

/** The same for GraphQL, by the type of the input. */
const inputs: Readonly<Record<string, unknown>> = {
  String: 'shop/pod-0',
  UpdateClusterInput: bodies['updateCluster']!,
  ConnectionInput: bodies['rotateClusterCredentials']!,
  CreateEnrolmentKeyInput: bodies['createEnrolmentKey']!,
  PutScheduleInput: bodies['putSchedule']!,
  UpdateWebhookInput: bodies['updateWebhook']!,
  RotateSecretInput: {},
  ReplayInput: { position: 0 },
  CanIInput: bodies['canI']!,
  AccessRequestInput: bodies['whoCan']!,
  WhatCanInput: bodies['whatCan']!,
  PairsInput: bodies['reachabilityPairs']!,
  ReachInput: { party: 'shop/pod-0', direction: 'TO' },
  CoversInput: bodies['covers']!,
  RightSizeInput: bodies['rightSizeAccess']!,
  EvaluatePodSecurityInput: { objects: [] },
};

/** Parameters that an operation cannot do without. */
const parameters: Readonly<Record<string, (owned: Belongings) => string>> = {
  uploadCloudDescription: () => '?provider=eks',
  uploadKubeBenchReport: () => `?node=${populatedNode}`,
  isolation: () => '?party=shop/pod-0',
  reachabilityDifference: ({ scan }) => `?before=${scan}`,
  accessDifference: ({ scan }) => `?before=${scan}`,
};
const parametersOf = (id: string, owned: Belongings): string => parameters[id]?.(owned) ?? '';

/** Everyone's: what the catalogue calls one of its own, and a name that nodes of both have. */
const catalogued: Readonly<Record<string, string>> = { framework: 'pss', control: 'workloads/privileged', node: populatedNode };

/** What the id in an address, or of a field, belongs to. */
const owners: readonly (readonly [RegExp, keyof Belongings])[] = [
  [/clusters\/|cluster|schedule/i, 'cluster'],
  [/scans\/|scan|^before$/i, 'scan'],
  [/findings\/|finding/i, 'finding'],
  [/events\/|event/i, 'event'],
  [/enrolment-keys\/|enrolmentKey/i, 'enrolmentKey'],
  [/api-keys\/|apiKey/i, 'apiKey'],
  [/webhooks\/|webhook/i, 'webhook'],
  [/deliveries\/|deliver/i, 'delivery'],
];
const ownerOf = (name: string): keyof Belongings => owners.find(([pattern]) => pattern.test(name))?.[1] ?? expect.fail(`whose id does ${name} take?`);

describe('two tenants', () => {
  let api: LiveApi;
  let owner: Tenant;
  let stranger: Tenant;
  let owned: Belongings;
  let operations: readonly RestOperation[];
  let schema: GraphQLSchema;

  beforeAll(async () => {
    api = await liveApi();
    owner = await api.tenant('Owner');
    stranger = await api.tenant('Stranger');
    owned = await populate(api, owner);
    await populate(api, stranger);
    operations = await operationsOf(api);
    const { body } = await api.as(owner).query(getIntrospectionQuery()).expect(200);
    schema = buildClientSchema(body.data);
  });
  afterAll(() => api.close());

  const idsIn = (text: string): readonly string[] => Object.entries(owned).flatMap(([noun, id]) => (text.includes(id) ? [noun] : []));
  const named = ({ path }: RestOperation): boolean => path.includes('{id}');
  const withCatalogued = (path: string): string => path.replace(/\{(\w+)\}/g, (hole, name: string) => catalogued[name] ?? hole);

  /** Every row of the owner, to see that nothing happened to any. */
  async function ownersRows(): Promise<unknown> {
    const client = new pg.Client({ connectionString: api.database.adminUrl });
    await client.connect();
    try {
      const { rows: tables } = await client.query(`select table_name as name from information_schema.columns where table_schema = 'bulwark' and column_name = 'tenant_id' order by 1`);
      const contents = [];
      for (const { name } of tables) contents.push([name, (await client.query(`select * from bulwark.${name} where tenant_id = $1 order by 1, 2`, [owner.tenantId])).rows]);
      return contents;
    } finally {
      await client.end();
    }
  }

  it('finds nothing of the other at any address, and changes nothing', async () => {
    const before = await ownersRows();
    const asked = operations.filter(named);
    expect(asked.length).toBeGreaterThan(25);
    for (const operation of asked) {
      const { id, method, takesBody } = operation;
      const path = withCatalogued(operation.path);
      const test = api.as(stranger)[method](path.replace('{id}', owned[ownerOf(path)]) + parametersOf(id, owned));
      if (takesBody && !bodies[id]) expect.fail(`${id} takes a body: give it one here`);
      const answer = await (takesBody ? test.send(bodies[id]) : test);
      expect.soft({ id, status: answer.status, type: answer.headers['content-type'] }).toEqual({ id, status: 404, type: expect.stringContaining('application/problem+json') });
      // Nothing tells an id that others have from one that nobody has.
      const nobodys = api.as(stranger)[method](path.replace('{id}', '00000000-0000-4000-8000-000000000000') + parametersOf(id, owned));
      const unknown = await (takesBody ? nobodys.send(bodies[id]) : nobodys);
      expect.soft({ id, type: unknown.body.type, detail: unknown.body.detail }).toEqual({ id, type: answer.body.type, detail: answer.body.detail });
    }
    expect(await ownersRows()).toEqual(before);
  });

  it('finds its own at every address that only reads', async () => {
    for (const { id, path } of operations.filter((operation) => named(operation) && operation.method === 'get')) {
      const url = withCatalogued(path).replace('{id}', owned[ownerOf(path)]) + parametersOf(id, owned);
      if (id === 'followScan') continue;
      const { status } = await api.as(owner).get(url);
      expect.soft({ id, status }).toEqual({ id, status: 200 });
    }
  });

  it('lists nothing of the other, also when asked for by the id of what it belongs to', async () => {
    const lists = operations.filter(({ id, method, path }) => method === 'get' && !withCatalogued(path).includes('{') && id !== 'listOrganisations');
    for (const { id, path } of lists) {
      const mine = await api.as(stranger).get(withCatalogued(path)).expect(200);
      expect.soft({ id, found: idsIn(mine.text) }).toEqual({ id, found: [] });
    }
    for (const path of [`/v1/scans?clusterId=${owned.cluster}`, `/v1/findings?clusterId=${owned.cluster}`]) expect((await api.as(stranger).get(path).expect(200)).body.items).toEqual([]);
    await api.as(stranger).get(`/v1/deliveries?webhookId=${owned.webhook}`).expect(404);
  });

  it("takes no cursor of the other's", async () => {
    const { body } = await api.as(owner).get('/v1/findings?first=1').expect(200);
    const answer = await api.as(stranger).get(`/v1/findings?after=${body.pageInfo.endCursor}`);
    expect([answer.status, answer.body.type]).toEqual([400, '/problems/bad-cursor']);
  });

  it('finds nothing of the other in any field of GraphQL, and changes nothing', async () => {
    const before = await ownersRows();
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => (type ? [type] : []));
    const fields = roots.flatMap((type) => Object.values(type.getFields()).map((field) => [type, field] as const));
    expect(fields.length).toBeGreaterThan(45);
    for (const [type, field] of fields) {
      const takesId = field.args.some((argument) => String(getNamedType(argument.type)) === 'ID' && isRequiredArgument(argument) && cataloguedId(field, argument.name) === undefined);
      if (!takesId && type !== schema.getQueryType()) continue;
      const answer = await ask(type, field);
      const found = { field: field.name, codes: answer.errors.map((error) => error.extensions.code), ids: idsIn(answer.data) };
      if (field.name === 'organisations') expect.soft(found).toEqual({ field: field.name, codes: ['FORBIDDEN'], ids: [] });
      else expect.soft(found).toEqual({ field: field.name, codes: takesId ? ['NOT_FOUND'] : [], ids: [] });
    }
    expect(await ownersRows()).toEqual(before);
  });

  const cataloguedId = (field: GraphQLField<unknown, unknown>, argument: string): string | undefined => catalogued[argument === 'id' ? field.name : argument.replace(/Id$/, '')];

  interface Answer {
    readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
    readonly data: string;
  }

  /** The field as the stranger, with the owner's ids wherever it takes one. */
  async function ask(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Promise<Answer> {
    const operation = type === schema.getQueryType() ? 'query' : type === schema.getMutationType() ? 'mutation' : 'subscription';
    const given = field.args.filter(isRequiredArgument).map((argument) => {
      const named = getNamedType(argument.type).name;
      const value = named === 'ID' ? cataloguedId(field, argument.name) ?? owned[ownerOf(argument.name === 'id' ? field.name : argument.name)] : (inputs[named] ?? expect.fail(`${field.name} takes ${named}: give it one here`));
      return { argument, value };
    });
    const head = given.length > 0 ? `(${given.map(({ argument }) => `$${argument.name}: ${String(argument.type)}`).join(', ')})` : '';
    const passed = given.length > 0 ? `(${given.map(({ argument }) => `${argument.name}: $${argument.name}`).join(', ')})` : '';
    const query = `${operation} ${head} { ${field.name}${passed} ${selectionOf(field, 2)} }`;
    const request = api.as(stranger).query(query, Object.fromEntries(given.map(({ argument, value }) => [argument.name, value])));
    if (operation !== 'subscription') {
      const { body } = await request;
      return { errors: body.errors ?? [], data: JSON.stringify(body.data ?? null) };
    }
    const { text } = await request.set('accept', 'text/event-stream').buffer(true);
    const result = JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? 'null');
    return { errors: result.errors ?? [], data: JSON.stringify(result.data ?? null) };
  }

  function selectionOf(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    if (!isObjectType(type)) return '';
    const inner = Object.values(type.getFields()).flatMap((child) => {
      const named = getNamedType(child.type);
      if (isScalarType(named) || isEnumType(named)) return [child.name];
      return depth > 0 && child.args.length === 0 ? [`${child.name} ${selectionOf(child, depth - 1)}`] : [];
    });
    return `{ __typename ${inner.join(' ')} }`;
  }
});
