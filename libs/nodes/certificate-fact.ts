import type { NodePath } from './file-fact.js';
import type { Listed, Reading } from './reading.js';

/** What a certificate tells everybody. Nothing of a private key is ever read. */
export interface CertificateFact {
  /** SHA-256 of its DER, in lower-case hexadecimals: the same for the same certificate in any file. */
  readonly fingerprint: string;
  /** Common name, or what stands for it, and its organisations: Kubernetes takes them for user and groups. */
  readonly subject: string;
  readonly organizations: readonly string[];
  readonly issuer: string;
  readonly isAuthority: boolean;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** `rsa`, `ec`, `ed25519` …; `unknown` where its key cannot be read. */
  readonly keyType: string;
  readonly keyBits?: number;
  /** Name of the algorithm it is signed with, or its object identifier; left out of roots. */
  readonly signature?: string;
}

/** The certificates of one PEM or DER file, in order. */
export interface CertificateFile {
  readonly path: NodePath;
  readonly content: Reading<Listed<CertificateFact>>;
}
