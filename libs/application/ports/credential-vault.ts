/**
 * Envelope encryption: a data key an organisation, wrapped by the key-encryption key of the installation.
 * What is sealed opens only for the same organisation, row and field.
 */
export interface CredentialVault {
  /** A fresh data key, wrapped for this organisation. */
  newDataKey(tenantId: string): Promise<Uint8Array>;
  seal(tenantId: string, wrappedDataKey: Uint8Array, rowId: string, field: string, plaintext: string): Promise<Uint8Array>;
  /** The same for bytes, such as a chunk of uploaded evidence. */
  sealBytes(tenantId: string, wrappedDataKey: Uint8Array, rowId: string, field: string, plaintext: Uint8Array): Promise<Uint8Array>;
  /** Throws where the bytes were made for another place, were changed, or the key-encryption key is gone. */
  open(tenantId: string, wrappedDataKey: Uint8Array, rowId: string, field: string, sealed: Uint8Array): Promise<string>;
  openBytes(tenantId: string, wrappedDataKey: Uint8Array, rowId: string, field: string, sealed: Uint8Array): Promise<Uint8Array>;
}

/** The rotation of the key-encryption key. */
export interface DataKeyRotation {
  /** The same data key, wrapped by the present key-encryption key; undefined where it is already. Throws where the one it is wrapped by is gone. */
  rewrap(tenantId: string, wrappedDataKey: Uint8Array): Uint8Array | undefined;
}
