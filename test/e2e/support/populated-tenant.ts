import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceOf } from '#nodes/testing/evidence.js';
import { BUNDLE_MEDIA_TYPE } from '#nodes/wire/bundle-header.js';
import { writeBundle } from '#nodes/wire/write-bundle.js';
import type { LiveApi, Tenant } from './live-api.js';

/** Ids of one of everything that a tenant can have. */
export interface Belongings {
  readonly cluster: string;
  readonly scan: string;
  readonly finding: string;
  readonly event: string;
  readonly apiKey: string;
  readonly enrolmentKey: string;
  readonly webhook: string;
  readonly delivery: string;
}

/** Name of the node that every populated tenant has. */
export const populatedNode = 'node-1';

const report = readFileSync(join(import.meta.dirname, '../../../libs/kube-bench/testing/fixtures/current.json'), 'utf8');

/** Gives a tenant one of everything, a schedule too, and returns the ids. */
export async function populate(api: LiveApi, tenant: Tenant): Promise<Belongings> {
  const as = api.as(tenant);
  const { clusterId, scanId } = await api.judged(tenant, 2);
  await as.put(`/v1/clusters/${clusterId}/credentials`).send({ server: 'https://cluster.example.com:6443', token: 'a-token' }).expect(200);
  await as.put(`/v1/clusters/${clusterId}/schedule`).send({ cron: '0 3 * * *' }).expect(200);
  await as.post(`/v1/clusters/${clusterId}/verify`).expect(202);
  const { body: enrolled } = await as.post(`/v1/clusters/${clusterId}/enrolment-keys`).send({ name: 'collectors' }).expect(201);
  const bundle = writeBundle(evidenceOf(), { node: populatedNode, collector: '1', collectedAt: new Date() }).bytes;
  await as.post(`/v1/clusters/${clusterId}/node-bundles`).type(BUNDLE_MEDIA_TYPE).serialize((bytes: unknown) => bytes as string).send(bundle).expect(201);
  await as.post(`/v1/clusters/${clusterId}/kube-bench-reports?node=${populatedNode}`).type('application/json').send(report).expect(201);
  await as.post(`/v1/clusters/${clusterId}/cloud-description?provider=eks`).send({ cluster: { name: 'shop', resourcesVpcConfig: { endpointPublicAccess: true } } }).expect(201);
  const { body: findings } = await as.get(`/v1/findings?clusterId=${clusterId}`).expect(200);
  const { body: events } = await as.get('/v1/events').expect(200);
  const { body: made } = await as.post('/v1/webhooks').send({ url: 'http://127.0.0.1:9/hook' }).expect(201);
  const { body: delivery } = await as.post(`/v1/webhooks/${made.webhook.id}/test`).expect(202);
  return { cluster: clusterId, scan: scanId, finding: findings.items[0].id, event: events.items[0].id, apiKey: tenant.keyId, enrolmentKey: enrolled.enrolmentKey.id, webhook: made.webhook.id, delivery: delivery.id };
}
