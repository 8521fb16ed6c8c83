import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { provenFail, provenPass } from '../engine/verdict.js';
import { eachSecret } from '../scopes/each-object.js';

const accountAnnotation = 'kubernetes.io/service-account.name';
const lastUsedLabel = 'kubernetes.io/legacy-token-last-used';
const invalidLabel = 'kubernetes.io/legacy-token-invalid-since';

const secret = (metadata: string, type: string) => manifests(`apiVersion: v1\nkind: Secret\nmetadata: {name: deployer-token, namespace: ci, ${metadata}}\ntype: ${type}`);
const tokenType = 'kubernetes.io/service-account-token';

export const legacySaTokens = defineControl({
  id: 'control-plane/legacy-sa-tokens',
  title: 'No service account token is kept in a Secret',
  severity: 'high',
  why: 'Such a token never expires, is bound to no pod, and is as good outside the cluster as inside. Whoever once read the Secret, a backup of it or the log of a pipeline keeps the account for ever.',
  remediation: 'Find who uses the token (`kubectl get --raw /metrics` on the API server counts uses of legacy tokens, the audit log names them), move them to short-lived tokens (`kubectl create token`, a projected volume, or workload identity), then delete the Secret.',
  frameworks: {
    'nsa-cisa': ['pod-security/service-account-tokens', 'network/secrets'], 'nist-800-190': ['4.3.2'], 'nist-800-53': ['IA-5'],
    'mitre-attack': ['T1528', 'T1550.001', 'T1552.001', 'T1552.007'], 'owasp-kubernetes': ['K03', 'K09'], 'pci-dss': ['8.6.3'], soc2: ['CC6.1'],
  },
  evidence: ['api'],
  scope: eachSecret,
  check(judged) {
    if (judged.type !== tokenType) return provenPass;
    const account = judged.annotations?.[accountAnnotation];
    const lastUsed = judged.labels?.[lastUsedLabel];
    const invalidSince = judged.labels?.[invalidLabel];
    const created = judged.createdAt?.slice(0, 10);
    // Dates, not days: an age would make a new finding of it every day.
    const facts = [created && `made on ${created}`, lastUsed ? `last used on ${lastUsed}` : 'no use on record', invalidSince && `refused since ${invalidSince}`].filter(Boolean).join(', ');
    return provenFail(`it holds a token of ${account ? `service account ${account}` : 'a service account'} that never expires: ${facts}`, {
      // The API server does not take it any more, but a label is all that stands before it.
      ...(invalidSince !== undefined && { severity: 'low' as const }),
      detail: { ...(account !== undefined && { account }), ...(created !== undefined && { created }), ...(lastUsed !== undefined && { lastUsed }), ...(invalidSince !== undefined && { invalidSince }) },
    });
  },
  examples: {
    passes: [secret('labels: {app: web}', 'Opaque'), secret('labels: {app: web}', 'kubernetes.io/tls')],
    fails: [
      secret('annotations: {kubernetes.io/service-account.name: deployer}, creationTimestamp: "2024-08-11T14:01:08Z", labels: {kubernetes.io/legacy-token-last-used: "2026-08-03"}', tokenType),
      secret('annotations: {kubernetes.io/service-account.name: deployer}, labels: {kubernetes.io/legacy-token-invalid-since: "2026-01-10"}', tokenType),
    ],
    unknown: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: ci}', { missing: { secrets: 'forbidden' } })],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: ci}')],
  },
});
