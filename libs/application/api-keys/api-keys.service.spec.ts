import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { base62 } from '#operations/crypto/base62.js';
import { matchesApiKey, mintApiKey, parseApiKey } from '#operations/crypto/api-key.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import type { Caller } from '../caller.js';
import { Lists } from '../lists.js';
import { OrganisationsService, type CreatedOrganisation } from '../organisations/organisations.service.js';
import { Operator } from '../organisations/operator.js';
import type { ApiKeyTokens } from '../ports/api-key-tokens.js';
import { ApiKeysService } from './api-keys.service.js';

const pepper = randomBytes(32);
const tokens: ApiKeyTokens = { mint: () => mintApiKey(pepper), parse: parseApiKey, matches: (secret, hash) => matchesApiKey(pepper, secret, hash) };
const vault = { newDataKey: async () => randomBytes(8), seal: async () => randomBytes(8), open: async () => '', sealBytes: async () => randomBytes(8), openBytes: async () => randomBytes(8) };
const lists = new Lists(randomBytes(32));

function withChecksum(token: string): string {
  const body = token.slice(0, token.lastIndexOf('_'));
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return `${body}_${base62(bytes, 6)}`;
}

describe('organisations and API keys', () => {
  let fresh: FreshStore;
  let keys: ApiKeysService;
  let organisations: OrganisationsService;
  let created: CreatedOrganisation;
  let admin: Caller;

  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    keys = new ApiKeysService(fresh.store, tokens, lists);
    organisations = new OrganisationsService(fresh.store, vault, tokens, lists);
    created = await organisations.create(Operator.self, { name: 'Acme' });
    admin = await keys.authenticate(created.token);
  });
  afterAll(() => fresh.drop());

  it('begin with one key that may do everything in its organisation', async () => {
    expect(created).toMatchObject({ organisation: { name: 'Acme' }, key: { name: 'First key' } });
    expect(admin.tenantId).toBe(created.organisation.tenantId);
    for (const scope of ['admin:read', 'admin:write', 'clusters:write', 'findings:read', 'events:read'] as const) expect(() => admin.may(scope)).not.toThrow();
    const work = await fresh.store.inTenant(admin.tenantId, (tx) => tx.dueWork.get('retention.sweep', admin.tenantId));
    expect(work?.dueAt.getTime()).toBeGreaterThan(Date.now());
  });

  it('are listed to the operator by name, in pages', async () => {
    await organisations.create(Operator.self, { name: 'Second' });
    const first = await organisations.list(Operator.self, { first: 1 });
    const second = await organisations.list(Operator.self, { first: 1, after: first.endCursor! });
    expect([first, second].map(({ edges }) => edges[0]?.node.name)).toEqual(['Second', 'Acme']);
    expect(second.hasNextPage).toBe(false);
    expect(Object.keys(first.edges[0]!.node)).not.toContain('wrappedDataKey');
  });

  it('take the operator’s own key and no other', () => {
    expect(Operator.withKey('right', 'right')).toBe(Operator.self);
    for (const [presented, expected] of [['wrong', 'right'], ['', ''], ['', 'right']] as const) {
      expect(() => Operator.withKey(presented, expected)).toThrow(expect.objectContaining({ kind: 'unauthenticated' }));
    }
  });

  it.each(['', ' padded ', 'a\nb', 'x'.repeat(101), 'nul\0'])('refuse the name %j', async (name) => {
    await expect(organisations.create(Operator.self, { name })).rejects.toMatchObject({ reason: 'invalid-organisation' });
  });

  it('authenticate nothing but a whole valid token, with one answer for all of it', async () => {
    const unknown = mintApiKey(pepper);
    // Ours up to the secret, with a checksum that is right.
    const guessed = mintApiKey(pepper);
    const lookup = (token: string): string => token.split('_')[1]!;
    const guess = withChecksum(guessed.token.replace(lookup(guessed.token), lookup(created.token)));
    expect(parseApiKey(guess)?.lookupId).toBe(created.key.lookupId);
    for (const token of ['', 'x', `${created.token}x`, created.token.slice(0, -1), unknown.token, guess]) {
      await expect(keys.authenticate(token)).rejects.toMatchObject({ kind: 'unauthenticated', reason: 'invalid-api-key' });
    }
  });

  it('may only make keys that do no more than themselves', async () => {
    const { token } = await keys.create(admin, { name: 'reader', scopes: ['findings:read', 'admin:write'] });
    const reader = await keys.authenticate(token);
    expect(() => reader.may('clusters:read')).toThrow(expect.objectContaining({ kind: 'forbidden', reason: 'missing-scope' }));
    await expect(keys.create(reader, { name: 'more', scopes: ['clusters:read'] })).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(keys.create(reader, { name: 'none', scopes: [] })).rejects.toMatchObject({ kind: 'invalid', errors: [{ pointer: '/scopes' }] });
    await expect(keys.create(admin, { name: 'late', scopes: ['findings:read'], expiresAt: new Date(0) })).rejects.toMatchObject({ errors: [{ pointer: '/expiresAt' }] });
  });

  it('may not make keys that outlive them', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const brief = await keys.authenticate((await keys.create(admin, { name: 'brief', scopes: ['admin:write', 'findings:read'], expiresAt })).token);
    await expect(keys.create(brief, { name: 'heir', scopes: ['findings:read'], expiresAt: new Date(expiresAt.getTime() + 1) })).rejects.toMatchObject({ kind: 'invalid', errors: [{ pointer: '/expiresAt' }] });
    expect((await keys.create(brief, { name: 'as long', scopes: ['findings:read'] })).key.expiresAt).toEqual(expiresAt);
    expect((await keys.create(admin, { name: 'for ever', scopes: ['findings:read'] })).key.expiresAt).toBeNull();
  });

  it('stop at once when revoked, and when they expire', async () => {
    const { token, key } = await keys.create(admin, { name: 'short', scopes: ['findings:read'] });
    await keys.authenticate(token);
    const revoked = await keys.revoke(admin, key.id);
    await expect(keys.authenticate(token)).rejects.toMatchObject({ kind: 'unauthenticated', reason: 'api-key-revoked' });
    expect((await keys.revoke(admin, key.id)).revokedAt).toEqual(revoked.revokedAt);

    const brief = await keys.create(admin, { name: 'brief', scopes: ['findings:read'], expiresAt: new Date(Date.now() + 200) });
    await keys.authenticate(brief.token);
    await new Promise((resolve) => setTimeout(resolve, 250));
    await expect(keys.authenticate(brief.token)).rejects.toMatchObject({ reason: 'api-key-expired' });
  });

  it('write when they were last used at most once a minute', async () => {
    const { token, key } = await keys.create(admin, { name: 'used', scopes: ['findings:read'] });
    await keys.authenticate(token);
    const { lastUsedAt } = await keys.get(admin, key.id);
    expect(lastUsedAt).not.toBeNull();
    await keys.authenticate(token);
    expect((await keys.get(admin, key.id)).lastUsedAt).toEqual(lastUsedAt);
    const superuser = new pg.Client({ connectionString: fresh.adminUrl });
    await superuser.connect();
    await superuser.query(`update bulwark.api_keys set last_used_at = now() - interval '2 minutes'`);
    await superuser.end();
    await keys.authenticate(token);
    expect((await keys.get(admin, key.id)).lastUsedAt!.getTime()).toBeGreaterThanOrEqual(lastUsedAt!.getTime());
  });

  it('are not found by another organisation', async () => {
    const other = await keys.authenticate((await organisations.create(Operator.self, { name: 'Other' })).token);
    await expect(keys.get(other, created.key.id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(keys.revoke(other, created.key.id)).rejects.toMatchObject({ kind: 'not-found' });
    expect((await keys.list(other, {})).edges).toHaveLength(1);
  });
});
