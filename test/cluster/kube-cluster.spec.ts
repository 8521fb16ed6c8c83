import { X509Certificate } from 'node:crypto';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { clusterBinaries } from './binaries.js';
import { addNode } from './fake-kubelet.js';
import { startKubeCluster } from './kube-cluster.js';
import type { KubeCluster } from './kube-cluster.js';
import { until } from './until.js';

const binaries = await clusterBinaries();
if (binaries.kind === 'unavailable') console.warn(`cluster tests skipped: ${binaries.reason}`);

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), ownerReferences: z.array(z.object({ kind: z.string() })).optional() }),
      status: z.object({ phase: z.string() }),
    }),
  ),
});

describe.skipIf(binaries.kind === 'unavailable')('a real control plane', () => {
  let cluster: KubeCluster;

  beforeAll(async () => {
    cluster = await startKubeCluster({ controllerManager: true });
  });
  afterAll(() => cluster?.stop());

  it('says which Kubernetes it is', async () => {
    const { status, body } = await cluster.request('GET', '/version');
    expect(status).toBe(200);
    expect(body).toMatchObject({ major: '1', gitVersion: expect.stringMatching(/^v1\.\d+\.\d+$/) });
  });

  it('gives a kubeconfig that needs no file', () => {
    const config: unknown = parse(cluster.kubeconfig('another-token'));
    const schema = z.object({
      clusters: z.tuple([z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) })]),
      users: z.tuple([z.object({ user: z.strictObject({ token: z.string() }) })]),
    });
    const { clusters, users } = schema.parse(config);
    expect(clusters[0].cluster.server).toBe(cluster.url);
    const authority = new X509Certificate(Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64'));
    expect(authority.ca).toBe(true);
    expect(users[0].user.token).toBe('another-token');
  });

  it('makes the pods of a deployment', async () => {
    await cluster.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'shop' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] } },
        },
      },
    ]);
    const pods = await until('two pods', async () => {
      const { items } = podsSchema.parse((await cluster.request('GET', '/api/v1/namespaces/shop/pods')).body);
      return items.length === 2 && items;
    });
    expect(pods.map(({ metadata }) => metadata.ownerReferences?.[0]?.kind)).toEqual(['ReplicaSet', 'ReplicaSet']);
  });

  it('takes definitions and their objects in one go, in any order, with a status', async () => {
    await cluster.apply([
      { apiVersion: 'example.org/v1', kind: 'Report', metadata: { name: 'first', namespace: 'reports' }, status: { findings: 3 } },
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'reports.example.org' },
        spec: {
          group: 'example.org',
          scope: 'Namespaced',
          names: { kind: 'Report', plural: 'reports' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              subresources: { status: {} },
              schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          ],
        },
      },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'reports' } },
    ]);
    const { body } = await cluster.request('GET', '/apis/example.org/v1/namespaces/reports/reports/first');
    expect(body).toMatchObject({ status: { findings: 3 } });
  });

  it('names the object that it could not apply', async () => {
    const wrong = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'wrong' }, spec: { ports: [{ port: 0 }] } };
    await expect(cluster.apply([wrong])).rejects.toThrow(/applying Service wrong: 422 .*spec\.ports/);
  });

  it('does not wait for a kind that nobody defined', async () => {
    const unknown = { apiVersion: 'example.com/v1', kind: 'Unknown', metadata: { name: 'one' } };
    await expect(cluster.apply([unknown])).rejects.toThrow('the server does not serve example.com/v1/Unknown');
  });

  it('forbids a service account what nobody gave it', async () => {
    const token = await cluster.createServiceAccountToken('scanner', 'reader');
    const forbidden = await cluster.request('GET', '/api/v1/pods', undefined, { token });
    expect(forbidden).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });

    await cluster.apply([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'scanner-reader' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'scanner' }],
      },
    ]);
    await until('the binding to work', async () => (await cluster.request('GET', '/api/v1/pods', undefined, { token })).status === 200);
    expect(await cluster.request('GET', '/api/v1/secrets', undefined, { token })).toMatchObject({ status: 403 });
  });

  it('refuses a token that it did not issue', async () => {
    expect(await cluster.request('GET', '/api/v1/pods', undefined, { token: 'nonsense' })).toMatchObject({ status: 401 });
  });

  it('knows the holder of a client certificate that its authority signed', async () => {
    const agent = new Agent({ connect: { ca: cluster.ca, ...cluster.authority.issue({ commonName: 'ada', organizations: ['auditors'] }) } });
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const response = await request(`${cluster.url}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(review),
    });
    expect(await response.body.json()).toMatchObject({
      status: { userInfo: { username: 'ada', groups: ['auditors', 'system:authenticated'] } },
    });
    await agent.close();
  });

  it('proxies to the configuration of a kubelet', async () => {
    await addNode(cluster, {
      name: 'node-a',
      kubeletVersion: 'v1.35.2',
      labels: { 'topology.kubernetes.io/zone': 'a' },
      configz: { authentication: { anonymous: { enabled: false } }, readOnlyPort: 0 },
    });
    expect(await cluster.request('GET', '/api/v1/nodes/node-a/proxy/configz')).toEqual({
      status: 200,
      body: { kubeletconfig: { authentication: { anonymous: { enabled: false } }, readOnlyPort: 0 } },
    });
    expect((await cluster.request('GET', '/api/v1/nodes/node-a')).body).toMatchObject({
      metadata: { labels: { 'kubernetes.io/hostname': 'node-a', 'topology.kubernetes.io/zone': 'a' } },
      spec: expect.not.objectContaining({ taints: expect.anything() }),
      status: { nodeInfo: { kubeletVersion: 'v1.35.2' } },
    });
  });

  it('reports a kubelet that nobody answers for', async () => {
    await addNode(cluster, { name: 'node-gone', kubeletVersion: 'v1.35.2' });
    const { status } = await cluster.request('GET', '/api/v1/nodes/node-gone/proxy/configz');
    expect(status).toBeGreaterThanOrEqual(500);
  });

  it('hangs while frozen, refuses while killed, and is the same cluster afterwards', async () => {
    await cluster.stopServer('freeze');
    await expect(cluster.request('GET', '/version', undefined, { timeoutMs: 500 })).rejects.toThrow(/timeout/i);
    await cluster.startServer();

    await cluster.stopServer();
    await expect(cluster.request('GET', '/version', undefined, { timeoutMs: 5_000 })).rejects.toThrow(/ECONNREFUSED/);
    await cluster.startServer();
    expect(await cluster.request('GET', '/api/v1/nodes/node-a')).toMatchObject({ status: 200 });

    await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'after-the-outage' } }]);
    await until(
      'the controllers to work again',
      async () => (await cluster.request('GET', '/api/v1/namespaces/after-the-outage/serviceaccounts/default')).status === 200,
    );
  });
});

describe.skipIf(binaries.kind === 'unavailable')('the end of a control plane', () => {
  it('leaves no process', async () => {
    const cluster = await startKubeCluster();
    const processes = cluster.processIds();
    expect(processes).toHaveLength(2);
    await cluster.stop();
    await cluster.stop();
    expect(processes.filter(isAlive)).toEqual([]);
    expect(cluster.processIds()).toEqual([]);
  });

  it('comes with what the server said when a flag is wrong', async () => {
    await expect(startKubeCluster({ apiserverFlags: { 'authorization-mode': 'Nonsense' } })).rejects.toThrow(
      /kube-apiserver ended with exit code 1 .*Nonsense/s,
    );
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
