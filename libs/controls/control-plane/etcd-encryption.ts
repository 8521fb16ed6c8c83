import { writerOf, type EncryptedResources } from '#inventory/components/encryption-configuration.js';
import type { ComponentFacts } from '#inventory/facts.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { defineControl } from '../engine/control.js';
import type { Example } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { valueOf } from '../engine/values.js';
import { implied, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { apiServerProcesses, endpoint, type Endpoint, type Process } from '../scopes/api-server-endpoint.js';
import { fileOf, isSet } from '../scopes/each-component.js';
import { flagsIn } from '../scopes/flag-values.js';
import { apiServer, apiServerWithFile, managedCluster } from './api-server-example.js';

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
      implied('key-service'),
    ];
  }
  const file = fileOf(server, 'encryption-provider-config', 'which provider comes first for Secrets is');
  return [passPart('configured'), ...(file.state === 'missing' ? [unknown(file.missing, 'provider'), unknown(file.missing, 'key-service')] : judgeProvider(file.value))];
}

function judgeProvider(entries: readonly EncryptedResources[]): readonly Verdict[] {
  const provider = writerOf(entries, 'secrets');
  const said = { detail: { provider } };
  if (provider === 'identity') return [provenFail('the first provider for Secrets is identity, or none is for them: they lie in etcd, and in every backup of it, as they are', { part: 'provider', ...said }), implied('key-service')];
  const first = provider === 'aesgcm' ? provenFail('the first provider for Secrets is aesgcm, whose key must be replaced every 200,000 writes, which nobody counts', { part: 'provider', severity: 'medium', ...said }) : passPart('provider');
  if (provider === 'kms-v2') return [first, passPart('key-service')];
  const harm = provider === 'kms-v1' ? 'version 1 of the interface is deprecated and off by default' : 'its key lies in a file beside the API server, where whoever reads the node reads it too';
  return [first, provenFail(`Secrets are encrypted by ${provider}: ${harm}`, { part: 'key-service', severity: 'low', ...said })];
}

const byFile = (providers: string, title?: string, resources = 'secrets'): Example =>
  apiServerWithFile('encryption-provider-config', 'encryption', `{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{resources: ['${resources}'], providers: [${providers}]}]}`, title === undefined ? {} : { title });

export const etcdEncryption = defineControl({
  id: 'control-plane/etcd-encryption',
  title: 'Secrets are encrypted before they are stored',
  severity: 'critical',
  why: 'By default the API server writes Secrets to etcd as they are. Whoever gets a disk, a snapshot or a backup of it then has every password, key and token of the cluster, without ever having asked the API server.',
  remediation: 'Write an EncryptionConfiguration whose first provider for `secrets` is `kms` (version 2), or `secretbox` where there is no key management service, never `identity`. Mount it into kube-apiserver on every control plane node, set `--encryption-provider-config` in its manifest, one node at a time, then write all Secrets anew: `kubectl get secrets -A -o json | kubectl replace -f -`. On managed clusters switch on encryption of Secrets with a key of your own.',
  frameworks: {
    'cis-kubernetes': ['1.2.27#configured', '1.2.28#provider'], 'nsa-cisa': ['network/etcd', 'network/secrets', 'network/encryption'],
    'nist-800-53': ['SC-12#key-service', 'SC-13#provider', 'SC-28', 'SC-28(1)'], 'mitre-attack': ['T1552'], 'owasp-kubernetes': ['K03'], 'pci-dss': ['3.6.1', '8.3.2'],
    soc2: ['CC6.1', 'C1.1'],
  },
  evidence: ['flags', 'node'],
  parts: { configured: 'encryption is configured', provider: 'Secrets\' first provider encrypts, and well', 'key-service': 'its key is in a key management service' },
  scope: whereEncrypted,
  check: (subject) => (subject.kind === 'endpoint' ? [passPart('configured'), passPart('provider'), passPart('key-service')] : judge(subject.component)),
  values(subject, _world, part) {
    if (subject.kind === 'endpoint') return undefined;
    if (part === 'configured') return flagsIn(subject.component, ['encryption-provider-config']);
    const file = subject.component.files?.['encryption-provider-config'];
    return file?.state === 'observed' ? { 'provider of Secrets': valueOf(writerOf(file.value, 'secrets')) } : undefined;
  },
  examples: {
    passes: [byFile('{kms: {apiVersion: v2, name: vault, endpoint: unix:///run/kms.sock}}, {identity: {}}', 'A key management service, as the node shows'), { ...managedCluster, version: 'v1.35.2-eks-1234567', title: 'EKS encrypts with KMS by itself' }],
    fails: [apiServer(['--authorization-mode=Node,RBAC']), apiServer(['--encryption-provider-config=']), apiServer(['--encryption-provider-config-automatic-reload=true']),
      byFile('{identity: {}}, {kms: {apiVersion: v2, name: vault, endpoint: unix:///run/kms.sock}}', 'The first one writes'),
      byFile('{aescbc: {keys: [{name: one, secret: c2VjcmV0}]}}', 'Another kind alone', 'secrets'),
      byFile('{kms: {apiVersion: v2, name: vault, endpoint: unix:///run/kms.sock}}', 'Secrets are not among what is encrypted', 'configmaps'),
    ],
    unknown: [
      apiServer(['--encryption-provider-config=/etc/kubernetes/encryption.yaml'], { title: 'Which provider it names is on the node' }),
      { ...managedCluster, version: 'v1.27.16-eks-1234567', title: 'Before 1.28 it was the owner\'s to switch on' },
      managedCluster,
    ],
  },
});
