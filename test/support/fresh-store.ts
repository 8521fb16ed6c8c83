import { randomUUID } from 'node:crypto';
import { TypeormStore } from '#database/typeorm-store.js';
import { freshDatabase } from '#database/embedded/test-postgres.js';
import { migrate } from '#database/migrate.js';
import { testVault } from './test-vault.js';

/** A migrated database of its own, and a store that is logged in to it as the app's role. */
export interface FreshStore {
  readonly store: TypeormStore;
  /** Superuser URL, for looking behind the store's back. */
  readonly adminUrl: string;
  readonly appUrl: string;
  /** A new organisation; its id. */
  organisation(name?: string): Promise<string>;
  /** A new cluster without connection; its id. */
  cluster(tenantId: string, name?: string): Promise<string>;
  drop(): Promise<void>;
}

const appUser = 'bulwark_app';
const appPassword = 'for-tests-only';

export async function freshStore(postgresAdminUrl: string, poolSize = 10): Promise<FreshStore> {
  const database = await freshDatabase(postgresAdminUrl);
  await migrate(database.url, { appUser, appPassword });
  const url = new URL(database.url);
  url.username = appUser;
  url.password = appPassword;
  const store = await TypeormStore.connect({ url: url.href, poolSize });
  return {
    store,
    adminUrl: database.url,
    appUrl: url.href,
    async organisation(name = 'Acme') {
      const tenantId = randomUUID();
      const wrappedDataKey = await testVault.newDataKey(tenantId);
      await store.inTenant(tenantId, (tx) => tx.organisation.insert({ name, wrappedDataKey }));
      return tenantId;
    },
    async cluster(tenantId, name = `cluster-${randomUUID()}`) {
      const id = randomUUID();
      await store.inTenant(tenantId, (tx) => tx.clusters.insert({ id, name, labels: {}, environment: null, server: null, hasConnection: false }));
      return id;
    },
    async drop() {
      await store.close();
      await database.drop();
    },
  };
}
