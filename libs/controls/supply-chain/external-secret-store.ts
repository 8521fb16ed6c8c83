import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, notApplicable, provenPass, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { isPlatformNamespace, originOf } from './secret-origins.js';
import { storesOfPods } from './secret-store-traces.js';

/** Resources of which each copies something of a store. */
const copies = ['externalsecrets.external-secrets.io', 'vaultstaticsecrets.secrets.hashicorp.com', 'vaultdynamicsecrets.secrets.hashicorp.com'] as const;

/** Types whose content people choose. Certificates are left out: they are made, and they end. */
const staticTypes: ReadonlySet<string | undefined> = new Set(['Opaque', 'kubernetes.io/basic-auth', 'kubernetes.io/ssh-auth', 'kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg', undefined]);

function judge(world: World): Verdict {
  if (copies.some((key) => world.seen(key).length > 0) || world.seen('secrets').some((secret) => originOf(secret).by === 'store')) return provenPass;
  if (world.use(storesOfPods).size > 0) return provenPass;
  for (const key of copies) world.list(key);
  const written = world.list('secrets').filter((secret) => staticTypes.has(secret.type) && !isPlatformNamespace(secret.namespace) && ['people', 'sealed'].includes(originOf(secret).by));
  if (written.length === 0) return notApplicable('there is no Secret that somebody wrote');
  const namespaces = [...new Set(written.map(({ namespace }) => namespace))].sort();
  const where = `${written.length} ${written.length === 1 ? 'Secret' : 'Secrets'} in ${namespaces.slice(0, 5).join(', ')}${namespaces.length > 5 ? ' …' : ''}`;
  const detail = { secrets: written.length, namespaces: namespaces.slice(0, 50) };
  const sealed = world.list('sealedsecrets.bitnami.com').length;
  if (sealed > 0) return fail(`Sealed Secrets keeps ${sealed} of them unreadable in a repository, but no store outside holds or replaces what is in the cluster: ${where}`, { severity: 'low', detail: { ...detail, sealedSecrets: sealed } });
  return fail(`no store outside of the cluster is in use, and somebody wrote ${where}`, { detail });
}

const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\ntype: Opaque\n';
const pod = (spec: string) => `---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {${spec}}\n`;

export const externalSecretStore = defineControl({
  id: 'supply-chain/external-secret-store',
  title: 'Credentials come from a store outside of the cluster',
  severity: 'medium',
  why: 'What is only in Secrets is copied by hand, lies in manifests and in backups of etcd, and is read by whoever may list Secrets, with no record of who used it. A store gives each program its own, says who got what, and replaces it in one place.',
  remediation: 'Put the credentials into a store (Vault, OpenBao, or that of your cloud), and bring them to the pods that need them: by the Secrets Store CSI driver or the Vault Agent Injector as files that are no Secrets at all, or by External Secrets or the Vault Secrets Operator as Secrets that are kept up to date. Let the store know the cluster by service accounts, not by one more static credential. Sealed Secrets or SOPS keep credentials out of sight in a repository, and do nothing more.',
  frameworks: {
    'cis-kubernetes': ['5.4.2'], 'nsa-cisa': ['network/secrets'], 'nist-800-190': ['4.1.4'], 'nist-800-53': ['IA-5', 'SC-12', 'SC-28'],
    'mitre-attack': ['T1552', 'T1552.007'], 'owasp-kubernetes': ['K03'], 'pci-dss': ['3.6.1', '8.3.2', '8.6.3'], soc2: ['CC6.1'],
  },
  evidence: ['api'],
  scope: wholeCluster(),
  check: judge,
  examples: {
    passes: [
      manifests(`${secret}---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: db, namespace: shop}\nspec: {secretStoreRef: {name: vault, kind: ClusterSecretStore}}`),
      manifests(`${secret}---\napiVersion: secrets.hashicorp.com/v1beta1\nkind: VaultDynamicSecret\nmetadata: {name: db, namespace: shop}\nspec: {mount: db, path: creds/shop, destination: {name: db}}`),
      manifests(secret + pod('containers: [{name: app, image: "registry.example/app:1"}], volumes: [{name: store, csi: {driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {secretProviderClass: shop}}}]')),
      manifests(secret + pod('containers: [{name: app, image: "registry.example/app:1"}, {name: vault-agent, image: "hashicorp/vault:1.20"}]')),
    ],
    fails: [
      manifests(secret),
      manifests(`${secret}---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}`, { title: 'Only sealed in a repository, which is less severe' }),
      manifests(`${secret}---\napiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: vault, namespace: shop}\nspec: {provider: {vault: {server: "https://vault.example"}}}`, { title: 'A store from which nothing comes' }),
    ],
    unknown: [
      manifests(secret, { missing: { 'externalsecrets.external-secrets.io': 'forbidden' } }),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { secrets: 'forbidden' } }),
    ],
    notApplicable: [manifests('apiVersion: v1\nkind: Secret\nmetadata: {name: web-tls, namespace: shop, annotations: {cert-manager.io/certificate-name: web}}\ntype: kubernetes.io/tls')],
  },
});
