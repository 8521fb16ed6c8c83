import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { CredentialVault } from '../ports/credential-vault.js';

/** The row that sealed bytes belong to, of whichever organisation. */
export interface SealedPlace {
  readonly tenantId: string;
  readonly wrappedDataKey: Uint8Array;
  readonly id: string;
  readonly field: string;
}

/** A value as JSON, gzipped and encrypted for its place. */
export async function sealJson(vault: CredentialVault, { tenantId, wrappedDataKey, id, field }: SealedPlace, value: unknown): Promise<Uint8Array> {
  return vault.sealBytes(tenantId, wrappedDataKey, id, field, await promisify(gzip)(JSON.stringify(value)));
}

/** What was sealed there; its type is that of what was, for nobody else can have sealed it. Throws what the vault throws. */
export async function openJson<T>(vault: CredentialVault, { tenantId, wrappedDataKey, id, field }: SealedPlace, sealed: Uint8Array): Promise<T> {
  const packed = await vault.openBytes(tenantId, wrappedDataKey, id, field, sealed);
  return JSON.parse((await promisify(gunzip)(packed)).toString('utf8')) as T;
}
