import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, createSigningKey } from './certificates.js';
import type { Authority } from './certificates.js';
import { kubeconfigOf } from './kubeconfig.js';

/** Flags by name without the dashes. They replace the defaults, null takes one out; an empty value is passed as it is. */
export type Flags = Readonly<Record<string, string | null>>;

export type Ports = { readonly etcd: number; readonly etcdPeer: number; readonly apiserver: number };

/** What the three servers of one cluster are started with. */
export type ControlPlane = {
  readonly url: string;
  readonly adminToken: string;
  readonly authority: Authority;
  /** Where the API server looks for its way to the nodes. */
  readonly nodeSocket: string;
  readonly etcdUrl: string;
  readonly etcd: readonly string[];
  readonly apiserver: readonly string[];
  readonly controllerManager: readonly string[];
};

/** Writes keys, certificates and settings below `folder` and derives every flag from them. */
export async function prepareControlPlane(folder: string, ports: Ports, apiserverFlags: Flags): Promise<ControlPlane> {
  const authority = createAuthority('kubernetes');
  const serving = authority.issue({
    commonName: 'kube-apiserver',
    hosts: ['127.0.0.1', 'localhost', '10.96.0.1', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
  });
  const kubeletClient = authority.issue({ commonName: 'kube-apiserver-kubelet-client' });
  const serviceAccounts = createSigningKey();
  const adminToken = randomBytes(24).toString('hex');
  const url = `https://127.0.0.1:${ports.apiserver}`;
  const nodeSocket = join(folder, 'nodes.sock');

  await mkdir(join(folder, 'etcd'), { mode: 0o700 });
  const keep = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  const ca = await keep('ca.crt', authority.cert);
  const serviceAccountKey = await keep('sa.key', serviceAccounts.privateKey);

  return {
    url,
    adminToken,
    authority,
    nodeSocket,
    etcdUrl: `http://127.0.0.1:${ports.etcd}`,
    etcd: asArguments({
      'data-dir': join(folder, 'etcd'),
      'listen-client-urls': `http://127.0.0.1:${ports.etcd}`,
      'advertise-client-urls': `http://127.0.0.1:${ports.etcd}`,
      'listen-peer-urls': `http://127.0.0.1:${ports.etcdPeer}`,
      'initial-advertise-peer-urls': `http://127.0.0.1:${ports.etcdPeer}`,
      'initial-cluster': `default=http://127.0.0.1:${ports.etcdPeer}`,
      'log-level': 'warn',
      'unsafe-no-fsync': 'true',
    }),
    apiserver: asArguments({
      'etcd-servers': `http://127.0.0.1:${ports.etcd}`,
      'bind-address': '127.0.0.1',
      'secure-port': String(ports.apiserver),
      // Only shown to clients, but the server refuses loopback here and without it wants a default route.
      'advertise-address': '10.20.255.254',
      'tls-cert-file': await keep('apiserver.crt', serving.cert),
      'tls-private-key-file': await keep('apiserver.key', serving.key),
      'client-ca-file': ca,
      'token-auth-file': await keep('tokens.csv', `${adminToken},admin,admin,system:masters\n`),
      'authorization-mode': 'Node,RBAC',
      'service-cluster-ip-range': '10.96.0.0/16',
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': await keep('sa.pub', serviceAccounts.publicKey),
      'service-account-signing-key-file': serviceAccountKey,
      // It refuses pods until a controller has made their service account, which without a controller manager is never.
      'disable-admission-plugins': 'ServiceAccount',
      'allow-privileged': 'true',
      'kubelet-preferred-address-types': 'InternalIP',
      'kubelet-certificate-authority': ca,
      'kubelet-client-certificate': await keep('kubelet-client.crt', kubeletClient.cert),
      'kubelet-client-key': await keep('kubelet-client.key', kubeletClient.key),
      'egress-selector-config-file': await keep('egress.json', JSON.stringify(egressThrough(nodeSocket))),
      ...apiserverFlags,
    }),
    controllerManager: asArguments({
      kubeconfig: await keep('controller-manager.kubeconfig', kubeconfigOf(url, authority.cert, adminToken)),
      'service-account-private-key-file': serviceAccountKey,
      'root-ca-file': ca,
      'leader-elect': 'false',
      'secure-port': '0',
      // Nodes here have no heartbeat, so the controllers that watch for it would take them away.
      controllers: '*,-nodelifecycle,-cloud-node-lifecycle',
    }),
  };
}

function egressThrough(udsName: string): object {
  return {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [{ name: 'cluster', connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName } } } }],
  };
}

function asArguments(flags: Flags): readonly string[] {
  return Object.entries(flags).flatMap(([name, value]) => (value === null ? [] : [`--${name}=${value}`]));
}
