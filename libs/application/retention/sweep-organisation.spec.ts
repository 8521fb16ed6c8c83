import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { ringOf } from '#operations/crypto/key-ring.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { SweepOrganisation } from './sweep-organisation.js';

describe('sweeping an organisation', () => {
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
  });
  afterAll(() => fresh.drop());

  const never = new AbortController().signal;
  const [first, second] = ['first', 'second'].map((id) => ({ id, key: randomBytes(32) })) as [{ id: string; key: Buffer }, { id: string; key: Buffer }];

  async function organisation(vault: EnvelopeVault): Promise<string> {
    const tenantId = randomUUID();
    const wrappedDataKey = await vault.newDataKey(tenantId);
    await fresh.store.inTenant(tenantId, async (tx) => {
      await tx.organisation.insert({ name: 'Acme', wrappedDataKey });
      await tx.dueWork.schedule([{ topic: 'retention.sweep', subjectId: tenantId }]);
    });
    return tenantId;
  }
  const wrappedKey = async (tenantId: string) => (await fresh.store.inTenant(tenantId, (tx) => tx.organisation.get()))!.wrappedDataKey;

  it('wraps its data key by the new key-encryption key, after which the old one is not needed any more', async () => {
    const before = new EnvelopeVault(ringOf([first]));
    const tenantId = await organisation(before);
    const sealed = await before.seal(tenantId, await wrappedKey(tenantId), 'row', 'field', 'a secret');

    await new SweepOrganisation(fresh.store, new EnvelopeVault(ringOf([second, first]))).run(tenantId, never);
    const rewrapped = await wrappedKey(tenantId);
    const after = new EnvelopeVault(ringOf([second]));
    expect(await after.open(tenantId, rewrapped, 'row', 'field', sealed)).toBe('a secret');

    await new SweepOrganisation(fresh.store, after).run(tenantId, never);
    expect(await wrappedKey(tenantId)).toEqual(rewrapped);
  });

  it('says where a key is gone, and comes back for the rest in its time all the same', async () => {
    const tenantId = await organisation(new EnvelopeVault(ringOf([first])));
    const now = new Date();
    await expect(new SweepOrganisation(fresh.store, new EnvelopeVault(ringOf([second]))).run(tenantId, never, now)).rejects.toMatchObject({ code: 'unknown-key' });
    const work = await fresh.store.inTenant(tenantId, (tx) => tx.dueWork.get('retention.sweep', tenantId));
    expect(work?.dueAt).toEqual(new Date(now.getTime() + 3_600_000));
  });
});
