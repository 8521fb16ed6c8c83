import type { Control } from '../engine/control.js';
import { digestPinning } from './digest-pinning.js';
import { externalSecretStore } from './external-secret-store.js';
import { helmAndGitopsSources } from './helm-and-gitops-sources.js';
import { imagePullPolicy } from './image-pull-policy.js';
import { secretAge } from './secret-age.js';
import { secretsInEnv } from './secrets-in-env.js';
import { secretsInPlainText } from './secrets-in-plain-text.js';
import { sharedServiceAccount } from './shared-service-account.js';
import { signatureAdmission } from './signature-admission.js';
import { trustedRegistries } from './trusted-registries.js';
import { unusedSecrets } from './unused-secrets.js';
import { workloadIdentity } from './workload-identity.js';

export const supplyChainControls: readonly Control[] = [trustedRegistries, digestPinning, signatureAdmission, imagePullPolicy, secretsInEnv, secretsInPlainText, externalSecretStore, secretAge, unusedSecrets, workloadIdentity, sharedServiceAccount, helmAndGitopsSources];
