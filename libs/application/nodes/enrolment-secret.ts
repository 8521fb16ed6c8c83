import type { EnrolmentKey } from '#nodes/wire/enrolment-key.js';
import { notFound } from '../app-error.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store } from '../ports/store.js';
import type { StoredEnrolmentKey } from './enrolment-key.js';

/** What binds a sealed secret to its row. */
export const enrolmentKeyField = 'enrolment_keys.sealed';

/** The cluster's working key of this id with its secret, for checking a signature; undefined where it has none. */
export async function openEnrolmentKey(store: Store, vault: CredentialVault, tenantId: string, clusterId: string, lookupId: string): Promise<{ readonly stored: StoredEnrolmentKey; readonly key: EnrolmentKey } | undefined> {
  const found = await store.inTenant(tenantId, async (tx) => {
    const working = await tx.enrolmentKeys.working(clusterId, lookupId);
    if (!working) return undefined;
    const organisation = await tx.organisation.get();
    if (!organisation) throw notFound('organisation');
    return { ...working, wrappedDataKey: organisation.wrappedDataKey };
  });
  if (!found) return undefined;
  const secret = await vault.openBytes(tenantId, found.wrappedDataKey, found.key.id, enrolmentKeyField, found.sealed);
  return { stored: found.key, key: { id: lookupId, secret } };
}
