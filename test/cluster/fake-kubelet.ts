import { createServer } from 'node:https';
import type { KubeCluster } from './kube-cluster.js';

const kubeletPort = 10250;

/** A node to add. Labels get the hostname, os and arch ones that every kubelet sets. */
export type NodeToAdd = {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly effect: string; readonly value?: string }[];
  readonly kubeletVersion: string;
  /** The kubelet's effective configuration, as `/configz` gives it below `kubeletconfig`. Without it the kubelet cannot be reached. */
  readonly configz?: Readonly<Record<string, unknown>>;
  /** What it answers at `/flagz`, by what it is asked to accept; without it that is not served, as where the gate ComponentFlagz is off. */
  readonly flagz?: (accept: string) => string;
};

/**
 * Creates a Ready node and a kubelet stand-in behind it: TLS by the cluster's authority, for the API server's
 * client certificate only. It knows `/configz`, `/flagz` and `/healthz`.
 */
export async function addNode(cluster: KubeCluster, node: NodeToAdd): Promise<void> {
  const address = cluster.nodes.nextAddress();
  const { configz } = node;
  if (configz) {
    const serving = cluster.authority.issue({
      commonName: `system:node:${node.name}`,
      organizations: ['system:nodes'],
      hosts: [address, node.name],
    });
    const kubelet = createServer({ ...serving, ca: cluster.authority.cert, requestCert: true, rejectUnauthorized: true }, (request, response) => {
      if (request.url === '/configz') {
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ kubeletconfig: configz }));
      } else if (request.url === '/flagz' && node.flagz) {
        response.end(node.flagz(request.headers.accept ?? ''));
      } else if (request.url === '/healthz') {
        response.end('ok');
      } else {
        response.writeHead(404).end();
      }
    });
    cluster.nodes.attach(address, kubeletPort, kubelet);
  }

  const created = await cluster.request('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      labels: { 'kubernetes.io/hostname': node.name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...node.labels },
    },
  });
  if (created.status !== 201) throw new Error(`creating node ${node.name}: ${created.status} ${JSON.stringify(created.body)}`);

  await merge(cluster, `/api/v1/nodes/${node.name}/status`, {
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: node.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      nodeInfo: {
        kubeletVersion: node.kubeletVersion,
        // Deprecated, and still a required field.
        kubeProxyVersion: '',
        architecture: 'amd64',
        operatingSystem: 'linux',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        kernelVersion: '6.1.0-28-amd64',
        containerRuntimeVersion: 'containerd://2.1.4',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
      capacity: { cpu: '8', memory: '32Gi', pods: '110' },
      allocatable: { cpu: '8', memory: '30Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
    },
  });
  // Admission marks every new node as not ready, and the controller that would take that off is not running.
  await merge(cluster, `/api/v1/nodes/${node.name}`, { spec: { taints: node.taints ?? null } });
}

async function merge(cluster: KubeCluster, path: string, change: object): Promise<void> {
  const { status, body } = await cluster.request('PATCH', path, change, { contentType: 'application/merge-patch+json' });
  if (status !== 200) throw new Error(`patching ${path}: ${status} ${JSON.stringify(body)}`);
}
