import { clusterAuthority, etcdAuthority } from '../authorities.js';
import { appended, asUser, changed, flags, mode, owned, put, removed, replaced, withoutFlags } from '../changes.js';
import type { Base } from '../node-case.js';
import { directory, etcdUser, file, link, manifest, sameMounts, type Entry, type NodePlan, type Running } from '../node-plan.js';
import { outcomes } from '../outcomes.js';

const pki = '/etc/kubernetes/pki';
export const version = 'v1.33.4';
export const kubeletConfig = '/var/lib/kubelet/config.yaml';
export const dropIn = '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf';
export const proxyVolume = '/var/lib/kubelet/pods/0a1b2c3d-0000-4000-8000-0000000000ff/volumes/kubernetes.io~configmap/kube-proxy';
export const proxyConfig = `${proxyVolume}/..2026_01_01_00_00_00.1/config.conf`;

const key = '-----BEGIN PRIVATE KEY-----\nnot a key\n-----END PRIVATE KEY-----\n';
export const kubeconfig = (user: string): string => `apiVersion: v1
kind: Config
clusters: [{name: kubernetes, cluster: {server: 'https://10.0.0.10:6443', certificate-authority: ${pki}/ca.crt}}]
contexts: [{name: ${user}, context: {cluster: kubernetes, user: ${user}}}]
current-context: ${user}
users: [{name: ${user}, user: {client-certificate: /var/lib/kubelet/pki/client.pem, client-key: /var/lib/kubelet/pki/client.pem}}]
`;

const dpkg = (packageVersion: string): string => ['kubelet', 'kubeadm'].map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: ${packageVersion.slice(1)}-1.1\n`).join('\n');

/** As kubeadm writes it: durations that were not given are zero, which the kubelet takes for not given. */
const kubeletFile = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: ${pki}/ca.crt
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 0s
    cacheUnauthorizedTTL: 0s
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
streamingConnectionIdleTimeout: 0s
`;

const unitDropIn = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=${kubeletConfig}"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;

const kubelet: Running = {
  name: 'kubelet', program: '/usr/bin/kubelet',
  args: ['--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf', '--kubeconfig=/etc/kubernetes/kubelet.conf', `--config=${kubeletConfig}`, '--pod-infra-container-image=registry.k8s.io/pause:3.10'],
};

const proxy: Running = {
  name: 'kube-proxy', program: '/usr/local/bin/kube-proxy', args: ['--config=/var/lib/kube-proxy/config.conf', '--hostname-override=node-1'],
  container: { mounts: { '/var/lib/kube-proxy': proxyVolume, '/lib/modules': '/lib/modules', '/run/xtables.lock': '/run/xtables.lock' } },
};

/** What every node of kubeadm's has. The volume of a ConfigMap is links to a folder of that moment. */
const ofEveryNode: Readonly<Record<string, Entry>> = {
  '/etc/kubernetes/kubelet.conf': file(kubeconfig('default-auth')),
  [`${pki}/ca.crt`]: file(clusterAuthority, 0o644),
  [kubeletConfig]: file(kubeletFile, 0o644),
  '/var/lib/kubelet/kubeadm-flags.env': file('KUBELET_KUBEADM_ARGS="--pod-infra-container-image=registry.k8s.io/pause:3.10"\n', 0o644),
  '/var/lib/kubelet/pki/kubelet.crt': file(clusterAuthority, 0o644),
  '/var/lib/kubelet/pki/kubelet.key': file(key),
  '/usr/lib/systemd/system/kubelet.service': file('[Service]\nExecStart=/usr/bin/kubelet\n', 0o644),
  [dropIn]: file(unitDropIn, 0o644),
  '/etc/cni/net.d/10-flannel.conflist': file('{"cniVersion":"1.0.0","name":"cbr0","plugins":[]}', 0o644),
  [`${proxyVolume}/..data`]: link('..2026_01_01_00_00_00.1'),
  [`${proxyVolume}/config.conf`]: link('..data/config.conf'),
  [`${proxyVolume}/kubeconfig.conf`]: link('..data/kubeconfig.conf'),
  [proxyConfig]: file(`apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nbindAddress: 0.0.0.0\nmetricsBindAddress: ""\nclientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\n`, 0o644),
  [`${proxyVolume}/..2026_01_01_00_00_00.1/kubeconfig.conf`]: file(kubeconfig('proxy'), 0o644),
  '/var/lib/dpkg/status': file(dpkg(version), 0o644),
};

const certificates = ['apiserver', 'apiserver-kubelet-client', 'apiserver-etcd-client', 'front-proxy-ca', 'front-proxy-client', 'etcd/server', 'etcd/peer', 'etcd/healthcheck-client'];
const keys = [...certificates, 'ca', 'etcd/ca', 'sa'];

const apiServer: Running = {
  name: 'kube-apiserver', program: 'kube-apiserver', container: sameMounts(pki, '/etc/ssl/certs'),
  args: [
    'advertise-address=10.0.0.10', 'allow-privileged=true', 'authorization-mode=Node,RBAC', `client-ca-file=${pki}/ca.crt`, 'enable-admission-plugins=NodeRestriction', 'enable-bootstrap-token-auth=true',
    `etcd-cafile=${pki}/etcd/ca.crt`, `etcd-certfile=${pki}/apiserver-etcd-client.crt`, `etcd-keyfile=${pki}/apiserver-etcd-client.key`, 'etcd-servers=https://127.0.0.1:2379',
    `kubelet-client-certificate=${pki}/apiserver-kubelet-client.crt`, `kubelet-client-key=${pki}/apiserver-kubelet-client.key`, 'kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
    `proxy-client-cert-file=${pki}/front-proxy-client.crt`, `proxy-client-key-file=${pki}/front-proxy-client.key`, `requestheader-client-ca-file=${pki}/front-proxy-ca.crt`, 'secure-port=6443',
    'service-account-issuer=https://kubernetes.default.svc.cluster.local', `service-account-key-file=${pki}/sa.pub`, `service-account-signing-key-file=${pki}/sa.key`, 'service-cluster-ip-range=10.96.0.0/12',
    `tls-cert-file=${pki}/apiserver.crt`, `tls-private-key-file=${pki}/apiserver.key`,
  ].map((word) => `--${word}`),
};

const controllerManager: Running = {
  name: 'kube-controller-manager', program: 'kube-controller-manager', container: sameMounts(pki, '/etc/kubernetes/controller-manager.conf'),
  args: [
    'allocate-node-cidrs=true', 'authentication-kubeconfig=/etc/kubernetes/controller-manager.conf', 'bind-address=127.0.0.1', `client-ca-file=${pki}/ca.crt`, 'controllers=*,bootstrapsigner,tokencleaner',
    'kubeconfig=/etc/kubernetes/controller-manager.conf', 'leader-elect=true', `root-ca-file=${pki}/ca.crt`, `service-account-private-key-file=${pki}/sa.key`, 'use-service-account-credentials=true',
  ].map((word) => `--${word}`),
};

const scheduler: Running = {
  name: 'kube-scheduler', program: 'kube-scheduler', container: sameMounts('/etc/kubernetes/scheduler.conf'),
  args: ['--authentication-kubeconfig=/etc/kubernetes/scheduler.conf', '--bind-address=127.0.0.1', '--kubeconfig=/etc/kubernetes/scheduler.conf', '--leader-elect=true'],
};

const etcd: Running = {
  name: 'etcd', program: 'etcd', container: sameMounts(`${pki}/etcd`, '/var/lib/etcd'),
  args: [
    'advertise-client-urls=https://10.0.0.10:2379', `cert-file=${pki}/etcd/server.crt`, 'client-cert-auth=true', 'data-dir=/var/lib/etcd', `key-file=${pki}/etcd/server.key`,
    'listen-client-urls=https://127.0.0.1:2379,https://10.0.0.10:2379', 'listen-metrics-urls=http://127.0.0.1:2381', 'name=node-1', `peer-cert-file=${pki}/etcd/peer.crt`, 'peer-client-cert-auth=true',
    `peer-key-file=${pki}/etcd/peer.key`, `peer-trusted-ca-file=${pki}/etcd/ca.crt`, `trusted-ca-file=${pki}/etcd/ca.crt`,
  ].map((word) => `--${word}`),
};

const controlPlanePlan: NodePlan = {
  platform: 'kubeadm', version, benchmark: 'cis-1.12', role: 'control-plane',
  processes: [apiServer, controllerManager, scheduler, etcd, kubelet, proxy],
  entries: {
    ...ofEveryNode,
    ...Object.fromEntries(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => [`/etc/kubernetes/manifests/${name}.yaml`, manifest(name)])),
    ...Object.fromEntries(['admin', 'super-admin', 'controller-manager', 'scheduler'].map((name) => [`/etc/kubernetes/${name}.conf`, file(kubeconfig(name))])),
    ...Object.fromEntries(certificates.map((name) => [`${pki}/${name}.crt`, file(clusterAuthority, 0o644)])),
    ...Object.fromEntries(keys.map((name) => [`${pki}/${name}.key`, file(key)])),
    [`${pki}/sa.pub`]: file('-----BEGIN PUBLIC KEY-----\nnot a key\n-----END PUBLIC KEY-----\n'),
    [`${pki}/etcd/ca.crt`]: file(etcdAuthority, 0o644),
    '/var/lib/etcd': directory(0o700),
    '/var/lib/etcd/member': directory(0o700),
  },
};

/** Rights, pods and namespaces are the API's to tell; nothing on a node does. */
export const ofTheCluster = { unknown: '3.1.1 5.1.1-13 5.2.1-12 5.3.1-2 5.4.1-2 5.5.1 5.6.2-4', manual: '3.1.2 5.6.1' } as const;

export const controlPlane: Base = {
  name: 'kubeadm control plane', about: 'A control plane node as kubeadm 1.33 leaves it, with flannel.', plan: controlPlanePlan,
  expected: outcomes({
    // Manifests, kubeconfigs and keys are written 0600, certificates 0644, /var/lib/etcd 0700. kubeadm gives the kubelet a managed client certificate, and loopback to the others.
    pass: '1.1.1-8 1.1.10-11 1.1.13-21 1.2.2 1.2.4 1.2.6-8 1.2.10 1.2.12-14 1.2.20-26 1.3.3-7 1.4.2 2.1-7 4.1.2 4.1.5-8 4.1.10 4.2.1-8 4.2.10-11 4.3.1',
    // What it leaves to defaults that are not as asked: anonymous requests, profiling, no audit log, no encryption; flannel's 0644, etcd as root, the package's unit and kubeadm's file 0644.
    fail: '1.1.9 1.1.12 1.2.1 1.2.3 1.2.5 1.2.9 1.2.11 1.2.15-19 1.2.27-30 1.3.1-2 1.4.1 3.2.1-2 4.1.1 4.1.9 4.2.9 4.2.12-14',
    // Its kubeconfig of kube-proxy is in a ConfigMap.
    'not-applicable': '4.1.3-4',
    unknown: ofTheCluster.unknown,
    // Bootstrap tokens are on, and which are valid no node tells.
    manual: `${ofTheCluster.manual} 3.1.3`,
  }),
};

export const worker: Base = {
  name: 'kubeadm worker', about: 'A worker as kubeadm 1.33 leaves it: a kubelet, kube-proxy, and the CA alone of the PKI.',
  plan: { ...controlPlanePlan, role: 'worker', processes: [kubelet, proxy], entries: ofEveryNode },
  expected: outcomes({
    pass: '4.1.2 4.1.5-8 4.1.10 4.2.1-8 4.2.10-11 4.3.1',
    fail: '4.1.1 4.1.9 4.2.9 4.2.12-14',
    // None of its files is there.
    'not-applicable': '4.1.3-4 1.1.1-21',
    // The control plane is somewhere, and nobody looked.
    unknown: `${ofTheCluster.unknown} 1.2.1-30 1.3.1-7 1.4.1-2 2.1-7 3.1.3 3.2.1-2`,
    manual: ofTheCluster.manual,
  }),
};

export const encryptionFile = '/etc/kubernetes/enc/config.yaml';
export const auditPolicy = '/etc/kubernetes/audit/policy.yaml';
export const strongSuites = ['ECDSA', 'RSA'].flatMap((kind) => ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305_SHA256'].map((cipher) => `TLS_ECDHE_${kind}_WITH_${cipher}`)).join(',');
export const encryption = (providers: string, resources = 'secrets'): string => `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [${resources}]\n  providers:\n${providers}`;
export const secretbox = '  - secretbox: {keys: [{name: key1, secret: bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkgISE=}]}\n  - identity: {}\n';

const hardenedPlan = changed(controlPlanePlan, [
  flags('kube-apiserver', 'anonymous-auth=false', `kubelet-certificate-authority=${pki}/ca.crt`, 'enable-admission-plugins=NodeRestriction,AlwaysPullImages,EventRateLimit,DenyServiceExternalIPs', 'admission-control-config-file=/etc/kubernetes/enc/admission.yaml', 'profiling=false',
    `audit-policy-file=${auditPolicy}`, 'audit-log-path=/var/log/kubernetes/audit.log', 'audit-log-maxage=30', 'audit-log-maxbackup=10', 'audit-log-maxsize=100', `encryption-provider-config=${encryptionFile}`, `tls-cipher-suites=${strongSuites}`, 'service-account-extend-token-expiration=false'),
  withoutFlags('kube-apiserver', 'enable-bootstrap-token-auth'),
  (plan) => ({ ...plan, processes: plan.processes.map((one) => (one.name === 'kube-apiserver' ? { ...one, container: sameMounts(pki, '/etc/ssl/certs', '/etc/kubernetes/enc', '/etc/kubernetes/audit', '/var/log/kubernetes') } : one)) }),
  put('/etc/kubernetes/enc/admission.yaml', file('apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n  configuration:\n    apiVersion: eventratelimit.admission.k8s.io/v1alpha1\n    kind: Configuration\n    limits: [{type: Server, qps: 50, burst: 100}]\n')),
  put(encryptionFile, file(encryption(secretbox))),
  put(auditPolicy, file('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n')),
  flags('kube-controller-manager', 'profiling=false', 'terminated-pod-gc-threshold=1000'),
  flags('kube-scheduler', 'profiling=false'),
  asUser('etcd', etcdUser.uid),
  owned('/var/lib/etcd', etcdUser), owned('/var/lib/etcd/member', etcdUser),
  mode('/etc/cni/net.d/10-flannel.conflist', 0o600), mode(dropIn, 0o600), mode(kubeletConfig, 0o600),
  appended(kubeletConfig, `serverTLSBootstrap: true\npodPidsLimit: 4096\nseccompDefault: true\ntlsCipherSuites: [${strongSuites}]\n`),
  replaced(kubeletConfig, 'streamingConnectionIdleTimeout: 0s', 'streamingConnectionIdleTimeout: 5m'),
  removed('/etc/kubernetes/super-admin.conf'),
]);

export const hardened: Base = {
  name: 'hardened control plane', about: 'A control plane node of kubeadm on which all that can be set is set as asked.', plan: hardenedPlan,
  expected: outcomes({
    pass: '1.1.1-21 1.2.1-30 1.3.1-7 1.4.1-2 2.1-7 3.1.3 3.2.1-2 4.1.1-2 4.1.5-10 4.2.1-14 4.3.1',
    'not-applicable': '4.1.3-4',
    unknown: ofTheCluster.unknown, manual: ofTheCluster.manual,
  }),
};

/** Set by hand, and badly. */
const carelessPlan = changed(controlPlanePlan, [
  flags('kube-apiserver', 'anonymous-auth=true', 'authorization-mode=AlwaysAllow', 'token-auth-file=/etc/kubernetes/tokens.csv', 'enable-admission-plugins=AlwaysAdmit', 'disable-admission-plugins=ServiceAccount,NamespaceLifecycle', 'service-account-lookup=false', 'request-timeout=10m',
    'audit-log-path=/var/log/audit.log', 'audit-log-maxage=7', 'audit-log-maxbackup=1', 'audit-log-maxsize=10', 'tls-cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA'),
  withoutFlags('kube-apiserver', 'client-ca-file', 'etcd-cafile', 'etcd-certfile', 'etcd-keyfile', 'tls-cert-file', 'tls-private-key-file', 'kubelet-client-certificate', 'kubelet-client-key', 'service-account-key-file'),
  flags('kube-controller-manager', 'bind-address=0.0.0.0', 'use-service-account-credentials=false', 'feature-gates=RotateKubeletServerCertificate=false', 'terminated-pod-gc-threshold=0'),
  withoutFlags('kube-controller-manager', 'root-ca-file', 'service-account-private-key-file'),
  withoutFlags('kube-scheduler', 'bind-address'),
  flags('etcd', 'client-cert-auth=false', 'auto-tls=true', 'peer-client-cert-auth=false', 'peer-auto-tls=true'),
  withoutFlags('etcd', 'cert-file', 'key-file', 'peer-cert-file', 'peer-key-file', 'trusted-ca-file'),
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => mode(`/etc/kubernetes/manifests/${name}.yaml`, 0o644)),
  ...['admin', 'super-admin', 'scheduler', 'controller-manager', 'kubelet'].map((name) => mode(`/etc/kubernetes/${name}.conf`, 0o644)),
  mode('/var/lib/etcd', 0o755), mode(`${pki}/ca.key`, 0o640), mode(`${pki}/apiserver.crt`, 0o664), mode(`${pki}/ca.crt`, 0o664),
  replaced(kubeletConfig, 'anonymous:\n    enabled: false', 'anonymous:\n    enabled: true'),
  replaced(kubeletConfig, 'mode: Webhook', 'mode: AlwaysAllow'),
  replaced(kubeletConfig, `clientCAFile: ${pki}/ca.crt`, 'clientCAFile: ""'),
  replaced(kubeletConfig, 'rotateCertificates: true', 'rotateCertificates: false'),
  appended(kubeletConfig, 'readOnlyPort: 10255\nmakeIPTablesUtilChains: false\neventRecordQPS: 5\npodPidsLimit: -1\nseccompDefault: false\nfeatureGates: {RotateKubeletServerCertificate: false}\ntlsCipherSuites: [TLS_RSA_WITH_AES_128_CBC_SHA]\n'),
  flags('kubelet', 'hostname-override=other'),
  replaced(proxyConfig, 'metricsBindAddress: ""', 'metricsBindAddress: 0.0.0.0:10249'),
]);

export const careless: Base = {
  name: 'careless control plane', about: 'A control plane node of kubeadm on which whatever can be set wrong is.', plan: carelessPlan,
  expected: outcomes({
    // Owners are left as they were. Where all is allowed the server takes no anonymous requests, whatever its flag; a log has a file, and no policy.
    pass: '1.1.2 1.1.4 1.1.6 1.1.8 1.1.10 1.1.14 1.1.16 1.1.18-19 1.2.1 1.2.16 4.1.2 4.1.6 4.1.10 4.2.5',
    fail: '1.1.1 1.1.3 1.1.5 1.1.7 1.1.9 1.1.11-13 1.1.15 1.1.17 1.1.20-21 1.2.2-15 1.2.17-30 1.3.1-7 1.4.1-2 2.1-7 3.2.1-2 4.1.1 4.1.5 4.1.9 4.2.1-4 4.2.6-7 4.2.9-14 4.3.1',
    // No client CA, so there is no file of it.
    'not-applicable': '4.1.3-4 4.1.7-8',
    unknown: ofTheCluster.unknown,
    // 5 events a second may be enough, and a person must say so.
    manual: `${ofTheCluster.manual} 3.1.3 4.2.8`,
  }),
};
