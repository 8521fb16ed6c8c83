import type { MetadataFacts } from '#inventory/facts.js';

/** Where a Secret comes from: what its age says, and whether its use can be seen, depends on that. */
export type SecretOrigin =
  /** People, or a chart, wrote it: what it holds stays until they write it anew. */
  | { readonly by: 'people' }
  /** Its ciphertext was written by people; a controller opened it. */
  | { readonly by: 'sealed' }
  /** A store outside of the cluster has it, and a controller copies it. */
  | { readonly by: 'store'; readonly product: string }
  /** A program made it, for itself or to renew it. */
  | { readonly by: 'program'; readonly reason: string };

const programTypes: Readonly<Record<string, string>> = {
  'kubernetes.io/service-account-token': 'a token of a service account, which has a control of its own',
  'bootstrap.kubernetes.io/token': 'a token by which nodes join, which expires',
  'helm.sh/release.v1': 'what Helm remembers of a release',
};

/** Owners of external stores' copies, as `Kind.group`. */
const storeOwners: Readonly<Record<string, string>> = {
  'ExternalSecret.external-secrets.io': 'External Secrets',
  'VaultStaticSecret.secrets.hashicorp.com': 'Vault Secrets Operator',
  'VaultDynamicSecret.secrets.hashicorp.com': 'Vault Secrets Operator',
  'VaultPKISecret.secrets.hashicorp.com': 'Vault Secrets Operator',
  'SecretProviderClassPodStatus.secrets-store.csi.x-k8s.io': 'Secrets Store CSI driver',
  'OnePasswordItem.onepassword.com': '1Password operator',
  'DopplerSecret.secrets.doppler.com': 'Doppler operator',
  'InfisicalSecret.secrets.infisical.com': 'Infisical operator',
};

const storeLabels: Readonly<Record<string, string>> = {
  'reconcile.external-secrets.io/managed': 'External Secrets',
  'secrets-store.csi.k8s.io/managed': 'Secrets Store CSI driver',
};

/** Labels and annotations by which a program tells its own. */
const programMarks: Readonly<Record<string, string>> = {
  'cert-manager.io/certificate-name': 'cert-manager makes and renews it',
  'controller.cert-manager.io/fao': 'cert-manager makes and renews it',
  'sealedsecrets.bitnami.com/sealed-secrets-key': 'a key of the Sealed Secrets controller, which keeps its old ones to open what they sealed',
  'cert.kyverno.io/managed-by': 'Kyverno makes and renews it',
};

/** Names that a platform gives to Secrets of its own. */
const platformNames: readonly (readonly [RegExp, string])[] = [
  [/^sh\.helm\.release\.v1\..+\.v\d+$/, 'what Helm remembers of a release'],
  [/\.node-password\.k3s$/, 'k3s knows a node by it'],
  [/\.node-password\.rke2$/, 'RKE2 knows a node by it'],
  [/^k3s-serving$|^rke2-serving$/, 'the certificate that the server makes and renews'],
];

export function originOf({ name, type, labels = {}, annotations = {}, owners = [] }: MetadataFacts): SecretOrigin {
  const program = (reason: string): SecretOrigin => ({ by: 'program', reason });
  const ofType = type === undefined ? undefined : programTypes[type];
  if (ofType !== undefined) return program(ofType);
  for (const owner of owners) {
    const product = storeOwners[owner];
    if (product !== undefined) return { by: 'store', product };
  }
  for (const [label, product] of Object.entries(storeLabels)) if (labels[label] !== undefined) return { by: 'store', product };
  if (labels['app.kubernetes.io/managed-by'] === 'hashicorp-vso') return { by: 'store', product: 'Vault Secrets Operator' };
  if (owners.includes('SealedSecret.bitnami.com')) return { by: 'sealed' };
  for (const [mark, reason] of Object.entries(programMarks)) if (labels[mark] !== undefined || annotations[mark] !== undefined) return program(reason);
  if (labels['app.kubernetes.io/managed-by'] === 'cert-manager-webhook') return program('cert-manager makes and renews it');
  if (Object.keys(annotations).some((annotation) => /(?:^|\.)openshift\.io\//.test(annotation))) return program('OpenShift makes and renews it');
  for (const [pattern, reason] of platformNames) if (pattern.test(name)) return program(reason);
  if (owners.length > 0) return program(`its owner (${owners[0]!.slice(0, 100)}) makes it`);
  return { by: 'people' };
}

/** Namespaces whose Secrets a platform's own components find by name. */
export const isPlatformNamespace = (namespace: string): boolean => namespace === 'kube-system' || namespace === 'kube-public' || namespace === 'kube-node-lease' || /^openshift(?:-|$)/.test(namespace);
