import { randomUUID } from 'node:crypto';
import { AppError, notFound } from '../app-error.js';
import { Caller, scopes as allScopes, type ScopeName } from '../caller.js';
import { InputChecks } from '../input-checks.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { ApiKeyTokens } from '../ports/api-key-tokens.js';
import type { Store } from '../ports/store.js';
import type { ApiKey } from './api-key.js';

export interface CreateApiKey {
  readonly name: string;
  /** Each must be one that the caller has. */
  readonly scopes: readonly ScopeName[];
  /** Where not given: with the caller's own key, or never by itself if that does not expire. */
  readonly expiresAt?: Date;
}

export interface ApiKeyWithToken {
  readonly key: ApiKey;
  /** Shown once. */
  readonly token: string;
}

const USE_INTERVAL_MS = 60_000;
const list = byTime('api-keys');

export class ApiKeysService {
  constructor(
    private readonly store: Store,
    private readonly tokens: ApiKeyTokens,
    private readonly lists: Lists,
  ) {}

  /** Who holds this token. Reads the key every time, so a revocation counts at once. */
  async authenticate(token: string): Promise<Caller> {
    const parsed = this.tokens.parse(token);
    const key = parsed && (await this.store.findApiKey(parsed.lookupId));
    // One answer for all of these: it tells nobody which keys exist.
    if (!parsed || !key || !this.tokens.matches(parsed.secret, key.hash)) {
      throw new AppError('unauthenticated', 'invalid-api-key', 'This API key is not valid. Send a valid one as: Authorization: Bearer <key>.');
    }
    if (key.revokedAt) throw new AppError('unauthenticated', 'api-key-revoked', 'This API key was revoked. Use another one.');
    const now = Date.now();
    if (key.expiresAt && key.expiresAt.getTime() <= now) throw new AppError('unauthenticated', 'api-key-expired', 'This API key has expired. Use another one.');

    if (!key.lastUsedAt || now - key.lastUsedAt.getTime() >= USE_INTERVAL_MS) {
      await this.store.inTenant(key.tenantId, (tx) => tx.apiKeys.markUsed(key.id));
    }
    return new Caller(key.tenantId, key.id, new Set(key.scopes), key.expiresAt);
  }

  async create(caller: Caller, { name, scopes, expiresAt }: CreateApiKey): Promise<ApiKeyWithToken> {
    caller.may('admin:write');
    const checks = new InputChecks();
    checks.text(name, '/name', 100);
    checks.require(scopes.length > 0, '/scopes', 'at least one scope');
    for (const [i, scope] of scopes.entries()) checks.require(allScopes.includes(scope), `/scopes/${i}`, `one of ${allScopes.join(', ')}`);
    checks.require(expiresAt === undefined || expiresAt.getTime() > Date.now(), '/expiresAt', 'a time to come');
    const { expiresAt: own } = caller;
    checks.require(!own || !expiresAt || expiresAt <= own, '/expiresAt', `not after the key that makes it, which expires ${own?.toISOString()}`);
    checks.done('invalid-api-key-request', 'The API key cannot be created as asked.');
    // A key must not make one that may do more than itself, or for longer.
    for (const scope of scopes) caller.may(scope);

    const { token, lookupId, hash, shownPrefix } = this.tokens.mint();
    const key = await this.store.inTenant(caller.tenantId, (tx) =>
      tx.apiKeys.insert({ id: randomUUID(), lookupId, name, hash, prefix: shownPrefix, scopes: [...new Set(scopes)], expiresAt: expiresAt ?? own }),
    );
    return { key, token };
  }

  async list(caller: Caller, request: PageRequest): Promise<Page<ApiKey>> {
    caller.may('admin:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    const found = await this.store.inTenant(caller.tenantId, (tx) => tx.apiKeys.list(slice));
    return this.lists.page(list, caller.tenantId, request, found, ({ createdAt, id }) => ({ at: createdAt, id }));
  }

  async get(caller: Caller, id: string): Promise<ApiKey> {
    caller.may('admin:read');
    const key = await this.store.inTenant(caller.tenantId, (tx) => tx.apiKeys.get(id));
    if (!key) throw notFound('api-key');
    return key;
  }

  /** Counts at once; cannot be undone. */
  async revoke(caller: Caller, id: string): Promise<ApiKey> {
    caller.may('admin:write');
    const key = await this.store.inTenant(caller.tenantId, (tx) => tx.apiKeys.revoke(id));
    if (!key) throw notFound('api-key');
    return key;
  }
}
