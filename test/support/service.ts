import { randomBytes } from 'node:crypto';
import supertest from 'supertest';
import type { CollectSettings } from '#kubernetes/collector/collect-settings.js';
import type { AddressPolicy } from '#egress/address-policy.js';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { ringOf } from '#operations/crypto/key-ring.js';
import type { Log, LogFields } from '#operations/log.js';
import { createMetrics } from '#operations/metrics.js';
import { createJobQueue } from '#queue/bullmq-job-queue.js';
import { migrateQueue } from '#queue/migrate-queue.js';
import { createApi } from '../../apps/api/create-api.js';
import { apiServices } from '../../apps/composition/api-services.js';
import { jobHandlers } from '../../apps/composition/job-handlers.js';
import { startWork } from '../../apps/composition/work.js';
import { freshStore } from './fresh-store.js';

/** Requests with one key, to be awaited; `expect(status)` makes another answer an error. */
export interface Requests {
  get(path: string): supertest.Test;
  post(path: string): supertest.Test;
  put(path: string): supertest.Test;
  patch(path: string): supertest.Test;
  delete(path: string): supertest.Test;
}

/** The whole service, to be used over HTTP like any other. */
export interface RunningService {
  readonly url: string;
  readonly operatorKey: string;
  /** Superuser URL of its database, for looking behind the service's back. */
  readonly adminUrl: string;
  /** What was logged as a warning or an error so far. */
  readonly complaints: readonly Complaint[];
  /** '' for no key. */
  as(token: string): Requests;
  /** A new organisation; the token of its first key. */
  organisation(name: string): Promise<string>;
  stop(): Promise<void>;
}

export interface Complaint {
  readonly level: 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

export interface ServiceOptions {
  /** Loopback and nothing else where left out. */
  readonly addresses?: AddressPolicy;
  /** How patient scans are. */
  readonly collect?: CollectSettings;
}

/** Loopback, by the operator's setting: where tests have their clusters and receivers. */
const loopback: AddressPolicy = { allowedPrivateRanges: ['127.0.0.0/8'], allowLoopbackHttp: true };

const secret = (): string => randomBytes(32).toString('base64');

/** API and worker in this process on a database of their own, with the queue in it, composed as the programs are. */
export async function startService(postgresAdminUrl: string, { addresses = loopback, collect }: ServiceOptions = {}): Promise<RunningService> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let step = stops.pop(); step; step = stops.pop()) await step();
  };
  try {
    const database = await freshStore(postgresAdminUrl);
    stops.push(() => database.drop());
    const { store } = database;
    await store.assertSafe();
    await migrateQueue(database.adminUrl, new URL(database.appUrl).username);

    const complaints: Complaint[] = [];
    const log = complainingLog(complaints);
    const metrics = createMetrics('service-under-test');
    const operatorKey = secret();
    const parts = { store, vault: new EnvelopeVault(ringOf([{ id: 'test', key: randomBytes(32) }])), addresses };
    const jobs = jobHandlers({ ...parts, log, metrics, publicUrl: 'https://bulwark.example', ...(collect && { collect }) });
    stops.push(() => jobs.close());
    const queue = createJobQueue({ backend: { kind: 'postgres', url: database.appUrl }, log });
    stops.push(() => queue.close(10_000));
    const work = await startWork({
      store, queue, log, metrics, handlers: jobs.handlers,
      concurrency: { 'scan.run': 2, 'events.dispatch': 2, 'delivery.send': 5, 'schedule.tick': 1, 'cluster.verify': 2, 'retention.sweep': 1, 'attestation.expire': 1 },
    });
    stops.push(() => work.stop());
    const api = await createApi(apiServices({ ...parts, apiKeyPepper: secret(), cursorKey: randomBytes(32) }), { operatorKey, store, queue, log, metrics });
    stops.push(() => api.close());
    await api.listen(0, '127.0.0.1');
    const url = await api.getUrl();

    const as = (token: string): Requests => {
      const agent = supertest(url);
      const authorised = (test: supertest.Test): supertest.Test => (token === '' ? test : test.set('authorization', `Bearer ${token}`));
      return {
        get: (path) => authorised(agent.get(path)),
        post: (path) => authorised(agent.post(path)),
        put: (path) => authorised(agent.put(path)),
        patch: (path) => authorised(agent.patch(path)),
        delete: (path) => authorised(agent.delete(path)),
      };
    };
    return {
      url, operatorKey, adminUrl: database.adminUrl, complaints, as, stop,
      organisation: async (name) => (await as(operatorKey).post('/v1/organisations').send({ name }).expect(201)).body.token,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Keeps what nobody should have to read in a test that is well. */
function complainingLog(complaints: Complaint[]): Log {
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields, message) => void complaints.push({ level: 'warn', fields, message }),
    error: (fields, message) => void complaints.push({ level: 'error', fields, message }),
    child: () => log,
  };
  return log;
}
