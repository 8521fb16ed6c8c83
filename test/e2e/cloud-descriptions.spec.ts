import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeptNodes } from '#application/nodes/kept-nodes.js';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

const canary = 'canary-7f3a9c';
const eks = {
  cluster: {
    name: 'shop', arn: `arn:aws:eks:eu-west-1:111122223333:cluster/${canary}`, roleArn: canary, certificateAuthority: { data: canary }, tags: { owner: canary },
    resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['0.0.0.0/0'], subnetIds: [canary] },
    logging: { clusterLogging: [{ types: ['api', 'audit'], enabled: true }] },
  },
};

describe('descriptions by cloud providers', () => {
  let api: LiveApi;
  let acme: Tenant;
  let cluster: string;
  beforeAll(async () => {
    api = await liveApi();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    acme = await api.tenant();
    cluster = (await api.as(acme).post('/v1/clusters').send({ name: `cluster-${randomUUID()}` }).expect(201)).body.id;
  });
  const path = () => `/v1/clusters/${cluster}/cloud-description`;
  const send = (text: string | Buffer, provider = 'eks', from = acme) => api.as(from).post(`${path()}?provider=${provider}`).set('content-type', 'application/json').serialize((body: unknown) => body as string).send(text);

  it('are kept by the fields that items read, replaced by the next, and deleted', async () => {
    await api.as(acme).get(path()).expect(404);
    const { body } = await send(JSON.stringify(eks)).expect(201);
    expect(body).toMatchObject({ clusterId: cluster, provider: 'eks', name: 'shop', uploadedBy: acme.keyId, fields: { cluster: { resourcesVpcConfig: { endpointPublicAccess: true } } } });
    expect(JSON.stringify(body)).not.toContain(canary);
    expect((await api.as(acme).get(path()).expect(200)).body).toEqual(body);
    const admin = new pg.Client({ connectionString: api.database.adminUrl });
    await admin.connect();
    const { rows } = await admin.query('select sealed from bulwark.cloud_descriptions where cluster_id = $1', [cluster]);
    await admin.end();
    expect(rows).toHaveLength(1);
    expect((rows[0].sealed as Buffer).includes('endpointPublicAccess')).toBe(false);
    expect((await new KeptNodes(api.database.store, api.vault).cloud(acme.tenantId, cluster))!.description).toMatchObject({ provider: 'eks', fields: { cluster: { logging: { clusterLogging: [{ types: ['api', 'audit'], enabled: true }] } } } });

    await send(JSON.stringify({ cluster: { name: 'shop-2', resourcesVpcConfig: {} } })).expect(201);
    const shown = await api.as(acme).query('query ($id: ID!) { cloudDescription(clusterId: $id) { provider name fields } }', { id: cluster });
    expect(shown.body.data.cloudDescription).toMatchObject({ provider: 'EKS', name: 'shop-2' });
    expect((await api.as(acme).query('mutation ($id: ID!) { deleteCloudDescription(clusterId: $id) }', { id: cluster })).body.data).toEqual({ deleteCloudDescription: cluster });
    await api.as(acme).delete(path()).expect(404);
    await send(JSON.stringify(eks)).expect(201);
    await api.as(acme).delete(path()).expect(204);
    await api.as(acme).get(path()).expect(404);
  });

  it.each<[string, number, string, string, () => string | Buffer]>([
    ['of nobody', 422, 'invalid-parameters', 'ibm', () => '{}'],
    ['of another provider', 422, 'not-a-cloud-description', 'gke', () => JSON.stringify(eks)],
    ['of another command', 422, 'not-a-cloud-description', 'eks', () => '{"clusters":["shop"]}'],
    ['that are cut off', 422, 'cloud-description-not-json', 'eks', () => JSON.stringify(eks).slice(0, -3)],
    ['that are no text', 422, 'cloud-description-not-json', 'eks', () => Buffer.from([0xff, 0xfe])],
    ['that are too large', 413, 'cloud-description-too-large', 'eks', () => ' '.repeat(5 * 1024 * 1024)],
    ['that are empty', 422, 'cloud-description-not-json', 'eks', () => ' '],
  ])('are refused and leave what is kept as it was: %s', async (_what, status, reason, provider, text) => {
    const before = (await send(JSON.stringify(eks)).expect(201)).body;
    const answer = await send(text(), provider);
    expect([answer.status, answer.body.type]).toEqual([status, `/problems/${reason}`]);
    expect(answer.text).not.toContain(canary);
    expect((await api.as(acme).get(path()).expect(200)).body).toEqual(before);
  });

  it('are nobody else’s', async () => {
    await send(JSON.stringify(eks)).expect(201);
    const mallory = await api.tenant('Mallory');
    expect((await send(JSON.stringify(eks), 'eks', mallory)).status).toBe(404);
    await api.as(mallory).get(path()).expect(404);
    await api.as(mallory).delete(path()).expect(404);
    expect((await send(JSON.stringify(eks), 'eks', await api.key(acme, ['scans:read']))).status).toBe(403);
  });
});
