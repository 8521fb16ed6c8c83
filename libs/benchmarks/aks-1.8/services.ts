import type { RowSection } from '../extend.js';
import { approvedRegistries, cloudField, cloudItem, lookAt, ownIdentities, policyEngine, privateNodes, servedWithCertificates } from '../managed-items.js';
import { all, any } from '../rules/rule.js';
import { equal, isSet } from '../rules/value-test.js';

const update = 'az aks update --resource-group GROUP --name NAME';

/** The CLI and the API spell these fields differently. */
const authorizedRanges = [['apiServerAccessProfile', 'authorizedIpRanges'], ['apiServerAccessProfile', 'authorizedIPRanges']];
const publicName = [['apiServerAccessProfile', 'enablePrivateClusterPublicFqdn'], ['apiServerAccessProfile', 'enablePrivateClusterPublicFQDN']];
const azureRbac = [['aadProfile', 'enableAzureRbac'], ['aadProfile', 'enableAzureRBAC']];
const isPrivate = cloudField('aks', [['apiServerAccessProfile', 'enablePrivateCluster']], equal(true), { absent: { means: false } });

export const aksControlPlane: RowSection = {
  id: '2.1', title: 'Logging',
  rows: [
    lookAt('2.1.1', 'Control-plane audit logs exported', 'unmarked', 'Whether a diagnostic setting of the cluster exports kube-audit or kube-audit-admin (`az monitor diagnostic-settings list --resource CLUSTER_ID`).',
      'Run `az monitor diagnostic-settings create --name audit --resource CLUSTER_ID --workspace WORKSPACE --logs \'[{"category":"kube-audit-admin","enabled":true},{"category":"guard","enabled":true}]\'`.'),
  ],
};

export const aksServices: readonly RowSection[] = [
  {
    id: '5.1', title: 'Image registry and scanning',
    rows: [
      lookAt('5.1.1', 'Container images are vulnerability-scanned', 'manual', 'Whether Defender for Containers is on for the subscription (`az security pricing show --name Containers`).', 'Run `az security pricing create --name Containers --tier Standard`.'),
      lookAt('5.1.2', 'Few users can write to ACR', 'manual', 'Who has AcrPush, or more, on the registry (`az role assignment list --scope REGISTRY_ID`).', 'Leave AcrPush to the identities of your build pipelines and delete other assignments.'),
      lookAt('5.1.3', 'Nodes have read-only ACR access', 'manual', 'Whether the identity of the kubelets has AcrPull and no more on the registry.', 'Run `az aks update --attach-acr REGISTRY`, which grants AcrPull, and delete other assignments of the kubelets\' identity.'),
      approvedRegistries('5.1.4'),
    ],
  },
  { id: '5.2', title: 'Identity of workloads', rows: [ownIdentities('5.2.1', 'Workloads use their own Entra identity', `Run \`${update} --enable-oidc-issuer --enable-workload-identity\`, and annotate each workload's service account with azure.workload.identity/client-id.`)] },
  {
    id: '5.3', title: 'Keys',
    rows: [cloudItem('5.3.1', 'Secrets encrypted with a managed key', 'manual', cloudField('aks', [['securityProfile', 'azureKeyVaultKms', 'enabled']], equal(true), { absent: { means: false } }), `Run \`${update} --enable-azure-keyvault-kms --azure-keyvault-kms-key-id KEY\`, then write every Secret once more.`)],
  },
  {
    id: '5.4', title: 'Networking',
    rows: [
      cloudItem('5.4.1', 'Public control-plane endpoint restricted', 'manual', any(isPrivate, cloudField('aks', authorizedRanges, isSet, { absent: { means: null } })), `Run \`${update} --api-server-authorized-ip-ranges CIDR\` with the networks that you come from.`),
      cloudItem('5.4.2', 'Private endpoint on, public name off', 'manual', all(isPrivate, cloudField('aks', publicName, equal(false))), `Make the cluster with \`--enable-private-cluster\`, or give a public one API server VNet integration, and run \`${update} --disable-public-fqdn\`.`),
      privateNodes('5.4.3', 'manual', 'Make node pools without `--enable-node-public-ip` (`az aks nodepool add`), and delete those that have it.'),
      policyEngine('5.4.4', `Run \`${update} --network-policy cilium\` (or calico, or azure), and write policies.`, cloudField('aks', [['networkProfile', 'networkPolicy']], { op: 'one-of', values: ['azure', 'calico', 'cilium'] }, { absent: { means: null } })),
      servedWithCertificates('5.4.5', 'HTTPS load balancers carry certificates', 'manual', ['kubernetes.azure.com/tls-cert-keyvault-uri', 'appgw.ingress.kubernetes.io/appgw-ssl-certificate'],
        'Give each Ingress a `tls` entry, or a certificate of Key Vault by kubernetes.azure.com/tls-cert-keyvault-uri, and put Services that are open to the internet behind one.'),
    ],
  },
  {
    id: '5.5', title: 'Authentication of people',
    rows: [
      cloudItem('5.5.1', 'Users come from Entra ID', 'manual', cloudField('aks', [['aadProfile', 'managed']], equal(true), { absent: { means: false } }),
        `Run \`${update} --enable-aad --aad-admin-group-object-ids GROUP_ID\`, and \`--disable-local-accounts\` so that nobody comes in without it.`),
      cloudItem('5.5.2', 'Azure RBAC authorizes Kubernetes access', 'manual', cloudField('aks', azureRbac, equal(true), { absent: { means: false } }), `Run \`${update} --enable-azure-rbac\`, and assign Azure Kubernetes Service RBAC roles.`),
    ],
  },
];
