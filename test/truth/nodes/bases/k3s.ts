import { clusterAuthority, etcdAuthority } from '../authorities.js';
import { changed, put } from '../changes.js';
import type { Base } from '../node-case.js';
import { directory, file, type NodePlan, type Running } from '../node-plan.js';
import { outcomes } from '../outcomes.js';
import { kubeconfig } from './kubeadm.js';

const data = '/var/lib/rancher/k3s';
export const k3sTls = `${data}/server/tls`;
export const k3sConfig = '/etc/rancher/k3s/config.yaml';
export const k3sDropIn = `${data}/agent/etc/kubelet.conf.d/00-k3s-defaults.conf`;
export const k3sEtcdConfig = `${data}/server/db/etcd/config`;

/** As k3s writes it since 1.32; the read-only port it closes by a flag, for a zero would be left out of the file. */
const kubeletDefaults = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 2m0s
    enabled: true
  x509:
    clientCAFile: ${data}/agent/client-ca.crt
authorization:
  mode: Webhook
containerRuntimeEndpoint: unix:///run/k3s/containerd/containerd.sock
failSwapOn: false
healthzBindAddress: 127.0.0.1
streamingConnectionIdleTimeout: 4h0m0s
tlsCertFile: ${data}/agent/serving-kubelet.crt
tlsPrivateKeyFile: ${data}/agent/serving-kubelet.key
`;

const agentEntries = {
  [`${data}/agent/client-ca.crt`]: file(clusterAuthority),
  [`${data}/agent/server-ca.crt`]: file(clusterAuthority),
  [`${data}/agent/serving-kubelet.crt`]: file(clusterAuthority),
  [`${data}/agent/serving-kubelet.key`]: file('key'),
  [`${data}/agent/kubelet.kubeconfig`]: file(kubeconfig('system:node')),
  [`${data}/agent/kubeproxy.kubeconfig`]: file(kubeconfig('system:kube-proxy')),
  [k3sDropIn]: file(kubeletDefaults),
  [`${data}/agent/etc/cni/net.d/10-flannel.conflist`]: file('{"name":"cbr0","cniVersion":"1.0.0","plugins":[]}'),
};

const unit = (name: string, command: string) => ({ [`/etc/systemd/system/${name}.service`]: file(`[Service]\nType=notify\nEnvironmentFile=-/etc/systemd/system/${name}.service.env\nExecStart=/usr/local/bin/k3s ${command}\n`, 0o644) });

/** k3s overwrites its arguments: its options are in its files alone. */
const running = (command: string): Running => ({ name: 'k3s', program: '/usr/local/bin/k3s', args: [command] });

const serverPlan: NodePlan = {
  platform: 'k3s', version: 'v1.33.4+k3s1', benchmark: 'k3s-cis-1.9', role: 'control-plane', processes: [running('server')],
  entries: {
    ...agentEntries, ...unit('k3s', 'server'),
    [k3sConfig]: file('write-kubeconfig-mode: "0600"\n'),
    '/etc/rancher/k3s/k3s.yaml': file(kubeconfig('default')),
    ...Object.fromEntries(['admin', 'controller', 'scheduler', 'api-server'].map((name) => [`${data}/server/cred/${name}.kubeconfig`, file(kubeconfig(name))])),
    [`${data}/server/db`]: directory(0o700),
    [`${data}/server/db/state.db`]: file('SQLite format 3'),
    ...Object.fromEntries(['client-ca', 'server-ca', 'serving-kube-apiserver', 'client-kube-apiserver'].flatMap((name) => [[`${k3sTls}/${name}.crt`, file(clusterAuthority, 0o644)], [`${k3sTls}/${name}.key`, file('key')]])),
    [`${k3sTls}/service.key`]: file('key'),
  },
};

const cluster = { unknown: '3.1.1 5.1.1-13 5.2.1-13 5.3.1-2 5.4.1-2 5.5.1 5.7.2-4', manual: '3.1.2 5.7.1' } as const;

/** k3s starts the components with --anonymous-auth=false, --profiling=false, NodeRestriction, files for all TLS, loopback and its suites. */
const ofServer = {
  pass: '1.1.9-10 1.1.13-19 1.1.21 1.2.1-2 1.2.4-8 1.2.10 1.2.12-15 1.2.20-22 1.2.24-25 1.2.29 1.3.2-7 1.4.1-2 4.1.3-10 4.2.1-6 4.2.8-9 4.2.11 4.3.1',
  // It leaves certificates 0644 where this profile wants 0600, and asks for no rotation, suites or limit of the kubelet.
  fail: '1.1.20 1.2.3 1.2.9 1.2.11 1.2.16-19 1.2.27-28 1.3.1 3.2.1-2 4.2.10 4.2.12-13',
} as const;

export const k3sServer: Base = {
  name: 'k3s server', about: 'A single k3s server as it installs itself, its store in SQLite.', plan: serverPlan,
  expected: outcomes({
    ...ofServer,
    // Its store is a socket of its own process, which has no certificates.
    'not-applicable': '1.1.1-8 1.1.11-12 1.2.23 1.2.26 2.1-7 4.1.1-2 4.2.7',
    unknown: cluster.unknown, manual: `${cluster.manual} 3.1.3`,
  }),
};

const transport = (side: string) => `${side}-transport-security:
  cert-file: ${k3sTls}/etcd/${side === 'client' ? 'server-client' : 'peer-server-client'}.crt
  key-file: ${k3sTls}/etcd/${side === 'client' ? 'server-client' : 'peer-server-client'}.key
  client-cert-auth: true
  trusted-ca-file: ${k3sTls}/etcd/${side === 'client' ? 'server' : 'peer'}-ca.crt
`;
export const etcdFile = (tls: string, dataDirectory: string): string => `name: server-1
data-dir: ${dataDirectory}
listen-client-urls: https://127.0.0.1:2379
listen-metrics-urls: http://127.0.0.1:2381
${['client', 'peer'].map(transport).join('').replaceAll(k3sTls, tls)}`;

export const k3sEtcdServer: Base = {
  name: 'k3s server with etcd', about: 'A k3s server that was started with cluster-init: its embedded etcd has a file.',
  plan: changed(serverPlan, [
    put(k3sConfig, file('cluster-init: true\nwrite-kubeconfig-mode: "0600"\n')),
    put(k3sEtcdConfig, file(etcdFile(k3sTls, `${data}/server/db/etcd`))),
    put(`${data}/server/db/etcd`, directory(0o700)),
    ...['server-ca', 'peer-ca', 'server-client', 'peer-server-client', 'client'].map((name) => put(`${k3sTls}/etcd/${name}.crt`, file(etcdAuthority, 0o644))),
  ]),
  expected: outcomes({
    ...ofServer, pass: `${ofServer.pass} 1.1.11 1.2.23 1.2.26 2.1-7`,
    'not-applicable': '1.1.1-8 1.1.12 4.1.1-2 4.2.7',
    unknown: cluster.unknown, manual: `${cluster.manual} 3.1.3`,
  }),
};

export const k3sAgent: Base = {
  name: 'k3s agent', about: 'A k3s agent: a kubelet and kube-proxy in one process, and no control plane.',
  plan: { ...serverPlan, role: 'worker', processes: [running('agent')], entries: { ...agentEntries, ...unit('k3s-agent', 'agent'), [k3sConfig]: file('server: https://10.0.0.10:6443\n') } },
  expected: outcomes({
    pass: '4.1.3-10 4.2.1-6 4.2.8-9 4.2.11 4.3.1', fail: '4.2.10 4.2.12-13',
    'not-applicable': '1.1.1-21 4.1.1-2 4.2.7',
    unknown: `${cluster.unknown} 1.2.1-29 1.3.1-7 1.4.1-2 2.1-7 3.1.3 3.2.1-2`, manual: cluster.manual,
  }),
};
