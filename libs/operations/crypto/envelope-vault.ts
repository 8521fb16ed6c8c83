import type { CredentialVault, DataKeyRotation } from '#application/ports/credential-vault.js';
import { createDataKey, credentialAad, needsRewrap, open, rewrapDataKey, seal, unwrapDataKey, wrapDataKey, type DataKey } from './envelope.js';
import type { KeyRing } from './key-ring.js';

/** Length of a UUID in text: the data key's id stands before its wrapped bytes. */
const ID_LENGTH = 36;

/** Envelope encryption under the ring of the settings. Stateless: a data key lives unwrapped for one call. */
export class EnvelopeVault implements CredentialVault, DataKeyRotation {
  constructor(private readonly ring: KeyRing) {}

  newDataKey(tenantId: string): Promise<Uint8Array> {
    const dataKey = createDataKey();
    return Promise.resolve(Buffer.concat([Buffer.from(dataKey.id, 'latin1'), wrapDataKey(this.ring, dataKey, tenantId)]));
  }

  async seal(tenantId: string, wrappedDataKey: Uint8Array, rowId: string, field: string, plaintext: string): Promise<Uint8Array> {
    return seal(this.dataKey(tenantId, wrappedDataKey), plaintext, place(tenantId, rowId, field));
  }

  async open(tenantId: string, wrappedDataKey: Uint8Array, rowId: string, field: string, sealed: Uint8Array): Promise<string> {
    return open(this.dataKey(tenantId, wrappedDataKey), sealed, place(tenantId, rowId, field)).toString('utf8');
  }

  async sealBytes(tenantId: string, wrappedDataKey: Uint8Array, rowId: string, field: string, plaintext: Uint8Array): Promise<Uint8Array> {
    return seal(this.dataKey(tenantId, wrappedDataKey), plaintext, place(tenantId, rowId, field));
  }

  async openBytes(tenantId: string, wrappedDataKey: Uint8Array, rowId: string, field: string, sealed: Uint8Array): Promise<Uint8Array> {
    return open(this.dataKey(tenantId, wrappedDataKey), sealed, place(tenantId, rowId, field));
  }

  rewrap(tenantId: string, wrappedDataKey: Uint8Array): Uint8Array | undefined {
    const { id, wrapped } = parts(wrappedDataKey);
    if (!needsRewrap(this.ring, wrapped)) return undefined;
    return Buffer.concat([Buffer.from(id, 'latin1'), rewrapDataKey(this.ring, wrapped, { tenantId, dataKeyId: id })]);
  }

  private dataKey(tenantId: string, wrappedDataKey: Uint8Array): DataKey {
    const { id, wrapped } = parts(wrappedDataKey);
    return unwrapDataKey(this.ring, wrapped, { tenantId, dataKeyId: id });
  }
}

function parts(wrappedDataKey: Uint8Array): { readonly id: string; readonly wrapped: Uint8Array } {
  const bytes = Buffer.from(wrappedDataKey);
  return { id: bytes.toString('latin1', 0, ID_LENGTH), wrapped: bytes.subarray(ID_LENGTH) };
}

/** Rows are known by ids that no other table has, so the table adds nothing but clarity. */
const place = (tenantId: string, rowId: string, field: string): Buffer => credentialAad({ tenantId, table: field, rowId, field, version: 1 });
