import { clusterAuthority, etcdAuthority } from '../authorities.js';
import type { Base } from '../node-case.js';
import { directory, file, manifest, sameMounts, type NodePlan, type Running } from '../node-plan.js';
import { outcomes } from '../outcomes.js';
import { etcdFile } from './k3s.js';
import { kubeconfig, strongSuites } from './kubeadm.js';

const data = '/var/lib/rancher/rke2';
export const rke2Tls = `${data}/server/tls`;
export const rke2DropIn = `${data}/agent/etc/kubelet.conf.d/00-rke2-defaults.conf`;
export const rke2EtcdConfig = `${data}/server/db/etcd/config`;
export const rke2Encryption = `${data}/server/cred/encryption-config.json`;
export const rke2AuditPolicy = '/etc/rancher/rke2/audit-policy.yaml';

const apiServer: Running = {
  name: 'kube-apiserver', program: 'kube-apiserver', container: sameMounts(`${data}/server/tls`, `${data}/server/cred`, `${data}/server/logs`, '/etc/rancher/rke2'),
  args: [
    'admission-control-config-file=/etc/rancher/rke2/rke2-pss.yaml', `audit-policy-file=${rke2AuditPolicy}`, 'audit-log-maxage=30', 'audit-log-maxbackup=10', 'audit-log-maxsize=100', `audit-log-path=${data}/server/logs/audit.log`,
    'allow-privileged=true', 'anonymous-auth=false', 'authorization-mode=Node,RBAC', 'bind-address=0.0.0.0', `client-ca-file=${rke2Tls}/client-ca.crt`, 'enable-admission-plugins=NodeRestriction', 'enable-bootstrap-token-auth=true',
    `encryption-provider-config=${rke2Encryption}`, 'encryption-provider-config-automatic-reload=true', `etcd-cafile=${rke2Tls}/etcd/server-ca.crt`, `etcd-certfile=${rke2Tls}/etcd/client.crt`, `etcd-keyfile=${rke2Tls}/etcd/client.key`,
    'etcd-servers=https://127.0.0.1:2379', `kubelet-certificate-authority=${rke2Tls}/server-ca.crt`, `kubelet-client-certificate=${rke2Tls}/client-kube-apiserver.crt`, `kubelet-client-key=${rke2Tls}/client-kube-apiserver.key`,
    'profiling=false', `service-account-key-file=${rke2Tls}/service.key`, `tls-cert-file=${rke2Tls}/serving-kube-apiserver.crt`, `tls-cipher-suites=${strongSuites}`, `tls-private-key-file=${rke2Tls}/serving-kube-apiserver.key`,
  ].map((word) => `--${word}`),
};

const controllerManager: Running = {
  name: 'kube-controller-manager', program: 'kube-controller-manager', container: sameMounts(`${data}/server/tls`, `${data}/server/cred`),
  args: ['--bind-address=127.0.0.1', `--kubeconfig=${data}/server/cred/controller.kubeconfig`, '--profiling=false', `--root-ca-file=${rke2Tls}/server-ca.crt`, `--service-account-private-key-file=${rke2Tls}/service.current.key`, '--terminated-pod-gc-threshold=1000', '--use-service-account-credentials=true'],
};
const scheduler: Running = { name: 'kube-scheduler', program: 'kube-scheduler', container: sameMounts(`${data}/server/cred`), args: ['--bind-address=127.0.0.1', `--kubeconfig=${data}/server/cred/scheduler.kubeconfig`, '--profiling=false'] };
const etcd: Running = { name: 'etcd', program: 'etcd', container: sameMounts(`${data}/server/db/etcd`, `${data}/server/tls/etcd`), args: [`--config-file=${rke2EtcdConfig}`] };
const proxy: Running = { name: 'kube-proxy', program: 'kube-proxy', container: sameMounts(`${data}/agent/kubeproxy.kubeconfig`), args: ['--healthz-bind-address=127.0.0.1', '--hostname-override=server-1', `--kubeconfig=${data}/agent/kubeproxy.kubeconfig`, '--proxy-mode=iptables'] };
const kubelet: Running = {
  name: 'kubelet', program: `${data}/data/v1.33.4-rke2r1/bin/kubelet`,
  args: ['--cloud-provider=external', `--config-dir=${data}/agent/etc/kubelet.conf.d`, '--hostname-override=server-1', `--kubeconfig=${data}/agent/kubelet.kubeconfig`, '--node-labels=', '--read-only-port=0'],
};
const supervisor = (command: string): Running => ({ name: 'rke2', program: '/usr/local/bin/rke2', args: [command] });

const agentEntries = {
  ...Object.fromEntries(['client-ca', 'server-ca', 'serving-kubelet'].map((name) => [`${data}/agent/${name}.crt`, file(clusterAuthority)])),
  ...Object.fromEntries(['kubelet', 'kubeproxy'].map((name) => [`${data}/agent/${name}.kubeconfig`, file(kubeconfig(name))])),
  [rke2DropIn]: file(`apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: ${data}/agent/client-ca.crt}}
authorization: {mode: Webhook}
staticPodPath: ${data}/agent/pod-manifests
streamingConnectionIdleTimeout: 4h0m0s
tlsCertFile: ${data}/agent/serving-kubelet.crt
tlsPrivateKeyFile: ${data}/agent/serving-kubelet.key
`),
  [`${data}/agent/pod-manifests/kube-proxy.yaml`]: manifest('kube-proxy'),
  '/etc/cni/net.d/10-canal.conflist': file('{"name":"k8s-pod-network","cniVersion":"1.0.0","plugins":[]}'),
};

export const encryptionJson = (...providers: readonly object[]): string =>
  JSON.stringify({ kind: 'EncryptionConfiguration', apiVersion: 'apiserver.config.k8s.io/v1', resources: [{ resources: ['secrets'], providers }] });

const serverPlan: NodePlan = {
  platform: 'rke2', version: 'v1.33.4+rke2r1', benchmark: 'rke2-cis-1.8', role: 'control-plane', processes: [supervisor('server'), apiServer, controllerManager, scheduler, etcd, kubelet, proxy],
  entries: {
    ...agentEntries,
    '/etc/rancher/rke2/config.yaml': file('write-kubeconfig-mode: "0600"\n'),
    '/etc/rancher/rke2/rke2.yaml': file(kubeconfig('default')),
    '/etc/rancher/rke2/rke2-pss.yaml': file('apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: []\n'),
    // RKE2's own policy records nothing.
    [rke2AuditPolicy]: file('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: None\n'),
    [rke2Encryption]: file(encryptionJson({ aescbc: { keys: [{ name: 'aescbckey', secret: 'bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkgISE=' }] } }, { identity: {} })),
    ...Object.fromEntries(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => [`${data}/agent/pod-manifests/${name}.yaml`, manifest(name)])),
    ...Object.fromEntries(['admin', 'controller', 'scheduler'].map((name) => [`${data}/server/cred/${name}.kubeconfig`, file(kubeconfig(name))])),
    ...Object.fromEntries(['client-ca', 'server-ca', 'serving-kube-apiserver', 'client-kube-apiserver'].flatMap((name) => [[`${rke2Tls}/${name}.crt`, file(clusterAuthority, 0o644)], [`${rke2Tls}/${name}.key`, file('key')]])),
    ...Object.fromEntries(['server-ca', 'peer-ca', 'server-client', 'peer-server-client', 'client'].map((name) => [`${rke2Tls}/etcd/${name}.crt`, file(etcdAuthority, 0o644)])),
    [`${rke2Tls}/service.key`]: file('key'),
    [rke2EtcdConfig]: file(etcdFile(rke2Tls, `${data}/server/db/etcd`)),
    [`${data}/server/db/etcd`]: directory(0o700),
  },
};

const cluster = { unknown: '3.1.1 5.1.1-13 5.2.1-13 5.3.1-2 5.4.1-2 5.5.1 5.7.2-4', manual: '3.1.2 5.7.1' } as const;

export const rke2Server: Base = {
  name: 'RKE2 server', about: 'An RKE2 server without the profile cis: static pods, etcd by a file, encryption on from the start.', plan: serverPlan,
  expected: outcomes({
    pass: '1.1.1-11 1.1.13-19 1.1.21 1.2.1-2 1.2.4-8 1.2.10 1.2.13-30 1.3.1-7 1.4.1-2 2.1-7 3.2.1 4.1.3-10 4.2.1-6 4.2.8-9 4.2.11',
    // etcd runs as root without the profile; certificates 0644; a policy that records nothing; a name of its own for the node; no rotation, suites or limit.
    fail: '1.1.12 1.1.20 1.2.3 1.2.9 1.2.11 3.2.2 4.2.7 4.2.10 4.2.12-13',
    // The kubelet is a child of rke2; the plugin SecurityContextDeny left with 1.30.
    'not-applicable': '1.2.12 4.1.1-2',
    unknown: cluster.unknown, manual: `${cluster.manual} 3.1.3`,
  }),
};

export const rke2Agent: Base = {
  name: 'RKE2 agent', about: 'An RKE2 agent: a kubelet of its own, kube-proxy as a static pod, and no control plane.',
  plan: { ...serverPlan, role: 'worker', processes: [supervisor('agent'), kubelet, proxy], entries: { ...agentEntries, '/etc/rancher/rke2/config.yaml': file('server: https://10.0.0.10:9345\n') } },
  expected: outcomes({
    pass: '4.1.3-10 4.2.1-6 4.2.8-9 4.2.11', fail: '4.2.7 4.2.10 4.2.12-13',
    'not-applicable': '1.1.1-21 1.2.12 4.1.1-2',
    unknown: `${cluster.unknown} 1.2.1-11 1.2.13-30 1.3.1-7 1.4.1-2 2.1-7 3.1.3 3.2.1-2`, manual: cluster.manual,
  }),
};
