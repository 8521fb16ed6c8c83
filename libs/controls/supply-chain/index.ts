import type { Control } from '../engine/control.js';
import { digestPinning } from './digest-pinning.js';
import { secretsInPlainText } from './secrets-in-plain-text.js';
import { secretsInEnv } from './secrets-in-env.js';
import { sharedServiceAccount } from './shared-service-account.js';
import { signatureAdmission } from './signature-admission.js';
import { trustedRegistries } from './trusted-registries.js';

export const supplyChainControls: readonly Control[] = [trustedRegistries, digestPinning, signatureAdmission, secretsInEnv, secretsInPlainText, sharedServiceAccount];
