import { TypeormStore } from '#database/typeorm-store.js';
import type { Log } from '#operations/log.js';

/** Connects as the app's role and refuses to go on where the database would not keep organisations apart. */
export async function openStore(settings: { readonly databaseUrl: string; readonly databasePoolSize: number }, applicationName: string, log: Log): Promise<TypeormStore> {
  const store = await TypeormStore.connect({
    url: settings.databaseUrl,
    poolSize: settings.databasePoolSize,
    applicationName,
    onConnectionLost: (code) => log.warn({ code }, 'a database connection was lost; the pool replaces it'),
  });
  try {
    await store.assertSafe();
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}
