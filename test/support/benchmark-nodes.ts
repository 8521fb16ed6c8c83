import { chmodSync, chownSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createAuthority } from '#egress/testing/certificate-authority.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { collectNode } from '../../apps/agent/node/collect-node.js';
import { NodeRoot } from '../../apps/agent/testing/node-root.js';

export type ControlPlaneComponent = 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'etcd';

const pki = '/etc/kubernetes/pki';

/** Flags as kubeadm 1.33 writes them, with what hardening guides add; see `flags` for what a test changes. */
const hardened: Readonly<Record<ControlPlaneComponent, Readonly<Record<string, string>>>> = {
  'kube-apiserver': {
    'anonymous-auth': 'false', 'authorization-mode': 'Node,RBAC', 'client-ca-file': `${pki}/ca.crt`, 'enable-admission-plugins': 'NodeRestriction,AlwaysPullImages,DenyServiceExternalIPs,EventRateLimit',
    'admission-control-config-file': '/etc/kubernetes/admission.yaml', 'enable-bootstrap-token-auth': 'false', 'etcd-cafile': `${pki}/etcd/ca.crt`, 'etcd-certfile': `${pki}/apiserver-etcd-client.crt`,
    'etcd-keyfile': `${pki}/apiserver-etcd-client.key`, 'etcd-servers': 'https://127.0.0.1:2379', 'kubelet-certificate-authority': `${pki}/ca.crt`, 'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
    'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`, profiling: 'false', 'audit-log-path': '/var/log/audit.log', 'audit-log-maxage': '30', 'audit-log-maxbackup': '10', 'audit-log-maxsize': '100',
    'audit-policy-file': '/etc/kubernetes/audit.yaml', 'service-account-key-file': `${pki}/sa.pub`, 'service-account-extend-token-expiration': 'false', 'tls-cert-file': `${pki}/apiserver.crt`,
    'tls-private-key-file': `${pki}/apiserver.key`, 'encryption-provider-config': '/etc/kubernetes/enc.yaml', 'tls-cipher-suites': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'oidc-issuer-url': 'https://id.example',
  },
  'kube-controller-manager': {
    'bind-address': '127.0.0.1', kubeconfig: '/etc/kubernetes/controller-manager.conf', profiling: 'false', 'root-ca-file': `${pki}/ca.crt`, 'service-account-private-key-file': `${pki}/sa.key`,
    'use-service-account-credentials': 'true', 'terminated-pod-gc-threshold': '1000',
  },
  'kube-scheduler': { 'bind-address': '127.0.0.1', kubeconfig: '/etc/kubernetes/scheduler.conf', profiling: 'false' },
  etcd: {
    'cert-file': `${pki}/etcd/server.crt`, 'key-file': `${pki}/etcd/server.key`, 'client-cert-auth': 'true', 'trusted-ca-file': `${pki}/etcd/ca.crt`, 'data-dir': '/var/lib/etcd',
    'peer-cert-file': `${pki}/etcd/peer.crt`, 'peer-key-file': `${pki}/etcd/peer.key`, 'peer-client-cert-auth': 'true', 'peer-trusted-ca-file': `${pki}/etcd/ca.crt`,
    'listen-peer-urls': 'https://10.0.0.10:2380', 'initial-cluster': 'a=https://10.0.0.10:2380',
  },
};

const hardenedKubelet: Readonly<Record<string, unknown>> = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', authentication: { x509: { clientCAFile: `${pki}/ca.crt` } }, rotateCertificates: true, serverTLSBootstrap: true,
  tlsCipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'], podPidsLimit: 4096, seccompDefault: true, staticPodPath: '/etc/kubernetes/manifests',
};

export const auditPolicy = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n';
export const encryption = (provider: string): string => `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources: [{resources: [secrets], providers: [${provider}, {identity: {}}]}]\n`;

/** Changes to flags of a component: undefined takes one away. */
export type FlagChanges = Readonly<Partial<Record<ControlPlaneComponent, Readonly<Record<string, string | undefined>>>>>;

export interface NodeChanges {
  readonly flags?: FlagChanges;
  /** Command lines as they are, in place of those made of flags. */
  readonly argv?: Readonly<Partial<Record<ControlPlaneComponent | 'kubelet' | 'kube-proxy', readonly string[] | null>>>;
  /** Keys of the kubelet's file; undefined takes one away. */
  readonly kubelet?: Readonly<Record<string, unknown>>;
  readonly kubeletArgs?: readonly string[];
  /** Of the kubelet's package; null for a node that does not tell. */
  readonly version?: string | null;
}

let authorities: { readonly cluster: string; readonly etcd: string } | undefined;

/** Certificates of two authorities, made once. */
export const testAuthorities = (): { readonly cluster: string; readonly etcd: string } => (authorities ??= { cluster: createAuthority('kubernetes').certificate, etcd: createAuthority('etcd-ca').certificate });

/** A node's files as they are laid out by kubeadm, hardened, in a directory of its own. */
export class BenchmarkNode {
  readonly root = new NodeRoot();

  file(path: string, content: string, mode = 0o600): this {
    this.root.file(path, content, mode);
    return this;
  }

  removeFile(path: string): this {
    rmSync(join(this.root.path, path));
    return this;
  }

  mode(path: string, mode: number): this {
    chmodSync(join(this.root.path, path), mode);
    return this;
  }

  owner(path: string, uid: number, gid: number): this {
    chownSync(join(this.root.path, path), uid, gid);
    return this;
  }

  collect(): NodeEvidence {
    return collectNode(this.root.path, 'cluster');
  }

  remove(): void {
    this.root.remove();
  }
}

const argvOf = (component: ControlPlaneComponent, changes: FlagChanges): readonly string[] => {
  const flags = { ...hardened[component], ...changes[component] };
  return [component, ...Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]))];
};

const manifest = (component: string, argv: readonly string[]): string =>
  stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: component, namespace: 'kube-system' }, spec: { hostNetwork: true, containers: [{ name: component, image: `registry.k8s.io/${component}:v1.33.4`, command: argv }] } });

export function workerNode({ kubelet = {}, kubeletArgs = [], argv = {}, version = '1.33.4-1.1' }: NodeChanges = {}): BenchmarkNode {
  const node = new BenchmarkNode();
  const { cluster } = testAuthorities();
  const config = Object.fromEntries(Object.entries({ ...hardenedKubelet, ...kubelet }).filter(([, value]) => value !== undefined));
  node.file('/var/lib/kubelet/config.yaml', stringify(config)).file('/etc/kubernetes/kubelet.conf', kubeconfig).file(`${pki}/ca.crt`, cluster, 0o644);
  node.file('/usr/lib/systemd/system/kubelet.service', '[Service]\nExecStart=/usr/bin/kubelet\n', 0o644).file('/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf', '[Service]\nExecStart=\nExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS\n');
  if (version !== null) node.file('/var/lib/dpkg/status', `Package: kubelet\nStatus: install ok installed\nVersion: ${version}\n\n`, 0o644);
  const line = argv.kubelet === undefined ? ['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml', '--kubeconfig=/etc/kubernetes/kubelet.conf', ...kubeletArgs] : argv.kubelet;
  if (line !== null) node.root.process({ pid: 700, argv: line, exe: '/usr/bin/kubelet' });
  const proxy = argv['kube-proxy'];
  if (proxy) node.root.process({ pid: 710, argv: proxy });
  return node;
}

export function controlPlaneNode(changes: NodeChanges = {}): BenchmarkNode {
  const { flags = {}, argv = {} } = changes;
  const node = workerNode(changes);
  const { cluster, etcd } = testAuthorities();
  const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const;
  components.forEach((component, index) => {
    const line = argv[component] === undefined ? argvOf(component, flags) : argv[component];
    if (line === null) return;
    node.file(`/etc/kubernetes/manifests/${component}.yaml`, manifest(component, line));
    node.root.process({ pid: 800 + index, argv: line, uid: component === 'etcd' ? 998 : 0 });
  });
  for (const name of ['admin.conf', 'super-admin.conf', 'controller-manager.conf', 'scheduler.conf']) node.file(`/etc/kubernetes/${name}`, kubeconfig);
  for (const name of ['apiserver', 'apiserver-etcd-client', 'apiserver-kubelet-client']) node.file(`${pki}/${name}.crt`, cluster, 0o644).file(`${pki}/${name}.key`, 'key');
  for (const name of ['ca', 'server', 'peer']) node.file(`${pki}/etcd/${name}.crt`, etcd, 0o644).file(`${pki}/etcd/${name}.key`, 'key');
  node.file(`${pki}/ca.crt`, cluster, 0o644).file(`${pki}/sa.key`, 'key').file(`${pki}/sa.pub`, 'key');
  node.file('/etc/kubernetes/audit.yaml', auditPolicy).file('/etc/kubernetes/enc.yaml', encryption('{secretbox: {keys: [{name: a, secret: c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTMyMzI=}]}}'));
  node.root.directory('/var/lib/etcd', 0o700);
  node.file('/etc/cni/net.d/10-net.conflist', '{}');
  if (process.geteuid?.() === 0) node.owner('/var/lib/etcd', 998, 997);
  return node;
}

const kubeconfig = stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'a', contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }], clusters: [{ name: 'a', cluster: { server: 'https://10.0.0.10:6443' } }], users: [{ name: 'a', user: {} }] });
