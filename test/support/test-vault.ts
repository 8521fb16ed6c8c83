import { randomBytes } from 'node:crypto';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { parseKeyRing } from '#operations/crypto/key-ring.js';

/** The real thing, under a key of this process. */
export const testVault = new EnvelopeVault(parseKeyRing(`test:${randomBytes(32).toString('base64')}`));
