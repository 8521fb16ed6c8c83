import { appended, asUser, flags, mode, owned, put, removed, replaced, stopped, words } from '../changes.js';
import { k3sAgent, k3sConfig, k3sDropIn, k3sEtcdConfig, k3sEtcdServer, k3sServer, k3sTls } from '../bases/k3s.js';
import { encryptionJson, rke2Agent, rke2AuditPolicy, rke2DropIn, rke2Encryption, rke2EtcdConfig, rke2Server, rke2Tls } from '../bases/rke2.js';
import { variation, type NodeCase } from '../node-case.js';
import { etcdUser, file } from '../node-plan.js';

const k3sData = '/var/lib/rancher/k3s';
const rke2Data = '/var/lib/rancher/rke2';
const manifests = `${rke2Data}/agent/pod-manifests`;
const options = (text: string) => appended(k3sConfig, text);

export const k3sVariations: readonly NodeCase[] = [
  variation(k3sServer, 'a kubelet that lets anybody in', 'kubelet-arg, while the API server refuses.', [options('kubelet-arg: ["anonymous-auth=true", "authorization-mode=AlwaysAllow"]\n')], ['fail', '4.2.1-2', 'the kubelet\'s own flags count'], ['pass', '1.2.1 1.2.6', 'the API server\'s are others']),
  variation(k3sServer, 'an API server that lets anybody in', 'kube-apiserver-arg.', [options('kube-apiserver-arg: ["anonymous-auth=true", "profiling=true"]\n')], ['fail', '1.2.1 1.2.15', 'arguments take the place of what k3s sets'], ['pass', '4.2.1', 'the kubelet\'s are others']),
  variation(k3sServer, 'a timeout of the kubelet', 'streaming-connection-idle-timeout=5m.', [options('kubelet-arg: ["streaming-connection-idle-timeout=5m"]\n')], ['pass', '4.2.5', 'five minutes']),
  variation(k3sServer, 'no timeout of the kubelet', 'streaming-connection-idle-timeout=0.', [options('kubelet-arg: ["streaming-connection-idle-timeout=0"]\n')], ['fail', '4.2.5', 'streams stay open for ever']),
  variation(k3sServer, 'as its hardening guide says', 'Audit, plugins, a limit of pods, suites and encryption.', [
    options(`secrets-encryption: true\nkube-apiserver-arg:\n- "enable-admission-plugins=NodeRestriction,EventRateLimit,DenyServiceExternalIPs,AlwaysPullImages"\n- "admission-control-config-file=${k3sData}/server/psa.yaml"\n- "audit-log-path=${k3sData}/server/logs/audit.log"\n- "audit-policy-file=${k3sData}/server/audit.yaml"\n- "audit-log-maxage=30"\n- "audit-log-maxbackup=10"\n- "audit-log-maxsize=100"\nkube-controller-manager-arg: ["terminated-pod-gc-threshold=10"]\nkubelet-arg: ["rotate-certificates=true", "pod-max-pids=4096", "tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]\n`),
    put(`${k3sData}/server/audit.yaml`, file('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n')),
    put(`${k3sData}/server/cred/encryption-config.json`, file(encryptionJson({ aescbc: { keys: [{ name: 'aescbckey', secret: 'x' }] } }, { identity: {} }))),
    ...['client-ca', 'server-ca', 'serving-kube-apiserver', 'client-kube-apiserver'].map((name) => mode(`${k3sTls}/${name}.crt`, 0o600)),
  ], ['pass', '1.1.20 1.2.3 1.2.9 1.2.11 1.2.14 1.2.16-19 1.2.27-28 1.3.1 3.2.1-2 4.2.10 4.2.12-13', 'as its options say']),
  variation(k3sServer, 'options in a folder', 'A file in config.yaml.d adds to the list.', [options('kubelet-arg: ["pod-max-pids=4096"]\n'), put(`${k3sConfig}.d/10-own.yaml`, file('kubelet-arg+: ["anonymous-auth=true"]\n'))], ['fail', '4.2.1', 'a key with + adds to earlier files'], ['pass', '4.2.13', 'so that the earlier one stays']),
  variation(k3sServer, 'options of a folder in place of others', 'A file in config.yaml.d takes the list\'s place.', [options('kubelet-arg: ["pod-max-pids=4096"]\n'), put(`${k3sConfig}.d/10-own.yaml`, file('kubelet-arg: ["seccomp-default=true"]\n'))], ['fail', '4.2.13', 'later files replace']),
  variation(k3sServer, 'a drop-in of the owner\'s', 'A second drop-in beside k3s\' own.', [put(`${k3sData}/agent/etc/kubelet.conf.d/99-own.conf`, file('apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nrotateCertificates: true\npodPidsLimit: 4096\n'))], ['pass', '4.2.10 4.2.13', 'drop-ins are read in order']),
  variation(k3sServer, 'a drop-in of the owner\'s that opens', 'It lets anybody in.', [put(`${k3sData}/agent/etc/kubelet.conf.d/99-own.conf`, file('apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: true}}\n', 0o644))], ['fail', '4.2.1 4.1.9', 'the later one counts, and is open itself']),
  variation(k3sServer, 'files that are open', 'Kubeconfigs of 0644.', [mode('/etc/rancher/k3s/k3s.yaml', 0o644), mode(`${k3sData}/agent/kubeproxy.kubeconfig`, 0o644), mode(`${k3sData}/server/cred/controller.kubeconfig`, 0o640), mode(k3sDropIn, 0o644), mode(`${k3sData}/agent/client-ca.crt`, 0o644)], ['fail', '1.1.13 1.1.17 4.1.3 4.1.7 4.1.9', 'wider than 0600']),
  variation(k3sServer, 'a key of a person', 'deploy owns one of many.', [owned(`${k3sTls}/service.key`, { uid: 1000, gid: 0 })], ['fail', '1.1.19', 'everything below counts']),
  variation(k3sEtcdServer, 'etcd without client certificates', 'The client side asks for none.', [replaced(k3sEtcdConfig, 'client-cert-auth: true', 'client-cert-auth: false')], ['fail', '2.2', 'the client section'], ['pass', '2.5', 'the peer section is another']),
  variation(k3sEtcdServer, 'etcd\'s peers sign for themselves', 'auto-tls in the peer section.', [appended(k3sEtcdConfig, '  auto-tls: true\n')], ['fail', '2.6', 'the peer section'], ['pass', '2.3', 'the client section is another']),
  variation(k3sEtcdServer, 'etcd\'s directory open', '0755.', [mode(`${k3sData}/server/db/etcd`, 0o755)], ['fail', '1.1.11', 'wider than 0700']),
  variation(k3sAgent, 'an agent that lets anybody in', 'kubelet-arg of an agent.', [options('kubelet-arg: ["anonymous-auth=true"]\n')], ['fail', '4.2.1', 'its own flags count']),
  variation(k3sAgent, 'an agent whose metrics are open', 'kube-proxy-arg.', [options('kube-proxy-arg: ["metrics-bind-address=0.0.0.0"]\n')], ['fail', '4.3.1', 'every address']),
];

export const rke2Variations: readonly NodeCase[] = [
  variation(rke2Server, 'one file of many is right', 'Of the PKI one file is a person\'s.', [owned(`${rke2Tls}/etcd/peer-ca.crt`, { uid: 1000, gid: 1000 })], ['fail', '1.1.19', 'every file counts, not any']),
  variation(rke2Server, 'etcd\'s peers need no certificate', 'Only the peer section says so.', [(plan) => replaced(rke2EtcdConfig, 'client-cert-auth: true\n  trusted-ca-file: /var/lib/rancher/rke2/server/tls/etcd/peer-ca.crt', 'client-cert-auth: false\n  trusted-ca-file: /var/lib/rancher/rke2/server/tls/etcd/peer-ca.crt')(plan)], ['fail', '2.5', 'the peer section'], ['pass', '2.2', 'the client section is another']),
  variation(rke2Server, 'etcd\'s clients need no certificate', 'Only the client section says so.', [replaced(rke2EtcdConfig, 'client-cert-auth: true', 'client-cert-auth: false')], ['fail', '2.2', 'the client section'], ['pass', '2.5', 'the peer section is another']),
  variation(rke2Server, 'etcd\'s peers sign for themselves', 'auto-tls in the peer section.', [appended(rke2EtcdConfig, '  auto-tls: true\n')], ['fail', '2.6', 'the peer section'], ['pass', '2.3', 'the client section is another']),
  variation(rke2Server, 'rotation off in a file', 'rotateCertificates: false.', [appended(rke2DropIn, 'rotateCertificates: false\n')], ['fail', '4.2.10', 'false is false']),
  variation(rke2Server, 'rotation on in a file', 'rotateCertificates: true, in a second drop-in.', [put(`${rke2Data}/agent/etc/kubelet.conf.d/50-own.conf`, file('apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nrotateCertificates: true\nauthentication: {webhook: {cacheTTL: 1m}}\n'))], ['pass', '4.2.1-3 4.2.10', 'maps of several files are joined, key by key']),
  variation(rke2Server, 'a client CA by flag', 'The file is silent.', [replaced(rke2DropIn, `, x509: {clientCAFile: ${rke2Data}/agent/client-ca.crt}`, ''), words('kubelet', `--client-ca-file=${rke2Data}/agent/client-ca.crt`)], ['pass', '4.2.3 4.1.7-8', 'the flag says it']),
  variation(rke2Server, 'the profile cis', 'etcd has an account, and the audit policy records.', [asUser('etcd', etcdUser.uid), owned(`${rke2Data}/server/db/etcd`, etcdUser), put(rke2AuditPolicy, file('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n'))], ['pass', '1.1.12 3.2.2', 'etcd:etcd; everything is recorded']),
  variation(rke2Server, 'encryption by aesgcm', 'The first provider is none of those asked for.', [put(rke2Encryption, file(encryptionJson({ aesgcm: { keys: [{ name: 'k', secret: 'x' }] } }, { identity: {} })))], ['fail', '1.2.29', 'aesgcm'], ['pass', '1.2.28', 'a file is set']),
  variation(rke2Server, 'encryption switched off', 'identity is first, as rke2 secrets-encrypt disable leaves it.', [put(rke2Encryption, file(encryptionJson({ identity: {} }, { aescbc: { keys: [{ name: 'k', secret: 'x' }] } })))], ['fail', '1.2.29', 'the first provider writes'], ['pass', '1.2.28', 'a file is set']),
  variation(rke2Server, 'manifests that are open', '0644, as older versions wrote them.', ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => mode(`${manifests}/${name}.yaml`, 0o644)), ['fail', '1.1.1 1.1.3 1.1.5 1.1.7', 'wider than 0600']),
  variation(rke2Server, 'an API server with words of its own', 'kube-apiserver-arg of its owner.', [flags('kube-apiserver', 'anonymous-auth=true', 'enable-admission-plugins=NodeRestriction,AlwaysPullImages')], ['fail', '1.2.1', 'true'], ['pass', '1.2.11', 'the plugin is on']),
  variation(rke2Server, 'a server without etcd', 'Its store is elsewhere.', [stopped('etcd'), removed(rke2EtcdConfig, `${manifests}/etcd.yaml`, `${rke2Data}/server/db/etcd`), flags('kube-apiserver', 'etcd-servers=https://10.0.0.50:2379')], ['not-applicable', '1.1.7-8 1.1.11-12', 'no etcd is on the node'], ['unknown', '2.1-7', 'the API server is told of an etcd on another machine, at which nobody looked']),
  variation(rke2Agent, 'an agent whose files are open', '0644.', [mode(`${rke2Data}/agent/kubeproxy.kubeconfig`, 0o644), mode(rke2DropIn, 0o644)], ['fail', '4.1.3 4.1.9', 'wider than 0600']),
];
