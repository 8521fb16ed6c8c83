import type { Control } from '../engine/control.js';
import { digestPinning } from './digest-pinning.js';
import { imagePullPolicy } from './image-pull-policy.js';
import { secretAge } from './secret-age.js';
import { secretsInPlainText } from './secrets-in-plain-text.js';
import { secretsInEnv } from './secrets-in-env.js';
import { sharedServiceAccount } from './shared-service-account.js';
import { signatureAdmission } from './signature-admission.js';
import { unusedSecrets } from './unused-secrets.js';
import { trustedRegistries } from './trusted-registries.js';

export const supplyChainControls: readonly Control[] = [trustedRegistries, digestPinning, signatureAdmission, imagePullPolicy, secretsInEnv, secretsInPlainText, secretAge, unusedSecrets, sharedServiceAccount];
