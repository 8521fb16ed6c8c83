import type { RowSection } from '../extend.js';
import { byRule } from '../item-spec.js';
import { lookAt, ownIdentities } from '../managed-items.js';
import { text } from '../remedies/remedy.js';
import { all } from '../rules/rule.js';
import { equal, isSet, notEqual, oneOf, startsWith } from '../rules/value-test.js';
import { clusterItem, ofPools, setting, update, updatePool } from './cluster-settings.js';

const node = { resource: 'nodes' } as const;

export const gkeServices: readonly RowSection[] = [
  {
    id: '5.1', title: 'Image registry and scanning',
    rows: [
      lookAt('5.1.1', 'Container images are vulnerability-scanned', 'automated', 'Whether the API containerscanning.googleapis.com is on for the project (`gcloud services list --enabled`).', 'Run `gcloud services enable containerscanning.googleapis.com`.'),
      lookAt('5.1.2', 'Few users can write to image repositories', 'manual', 'Who has roles/artifactregistry.writer, or more, on the repositories (`gcloud artifacts repositories get-iam-policy`).', 'Leave artifactregistry.writer to the service accounts of your build pipelines.'),
      lookAt('5.1.3', 'Cluster has read-only image access', 'manual', 'Which roles the service account of the nodes has on the repositories and on the project.', 'Give the nodes\' service account roles/artifactregistry.reader and take away what may write.'),
      clusterItem('5.1.4', 'Only trusted images run (Binary Authorization)', setting(['binaryAuthorization', 'evaluationMode'], oneOf('PROJECT_SINGLETON_POLICY_ENFORCE', 'POLICY_BINDINGS', 'POLICY_BINDINGS_AND_PROJECT_SINGLETON_POLICY_ENFORCE'), null),
        update('--binauthz-evaluation-mode=PROJECT_SINGLETON_POLICY_ENFORCE'), 'manual'),
    ],
  },
  {
    id: '5.2', title: 'Identity of nodes and workloads',
    rows: [
      clusterItem('5.2.1', 'Nodes do not use the Compute Engine default service account', all(ofPools(['config', 'serviceAccount'], isSet), ofPools(['config', 'serviceAccount'], notEqual('default'))),
        'Make node pools with `--service-account` of an account that has roles/container.defaultNodeServiceAccount alone, and delete those that run as the default one.'),
      ownIdentities('5.2.2', 'Workload Identity used', 'Run `gcloud container clusters update NAME --location LOCATION --workload-pool=PROJECT.svc.id.goog`, set `--workload-metadata=GKE_METADATA` on node pools, and bind service accounts to IAM.'),
    ],
  },
  { id: '5.3', title: 'Keys', rows: [clusterItem('5.3.1', 'Secrets encrypted with a Cloud KMS key', setting(['databaseEncryption', 'state'], equal('ENCRYPTED'), null), update('--database-encryption-key=projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY'))] },
  {
    id: '5.4', title: 'Node metadata',
    rows: [byRule('5.4.1', 'GKE metadata server protects node metadata', { kind: 'object', object: node, path: ['metadata', 'labels', 'iam.gke.io/gke-metadata-server-enabled'], is: equal('true') }, { assessment: 'automated', target: 'node', remedy: text(updatePool('--workload-metadata=GKE_METADATA')) })],
  },
  {
    id: '5.5', title: 'Nodes',
    rows: [
      byRule('5.5.1', 'Nodes run Container-Optimized OS with containerd', all(
        { kind: 'object', object: node, path: ['status', 'nodeInfo', 'osImage'], is: startsWith('Container-Optimized OS') },
        { kind: 'object', object: node, path: ['status', 'nodeInfo', 'containerRuntimeVersion'], is: startsWith('containerd://') },
      ), { assessment: 'automated', target: 'node', remedy: text('Run `gcloud container clusters upgrade NAME --location LOCATION --node-pool POOL --image-type COS_CONTAINERD` for each pool.') }),
      clusterItem('5.5.2', 'Node auto-repair on', ofPools(['management', 'autoRepair'], equal(true), false), updatePool('--enable-autorepair')),
      clusterItem('5.5.3', 'Node auto-upgrade on', ofPools(['management', 'autoUpgrade'], equal(true), false), updatePool('--enable-autoupgrade')),
      clusterItem('5.5.4', 'Cluster follows a release channel', setting(['releaseChannel', 'channel'], oneOf('RAPID', 'REGULAR', 'STABLE', 'EXTENDED'), null), update('--release-channel=regular')),
      clusterItem('5.5.5', 'Shielded nodes on', setting(['shieldedNodes', 'enabled'], equal(true), false), update('--enable-shielded-nodes')),
      clusterItem('5.5.6', 'Shielded nodes: integrity monitoring on', ofPools(['config', 'shieldedInstanceConfig', 'enableIntegrityMonitoring'], equal(true), false), 'Make node pools with `--shielded-integrity-monitoring`, and delete those without it.'),
      clusterItem('5.5.7', 'Shielded nodes: secure boot on', ofPools(['config', 'shieldedInstanceConfig', 'enableSecureBoot'], equal(true), false), 'Make node pools with `--shielded-secure-boot`, and delete those without it.'),
    ],
  },
];
