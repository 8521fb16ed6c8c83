import { printSchema } from 'graphql';
import type { CredentialVault } from '#application/ports/credential-vault.js';
import type { Store } from '#application/ports/store.js';
import type { Log } from '#operations/log.js';
import { apiServices } from '../../composition/api-services.js';
import { createApi } from '../create-api.js';
import { OpenApi } from './open-api.js';

/** The committed descriptions of both doors, as text by path. */
export async function apiDocuments(): Promise<Readonly<Record<'docs/openapi.json' | 'docs/schema.graphql', string>>> {
  // Described, never used: nothing behind the services is asked.
  const nothing = {} as Store & CredentialVault;
  const services = apiServices({ store: nothing, vault: nothing, apiKeyPepper: '-'.repeat(32), cursorKey: Buffer.alloc(32), addresses: { allowedPrivateRanges: [], allowLoopbackHttp: false } });
  const app = await createApi(services, { log: silent, store: { ping: async () => undefined }, queue: { ping: async () => undefined } });
  try {
    const { schema } = app.getHttpAdapter().getInstance().graphql;
    return { 'docs/openapi.json': app.get(OpenApi).json(), 'docs/schema.graphql': `${printSchema(schema)}\n` };
  } finally {
    await app.close();
  }
}

const ignore = (): void => undefined;
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silent };
