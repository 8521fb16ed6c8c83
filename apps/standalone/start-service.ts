import { AppError } from '#application/app-error.js';
import { Caller, scopes } from '#application/caller.js';
import { Operator } from '#application/organisations/operator.js';
import type { EmbeddedPostgres } from '#database/embedded/embedded-postgres.js';
import { migrate } from '#database/migrate.js';
import { releaseClaims } from '#database/release-claims.js';
import { TypeormStore } from '#database/typeorm-store.js';
import type { AddressPolicy } from '#egress/address-policy.js';
import { defaultCollectSettings, type CollectSettings } from '#kubernetes/collector/collect-settings.js';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { parseKeyRing } from '#operations/crypto/key-ring.js';
import type { Log } from '#operations/log.js';
import { createMetrics } from '#operations/metrics.js';
import { createJobQueue } from '#queue/bullmq-job-queue.js';
import { emptyQueue } from '#queue/empty-queue.js';
import { migrateQueue } from '#queue/migrate-queue.js';
import { apiServices, type ApiServices } from '../composition/api-services.js';
import { jobHandlers } from '../composition/job-handlers.js';
import { leases } from '../composition/leases.js';
import { startWork } from '../composition/work.js';
import type { Installation, Secrets } from './installation.js';

export interface Service {
  readonly services: ApiServices;
  /** Everything the first organisation's own key may do. */
  readonly caller: Caller;
  /** Lets the worker begin. */
  work(): Promise<void>;
  /** Opens both doors; returns what they are reached by. */
  serve(port: number): Promise<string>;
  /** Ends everything but the database. */
  stop(): Promise<void>;
}

/** A machine of one's own: private networks are where one's clusters are. Metadata addresses stay shut. */
const addresses: AddressPolicy = {
  allowedPrivateRanges: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
  allowLoopbackHttp: true,
};

/** Somebody sits before it and waits for a server that hangs. */
const collect: CollectSettings = { ...defaultCollectSettings, idleMs: 10_000, tries: 3 };

const appUser = 'bulwark_app';
/** Work that has not ended by then goes back to be done at the next start. */
const graceMs = 1_000;

/** The whole service in this process, on an embedded Postgres: queue, worker and API. */
export async function startService(installation: Installation, postgres: EmbeddedPostgres, { log, say }: { readonly log: Log; readonly say: (line: string) => void }): Promise<Service> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (let step = stops.pop(); step; step = stops.pop()) await step();
  };
  try {
    const secrets = installation.secrets();
    await migrate(postgres.adminUrl, { appUser, appPassword: secrets.databasePassword });
    await migrateQueue(postgres.adminUrl, appUser);
    // The lock of the data directory says that an earlier run's worker is gone, however it ended.
    await releaseClaims(postgres.adminUrl);
    await emptyQueue(postgres.adminUrl);

    const url = appUrl(postgres.adminUrl, secrets.databasePassword);
    const store = await TypeormStore.connect({ url, applicationName: 'bulwark-standalone', onConnectionLost: (code) => log.warn({ code }, 'a database connection was lost') });
    stops.push(() => store.close());
    await store.assertSafe();
    const vault = new EnvelopeVault(parseKeyRing(secrets.keyEncryptionKeys));
    const metrics = createMetrics('standalone');
    const services = apiServices({ store, vault, addresses, apiKeyPepper: secrets.apiKeyPepper, cursorKey: Buffer.from(secrets.cursorKey, 'base64') });
    const caller = await firstCaller(installation, secrets, services);
    const queue = createJobQueue({ backend: { kind: 'postgres', url }, log: log.child({ part: 'queue' }) });
    metrics.observe({ queueDepth: () => queue.queueDepth(), dueWorkLag: () => store.dueWorkLag(leases.workMs) });
    const jobs = jobHandlers({ store, vault, addresses, log, metrics, collect });
    stops.push(() => jobs.close());
    stops.push(() => queue.close(graceMs));
    return {
      services,
      caller,
      stop,
      async work() {
        const work = await startWork({
          store, queue, log, metrics, handlers: jobs.handlers,
          concurrency: { 'scan.run': 1, 'events.dispatch': 2, 'delivery.send': 5, 'schedule.tick': 1, 'cluster.verify': 1, 'retention.sweep': 1, 'attestation.expire': 1 },
        });
        stops.push(() => work.stop());
        jobs.prepare();
      },
      async serve(port) {
        // Half of what is loaded at all: nobody waits for it before there is something to see.
        const { serve } = await import('./serve.js');
        const door = await serve([services, { operatorKey: secrets.operatorKey, store, queue, log, metrics }], port, say);
        stops.push(() => door.close());
        return door.url;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function appUrl(adminUrl: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = appUser;
  url.password = password;
  return url.href;
}

/** The first organisation and its key: made once, found again by the file of the key. */
async function firstCaller(installation: Installation, secrets: Secrets, services: ApiServices): Promise<Caller> {
  const token = installation.apiKey();
  if (token !== undefined) {
    try {
      return await services.apiKeys.authenticate(token);
    } catch (error) {
      // Revoked, or the file was edited: the organisation is still there, and this machine's owner gets a new key.
      if (!(error instanceof AppError && error.kind === 'unauthenticated')) throw error;
    }
  }
  const owner = secrets.tenantId === undefined ? undefined : new Caller(secrets.tenantId, 'standalone', new Set(scopes));
  if (owner && (await hasOrganisation(owner, services))) {
    const made = await services.apiKeys.create(owner, { name: 'standalone', scopes: [...scopes] });
    installation.saveApiKey(made.token);
    return services.apiKeys.authenticate(made.token);
  }
  const made = await services.organisations.create(Operator.self, { name: 'default' });
  installation.save({ ...secrets, tenantId: made.organisation.tenantId });
  installation.saveApiKey(made.token);
  return services.apiKeys.authenticate(made.token);
}

/** False after a start from empty data that was killed before it could forget the old organisation. */
async function hasOrganisation(owner: Caller, services: ApiServices): Promise<boolean> {
  try {
    await services.policy.get(owner);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.kind === 'not-found') return false;
    throw error;
  }
}
