import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createApiClient } from './api-client.js';
import type { ApiClient } from './api-client.js';
import { createApply } from './apply.js';
import { clusterBinaries } from './binaries.js';
import type { Authority } from './certificates.js';
import { prepareControlPlane } from './control-plane.js';
import type { Flags } from './control-plane.js';
import { freePorts } from './free-ports.js';
import { kubeconfigOf } from './kubeconfig.js';
import { openNodeNetwork } from './node-network.js';
import type { NodeNetwork } from './node-network.js';
import { startOwned } from './owned-process.js';
import type { OwnedProcess } from './owned-process.js';
import { until } from './until.js';

export type KubeClusterOptions = {
  /** Runs a controller manager, without which there are no pods of workloads, no default service accounts and no rules in admin, edit and view. */
  readonly controllerManager?: boolean;
  /** kube-apiserver flags without the dashes, over the defaults. */
  readonly apiserverFlags?: Flags;
};

/** A real control plane on loopback. There is no scheduler: pods stay pending until the test binds them. */
export type KubeCluster = {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  /** A bearer token in the group system:masters. */
  readonly adminToken: string;
  /** Signs whatever the cluster trusts: client certificates, servers of nodes. */
  readonly authority: Authority;
  readonly nodes: NodeNetwork;
  /** What the API server was started with, behind its program. */
  readonly apiserverArguments: readonly string[];
  /** Where its store answers, without TLS. */
  readonly etcdUrl: string;
  /** Process ids of the servers that run now. */
  processIds(): readonly number[];
  /** A kubeconfig with inline data, for the administrator unless a token is given. */
  kubeconfig(token?: string): string;
  /** A token of one hour for a service account, which is created with its namespace where absent. */
  createServiceAccountToken(namespace: string, name: string): Promise<string>;
  request: ApiClient['request'];
  /** Server-side apply. A manifest's status is written too; a List is taken apart. */
  apply(manifests: readonly object[]): Promise<void>;
  /** An outage: killed, connections are refused; frozen, they hang. */
  stopServer(how?: 'kill' | 'freeze'): Promise<void>;
  /** Ends the outage. The server has the same address, certificate and objects as before. */
  startServer(): Promise<void>;
  /** Ends every process and removes every file. Safe to call again. */
  stop(): Promise<void>;
};

const startAttempts = 3;
const readyTimeoutMs = 120_000;

/** Starts etcd, kube-apiserver and, if asked, kube-controller-manager, and returns when they are ready for use. */
export async function startKubeCluster(options: KubeClusterOptions = {}): Promise<KubeCluster> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Ports are looked up before they are bound, so another process may have been quicker.
      const portTaken = error instanceof Error && error.message.includes('address already in use');
      if (!portTaken || attempt === startAttempts) throw error;
    }
  }
}

async function startOnce(options: KubeClusterOptions): Promise<KubeCluster> {
  const binaries = await clusterBinaries();
  if (binaries.kind === 'unavailable') throw new Error(`no control plane to start: ${binaries.reason}`);
  const { controllerManager } = binaries;
  if (options.controllerManager && controllerManager === undefined) throw new Error('KUBEBUILDER_ASSETS has no kube-controller-manager');

  const cleanups: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
  };

  try {
    const folder = await mkdtemp(join(tmpdir(), 'kube-cluster-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    const [etcdPort = 0, etcdPeer = 0, apiserverPort = 0] = await freePorts(3);
    const plane = await prepareControlPlane(
      folder,
      { etcd: etcdPort, etcdPeer, apiserver: apiserverPort },
      options.apiserverFlags ?? {},
    );

    const nodes = await openNodeNetwork(plane.nodeSocket);
    cleanups.push(() => nodes.close());
    const client = createApiClient(plane.url, plane.authority.cert, plane.adminToken);
    cleanups.push(() => client.close());

    const running = new Map<string, OwnedProcess>();
    const start = async (name: string, binary: string, args: readonly string[]) => {
      const process = await startOwned(name, binary, args);
      running.set(name, process);
      return process;
    };
    cleanups.push(async () => {
      await Promise.all([...running.values()].map((process) => process.kill()));
      running.clear();
    });

    await start('etcd', binaries.etcd, plane.etcd);
    const startApiserver = () => start('kube-apiserver', binaries.apiserver, plane.apiserver);
    let apiserver = await startApiserver();
    await ready([...running.values()], 'the API server', () => isReady(client));

    if (options.controllerManager && controllerManager !== undefined) {
      await start('kube-controller-manager', controllerManager, plane.controllerManager);
      await ready([...running.values()], 'the controllers', () => controllersHaveRun(client));
    }

    const apply = createApply(client);
    return {
      url: plane.url,
      ca: plane.authority.cert,
      adminToken: plane.adminToken,
      authority: plane.authority,
      nodes,
      apiserverArguments: plane.apiserver,
      etcdUrl: plane.etcdUrl,
      processIds: () => [...running.values()].filter((process) => !process.hasEnded()).map(({ pid }) => pid),
      kubeconfig: (token = plane.adminToken) => kubeconfigOf(plane.url, plane.authority.cert, token),
      createServiceAccountToken: async (namespace, name) => {
        await apply([
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
          { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
        ]);
        return requestToken(client, namespace, name);
      },
      request: client.request,
      apply,
      stopServer: async (how = 'kill') => {
        if (how === 'freeze') apiserver.signal('SIGSTOP');
        else await apiserver.kill();
      },
      startServer: async () => {
        if (apiserver.hasEnded()) apiserver = await startApiserver();
        else apiserver.signal('SIGCONT');
        await ready([...running.values()], 'the API server', () => isReady(client));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for `probe`; the end of any of the processes fails at once, with what it last said. */
async function ready(processes: readonly OwnedProcess[], what: string, probe: () => Promise<boolean>): Promise<void> {
  const waiting = new AbortController();
  const ended = processes.map(async (process) => {
    const how = await process.ended;
    throw new Error(`${process.name} ended with ${how} before ${what} got ready:\n${process.stderrTail()}`);
  });
  try {
    await Promise.race([until(what, probe, { timeoutMs: readyTimeoutMs, signal: waiting.signal }), ...ended]);
  } catch (error) {
    if (processes.some((process) => process.hasEnded())) throw error;
    const said = processes.map((process) => `--- ${process.name}\n${process.stderrTail()}`).join('\n');
    throw new Error(`${what} did not get ready:\n${said}`, { cause: error });
  } finally {
    waiting.abort();
  }
}

async function isReady(client: ApiClient): Promise<boolean> {
  return (await client.request('GET', '/readyz', undefined, { timeoutMs: 2_000 })).status === 200;
}

/** True once a pod could be made in the default namespace and the aggregated roles have their rules. */
async function controllersHaveRun(client: ApiClient): Promise<boolean> {
  const account = await client.request('GET', '/api/v1/namespaces/default/serviceaccounts/default');
  if (account.status !== 200) return false;
  const schema = z.object({ rules: z.array(z.unknown()).nullish() });
  const roles = await Promise.all(
    ['admin', 'edit', 'view'].map((name) => client.request('GET', `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`)),
  );
  return roles.every(({ body }) => (schema.parse(body).rules ?? []).length > 0);
}

async function requestToken(client: ApiClient, namespace: string, name: string): Promise<string> {
  const { status, body } = await client.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  });
  if (status !== 201) throw new Error(`no token for ${namespace}/${name}: ${status} ${JSON.stringify(body)}`);
  return z.object({ status: z.object({ token: z.string() }) }).parse(body).status.token;
}
