import { randomBytes, randomUUID } from 'node:crypto';
import type { CredentialVault } from '../ports/credential-vault.js';

/** Whose secrets these are. */
export interface SecretsOwner {
  readonly tenantId: string;
  readonly wrappedDataKey: Uint8Array;
  readonly endpointId: string;
}

/** When a signing secret was made, and when it ends; null: not before it is rotated. */
export interface SecretTimes {
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

interface SealedSecret {
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** base64 */
  readonly sealed: string;
}

/** `whsec_` and 32 random bytes in base64, as Standard Webhooks wants it. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** A first secret, sealed. Each is sealed by itself, so that who adds one need not open the others. */
export async function sealSecret(vault: CredentialVault, owner: SecretsOwner, secret: string, at: Date): Promise<Uint8Array> {
  return encode([await sealed(vault, owner, secret, at)]);
}

/** Puts a secret in front and ends the one before it at `expiresAt`. Older ones end now: there are at most two. */
export async function rotateSecret(vault: CredentialVault, owner: SecretsOwner, secrets: Uint8Array, secret: string, at: Date, expiresAt: Date): Promise<Uint8Array> {
  const previous = decode(secrets)
    .slice(0, 1)
    .map((entry) => ({ ...entry, expiresAt: expiresAt.toISOString() }));
  return encode([await sealed(vault, owner, secret, at), ...previous.filter(isActive(at))]);
}

/** The secrets that are valid at a time, newest first. For a worker that is about to sign. */
export async function openSecrets(vault: CredentialVault, owner: SecretsOwner, secrets: Uint8Array, at: Date): Promise<readonly string[]> {
  const { tenantId, wrappedDataKey, endpointId } = owner;
  const active = decode(secrets).filter(isActive(at));
  return Promise.all(active.map(({ id, sealed }) => vault.open(tenantId, wrappedDataKey, endpointId, fieldOf(id), Buffer.from(sealed, 'base64'))));
}

/** Times of the secrets that are valid at a time, newest first, without opening them. */
export const secretTimes = (secrets: Uint8Array, at: Date): readonly SecretTimes[] =>
  decode(secrets)
    .filter(isActive(at))
    .map(({ createdAt, expiresAt }) => ({ createdAt: new Date(createdAt), expiresAt: expiresAt === null ? null : new Date(expiresAt) }));

async function sealed(vault: CredentialVault, { tenantId, wrappedDataKey, endpointId }: SecretsOwner, secret: string, at: Date): Promise<SealedSecret> {
  const id = randomUUID();
  const bytes = await vault.seal(tenantId, wrappedDataKey, endpointId, fieldOf(id), secret);
  return { id, createdAt: at.toISOString(), expiresAt: null, sealed: Buffer.from(bytes).toString('base64') };
}

const fieldOf = (id: string): string => `webhook-secret/${id}`;

const isActive =
  (at: Date) =>
  ({ expiresAt }: SealedSecret): boolean =>
    expiresAt === null || new Date(expiresAt) > at;

const encode = (secrets: readonly SealedSecret[]): Uint8Array => Buffer.from(JSON.stringify(secrets));

/** Ours alone writes this column. */
const decode = (secrets: Uint8Array): readonly SealedSecret[] => JSON.parse(Buffer.from(secrets).toString()) as readonly SealedSecret[];
