import type { ComponentFacts } from '#inventory/facts.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { defineControl } from '../engine/control.js';
import type { ListScope } from '../engine/scope.js';
import { implied, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { apiServerProcesses, endpoint, type Endpoint, type Process } from '../scopes/api-server-endpoint.js';
import { isSet } from '../scopes/each-component.js';
import { apiServer, managedCluster } from './api-server-example.js';

/** From this minor on EKS encrypts everything in its API with a key of KMS, whatever its owner sets (user guide, "Default envelope encryption for all Kubernetes API data"). */
const encryptedByEks = { major: 1, minor: 28 };

function isEncryptedByProvider({ cluster }: World): boolean {
  const version = minorOf(cluster.version ?? '');
  return cluster.platform === 'eks' && version !== undefined && !isBefore(version, encryptedByEks);
}

/** Where a provider encrypts all clusters alike, that is what there is to judge. */
const whereEncrypted: ListScope<Endpoint | Process> = {
  name: 'kube-apiserver',
  family: 'list',
  needs: ['pods'],
  *subjects(world) {
    if (isEncryptedByProvider(world)) yield endpoint;
    else yield* apiServerProcesses(world);
  },
};

function judge(server: ComponentFacts): readonly Verdict[] {
  if (!isSet(server, 'encryption-provider-config')) {
    return [
      provenFail('--encryption-provider-config is not set: Secrets lie in etcd, and in every backup of it, as they are', { part: 'configured' }),
      implied('provider'),
    ];
  }
  return [
    passPart('configured'),
    unknown({ fact: 'component-flags', reason: 'not-requested', detail: 'which provider comes first for Secrets is in the file that --encryption-provider-config names, on the node: its flags do not show it' }, 'provider'),
  ];
}

export const etcdEncryption = defineControl({
  id: 'control-plane/etcd-encryption',
  title: 'Secrets are encrypted before they are stored',
  severity: 'critical',
  why: 'By default the API server writes Secrets to etcd as they are. Whoever gets a disk, a snapshot or a backup of it then has every password, key and token of the cluster, without ever having asked the API server.',
  remediation: 'Write an EncryptionConfiguration whose first provider for `secrets` is `kms` (version 2), or `secretbox` where there is no key management service, never `identity`. Mount it into kube-apiserver on every control plane node, set `--encryption-provider-config` in its manifest, one node at a time, then write all Secrets anew: `kubectl get secrets -A -o json | kubectl replace -f -`. On managed clusters switch on encryption of Secrets with a key of your own.',
  frameworks: {
    'cis-kubernetes': ['1.2.27#configured', '1.2.28#provider'], 'nsa-cisa': ['network/etcd', 'network/secrets', 'network/encryption'],
    'nist-800-53': ['SC-12', 'SC-13', 'SC-28', 'SC-28(1)'], 'mitre-attack': ['T1552'], 'owasp-kubernetes': ['K03'], 'pci-dss': ['3.6.1', '8.3.2'],
    soc2: ['CC6.1', 'C1.1'],
  },
  evidence: ['flags'],
  parts: { configured: 'encryption is configured', provider: 'Secrets\' first provider encrypts, best with a key management service' },
  scope: whereEncrypted,
  check: (subject) => (subject.kind === 'endpoint' ? [passPart('configured'), passPart('provider')] : judge(subject.component)),
  examples: {
    passes: [{ ...managedCluster, version: 'v1.35.2-eks-1234567', title: 'EKS encrypts with KMS by itself' }],
    fails: [apiServer(['--authorization-mode=Node,RBAC']), apiServer(['--encryption-provider-config=']), apiServer(['--encryption-provider-config-automatic-reload=true'])],
    unknown: [
      apiServer(['--encryption-provider-config=/etc/kubernetes/encryption.yaml'], { title: 'Which provider it names is on the node' }),
      { ...managedCluster, version: 'v1.27.16-eks-1234567', title: 'Before 1.28 it was the owner\'s to switch on' },
      managedCluster,
    ],
  },
});
