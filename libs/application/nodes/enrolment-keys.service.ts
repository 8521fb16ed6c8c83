import { randomBytes, randomUUID } from 'node:crypto';
import { formatEnrolmentKey } from '#nodes/wire/enrolment-key.js';
import { conflict, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { InputChecks } from '../input-checks.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store } from '../ports/store.js';
import type { StoredEnrolmentKey } from './enrolment-key.js';
import { enrolmentKeyChanged } from './enrolment-key-changed.js';
import { enrolmentKeyField } from './enrolment-secret.js';

export interface CreateEnrolmentKey {
  /** What it is for. */
  readonly name: string;
  /** It does not stop working by itself where not given. */
  readonly expiresAt?: Date;
}

export interface EnrolmentKeyWithText {
  readonly key: StoredEnrolmentKey;
  /** What a collector's key file holds. Shown once. */
  readonly text: string;
}

/** Of one cluster that work at a time: the present one, those of nodes that do not have it yet, and some more. */
const MOST_WORKING = 20;
const SECRET_BYTES = 32;
const list = byTime('enrolment-keys');

/**
 * The keys that collectors of a cluster sign with. Each is random and sealed under the organisation's data key: revoking one takes no
 * other with it, a rotation of the key-encryption key leaves them as they are, and deleting a cluster deletes them.
 */
export class EnrolmentKeysService {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
    private readonly lists: Lists,
  ) {}

  async create(caller: Caller, clusterId: string, { name, expiresAt }: CreateEnrolmentKey): Promise<EnrolmentKeyWithText> {
    caller.may('enrolment:write');
    const checks = new InputChecks();
    checks.text(name, '/name', 100);
    checks.require(expiresAt === undefined || expiresAt.getTime() > Date.now(), '/expiresAt', 'a time to come');
    checks.done('invalid-enrolment-key', 'The enrolment key cannot be created as asked.');

    const id = randomUUID();
    const lookupId = id.replaceAll('-', '');
    const secret = randomBytes(SECRET_BYTES);
    const { tenantId, keyId } = caller;
    return this.store.inTenant(tenantId, async (tx) => {
      // Locked, so that those that are made at once are counted.
      if (!(await tx.clusters.lock(clusterId))) throw notFound('cluster');
      const organisation = await tx.organisation.get();
      if (!organisation) throw notFound('organisation');
      if ((await tx.enrolmentKeys.countWorking(clusterId)) >= MOST_WORKING) {
        throw conflict('too-many-enrolment-keys', `A cluster has at most ${MOST_WORKING} enrolment keys that work. Revoke one that is no longer needed.`);
      }
      const sealed = await this.vault.sealBytes(tenantId, organisation.wrappedDataKey, id, enrolmentKeyField, secret);
      const key = await tx.enrolmentKeys.insert({ id, clusterId, lookupId, name, prefix: `bwe_${lookupId.slice(0, 8)}`, createdBy: keyId, expiresAt: expiresAt ?? null }, sealed);
      await tx.events.append([enrolmentKeyChanged('enrolment_key.created', key, keyId)]);
      return { key, text: formatEnrolmentKey({ id: lookupId, secret }) };
    });
  }

  /** Newest first, with those that were revoked. */
  async list(caller: Caller, clusterId: string, request: PageRequest): Promise<Page<StoredEnrolmentKey>> {
    caller.may('enrolment:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    const found = await this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      return tx.enrolmentKeys.list(clusterId, slice);
    });
    return this.lists.page(list, caller.tenantId, request, found, ({ createdAt, id }) => ({ at: createdAt, id }));
  }

  async get(caller: Caller, id: string): Promise<StoredEnrolmentKey> {
    caller.may('enrolment:read');
    const key = await this.store.inTenant(caller.tenantId, (tx) => tx.enrolmentKeys.get(id));
    if (!key) throw notFound('enrolment-key');
    return key;
  }

  /** Bundles that it signs are refused at once; what it signed before stays. Cannot be undone. */
  async revoke(caller: Caller, id: string): Promise<StoredEnrolmentKey> {
    caller.may('enrolment:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const before = await tx.enrolmentKeys.lock(id);
      if (!before) throw notFound('enrolment-key');
      if (before.revokedAt) return before;
      const key = await tx.enrolmentKeys.revoke(id, caller.keyId);
      if (!key) throw notFound('enrolment-key');
      await tx.events.append([enrolmentKeyChanged('enrolment_key.revoked', key, caller.keyId)]);
      return key;
    });
  }
}
