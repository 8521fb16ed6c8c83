import { AppError } from '#application/app-error.js';
import { Caller, scopes } from '#application/caller.js';
import { Operator } from '#application/organisations/operator.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#database/embedded/embedded-postgres.js';
import { migrate } from '#database/migrate.js';
import { TypeormStore } from '#database/typeorm-store.js';
import type { AddressPolicy } from '#egress/address-policy.js';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { parseKeyRing } from '#operations/crypto/key-ring.js';
import type { Log } from '#operations/log.js';
import { createMetrics } from '#operations/metrics.js';
import { createJobQueue } from '#queue/bullmq-job-queue.js';
import { migrateQueue } from '#queue/migrate-queue.js';
import { createApi } from '../api/create-api.js';
import { apiServices, type ApiServices } from '../composition/api-services.js';
import { jobHandlers } from '../composition/job-handlers.js';
import { startWork, type Work } from '../composition/work.js';
import type { Installation, Secrets } from './installation.js';

export interface Service {
  readonly services: ApiServices;
  /** Everything the first organisation's own key may do. */
  readonly caller: Caller;
  readonly url: string;
  readonly operatorKey: string;
  readonly work: Work;
  readonly postgres: EmbeddedPostgres;
  stop(): Promise<void>;
}

/** A machine of one's own: private networks are where one's clusters are. Metadata addresses stay shut. */
const addresses: AddressPolicy = {
  allowedPrivateRanges: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
  allowLoopbackHttp: true,
};

const appUser = 'bulwark_app';

/** The whole service in this process, on an embedded Postgres: database, queue, worker and API. */
export async function startService(installation: Installation, options: { readonly fresh: boolean; readonly port: number; readonly isPortWished: boolean; readonly log: Log; readonly say: (line: string) => void }): Promise<Service> {
  const { log, say } = options;
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.reverse().splice(0)) await step();
  };
  try {
    const postgres = await startEmbeddedPostgres({ dataDirectory: installation.postgresDirectory, fresh: options.fresh, log: say });
    stops.push(postgres.stop);
    // Only now: the database's lock says that nobody else uses this directory.
    if (options.fresh) installation.forget();
    const secrets = installation.secrets();
    await migrate(postgres.adminUrl, { appUser, appPassword: secrets.databasePassword });
    await migrateQueue(postgres.adminUrl, appUser);

    const url = appUrl(postgres.adminUrl, secrets.databasePassword);
    const store = await TypeormStore.connect({ url, applicationName: 'bulwark-standalone', onConnectionLost: (code) => log.warn({ code }, 'a database connection was lost') });
    stops.push(() => store.close());
    await store.assertSafe();
    const vault = new EnvelopeVault(parseKeyRing(secrets.keyEncryptionKeys));
    const metrics = createMetrics('standalone');
    const parts = { store, vault, addresses, log, metrics };
    const services = apiServices({ ...parts, apiKeyPepper: secrets.apiKeyPepper, cursorKey: Buffer.from(secrets.cursorKey, 'base64') });
    const jobs = jobHandlers(parts);
    stops.push(() => jobs.close());
    const queue = createJobQueue({ backend: { kind: 'postgres', url }, log: log.child({ part: 'queue' }) });
    stops.push(() => queue.close(10_000));
    const work = await startWork({
      store, queue, log, metrics, handlers: jobs.handlers,
      concurrency: { 'scan.run': 1, 'events.dispatch': 2, 'delivery.send': 5, 'schedule.tick': 1, 'cluster.verify': 1, 'retention.sweep': 1 },
    });
    stops.push(() => work.stop());

    const api = await createApi(services, { operatorKey: secrets.operatorKey, store, queue, log, metrics });
    stops.push(() => api.close());
    const port = await listen(api, options.port, options.isPortWished, say);
    return { services, caller: await firstCaller(installation, secrets, services), url: `http://127.0.0.1:${port}`, operatorKey: secrets.operatorKey, work, postgres, stop };
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

async function listen(api: Awaited<ReturnType<typeof createApi>>, port: number, isWished: boolean, say: (line: string) => void): Promise<number> {
  const listening = async (candidate: number): Promise<number> => {
    await api.listen(candidate, '127.0.0.1');
    const address: unknown = api.getHttpServer().address();
    return typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : candidate;
  };
  try {
    return await listening(port);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    say(`port ${port} is taken${isWished ? '' : ' on this machine'}, another is used`);
    return listening(0);
  }
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
  if (secrets.tenantId !== undefined) {
    const owner = new Caller(secrets.tenantId, 'standalone', new Set(scopes));
    const made = await services.apiKeys.create(owner, { name: 'standalone', scopes: [...scopes] });
    installation.saveApiKey(made.token);
    return services.apiKeys.authenticate(made.token);
  }
  const made = await services.organisations.create(Operator.self, { name: 'default' });
  installation.save({ ...secrets, tenantId: made.organisation.tenantId });
  installation.saveApiKey(made.token);
  return services.apiKeys.authenticate(made.token);
}
