import type { RowSection } from '../extend.js';
import { byRule } from '../item-spec.js';
import { cloudField, lookAt, privateNodes, servedWithCertificates } from '../managed-items.js';
import { text } from '../remedies/remedy.js';
import { all, any, undecidable } from '../rules/rule.js';
import { equal, isSet, isUnset, notEqual, oneOf } from '../rules/value-test.js';
import { clusterItem, ofPools, setting, update } from './cluster-settings.js';

/** Clusters of 2024 and later have these in a message of their own. */
const endpoints = ['controlPlaneEndpointsConfig', 'ipEndpointsConfig'];

export const gkeNetworkAndSettings: readonly RowSection[] = [
  {
    id: '5.6', title: 'Networking',
    rows: [
      clusterItem('5.6.1', 'Flow logs and intranode visibility on', all(setting(['networkConfig', 'enableIntraNodeVisibility'], equal(true), false), undecidable('Whether the subnet of the cluster writes flow logs (`gcloud compute networks subnets describe SUBNET`, logConfig.enable).', 'the subnet that the cluster names')),
        'Run `gcloud compute networks subnets update SUBNET --enable-flow-logs` and `gcloud container clusters update NAME --enable-intra-node-visibility`.'),
      clusterItem('5.6.2', 'VPC-native networking', setting(['ipAllocationPolicy', 'useIpAliases'], equal(true), false), 'Make the cluster again with `--enable-ip-alias`: it cannot be changed later.'),
      clusterItem('5.6.3', 'Control-plane authorized networks on', cloudField('gke', [[...endpoints, 'authorizedNetworksConfig', 'enabled'], ['masterAuthorizedNetworksConfig', 'enabled']], equal(true), { absent: { means: false } }), update('--enable-master-authorized-networks --master-authorized-networks CIDR')),
      clusterItem('5.6.4', 'Private endpoint on, public off', any(cloudField('gke', [[...endpoints, 'enablePublicEndpoint']], equal(false), { absent: { means: true } }), setting(['privateClusterConfig', 'enablePrivateEndpoint'], equal(true), false)), update('--enable-private-endpoint')),
      privateNodes('5.6.5', 'automated', 'Run `gcloud container clusters update NAME --enable-private-nodes`, with Cloud NAT for what nodes fetch.'),
      lookAt('5.6.6', 'Worker nodes firewalled', 'manual', 'Which firewall rules of the network let traffic in to the nodes\' tags or service account (`gcloud compute firewall-rules list`).', 'Make rules that let in what the nodes serve, and one of low priority that denies the rest.'),
      servedWithCertificates('5.6.7', 'Google-managed certificates on ingresses', 'automated', ['networking.gke.io/managed-certificates', 'networking.gke.io/certmap'], 'Make a ManagedCertificate (networking.gke.io/v1) for the hosts, and name it by networking.gke.io/managed-certificates on the Ingress.',
        { annotation: 'networking.gke.io/managed-certificates', resource: 'managedcertificates.networking.gke.io' }),
    ],
  },
  {
    id: '5.7', title: 'Logging',
    rows: [
      clusterItem('5.7.1', 'Cloud logging and monitoring on', all(setting(['loggingService'], oneOf('logging.googleapis.com/kubernetes', 'logging.googleapis.com')), setting(['monitoringService'], oneOf('monitoring.googleapis.com/kubernetes', 'monitoring.googleapis.com'))), update('--logging=SYSTEM,WORKLOAD --monitoring=SYSTEM')),
      byRule('5.7.2', 'Linux auditd logging deployed', { kind: 'objects-named', resources: ['daemonsets.apps'], names: ['cos-auditd-logging'], exist: true }, {
        assessment: 'manual', target: 'cluster', remedy: text('Deploy Google\'s DaemonSet cos-auditd-logging, which switches auditd on and ships its log to Cloud Logging.'),
      }),
    ],
  },
  {
    id: '5.8', title: 'Authentication and authorization',
    rows: [
      clusterItem('5.8.1', 'No client certificate issued for the cluster', setting(['masterAuth', 'clientCertificate'], isUnset, null), 'Make the cluster with `--no-issue-client-certificate`; one that is issued can be taken back by rotating credentials (`gcloud container clusters update NAME --start-credential-rotation`).'),
      clusterItem('5.8.2', 'RBAC through Google Groups', setting(['authenticatorGroupsConfig', 'enabled'], equal(true), false), update('--security-group=gke-security-groups@DOMAIN'), 'manual'),
      clusterItem('5.8.3', 'Legacy ABAC off', setting(['legacyAbac', 'enabled'], notEqual(true), false), update('--no-enable-legacy-authorization')),
    ],
  },
  {
    id: '5.9', title: 'Storage',
    rows: [
      byRule('5.9.1', 'Persistent disks use customer-managed keys',
        any({ kind: 'object', object: { resource: 'storageclasses.storage.k8s.io' }, path: ['parameters', 'disk-encryption-kms-key'], is: isSet }, undecidable('Whether disks are made only by classes that name a key, and with which key those that are there are encrypted.', 'StorageClasses without disk-encryption-kms-key')), {
          assessment: 'manual', target: 'cluster', remedy: text('Make a StorageClass of pd.csi.storage.gke.io whose parameters name disk-encryption-kms-key, make it the default, and move volumes there.'),
        }),
      clusterItem('5.9.2', 'Boot disks use customer-managed keys', ofPools(['config', 'bootDiskKmsKey'], isSet, null), 'Make node pools with `--boot-disk-kms-key`, and delete those without it.'),
    ],
  },
  {
    id: '5.10', title: 'Other settings',
    rows: [
      byRule('5.10.1', 'Kubernetes Dashboard add-on off', { kind: 'objects-named', resources: ['deployments.apps'], names: ['kubernetes-dashboard'], label: ['k8s-app', 'kubernetes-dashboard'], exist: false }, {
        assessment: 'automated', target: 'cluster', remedy: text(update('--update-addons=KubernetesDashboard=DISABLED')),
      }),
      clusterItem('5.10.2', 'Alpha cluster not used for production', setting(['enableKubernetesAlpha'], notEqual(true), false), 'Move what runs there to a cluster without alpha features, and delete it: it ends after 30 days by itself, and is never upgraded.'),
      byRule('5.10.3', 'Untrusted workloads sandboxed with gVisor', undecidable('Which workloads run code that nobody trusts, and whether those run in GKE Sandbox.', 'pods and their runtimeClassName', 'nodes with the label sandbox.gke.io/runtime'), {
        assessment: 'automated', target: 'cluster', remedy: text('Make a node pool with `--sandbox type=gvisor`, and set `runtimeClassName: gvisor` on workloads that nobody trusts.'),
      }, { class: 'api', resources: ['pods', 'nodes', 'runtimeclasses.node.k8s.io'] }),
      clusterItem('5.10.4', 'Security posture dashboard on', setting(['securityPostureConfig', 'mode'], oneOf('BASIC', 'ENTERPRISE'), null), update('--security-posture=standard')),
    ],
  },
];
