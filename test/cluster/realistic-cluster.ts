import { z } from 'zod';
import { parseAllDocuments } from 'yaml';
import type { ClusterConnection } from '#application/ports/cluster-collector.js';
import { rightsManifest } from '#kubernetes/rights/rights-manifest.js';
import { readRealistic, realisticFiles } from '../support/realistic.js';
import { addNode } from './fake-kubelet.js';
import { startKubeCluster, type KubeCluster } from './kube-cluster.js';
import { loadObjects, objectOf, type Loaded, type LoadedObject } from './load-objects.js';
import { until } from './until.js';

/** A control plane full of what real projects ship, and a way into it with the rights of the base manifest. */
export interface RealisticCluster {
  readonly cluster: KubeCluster;
  readonly connection: ClusterConnection;
  readonly objects: readonly LoadedObject[];
  readonly loaded: Loaded;
}

const listSchema = z.object({ items: z.array(z.object({ metadata: z.object({ uid: z.string(), resourceVersion: z.string() }) })) });
/** What is read and controllers write. */
const restless = ['/api/v1/pods', '/apis/rbac.authorization.k8s.io/v1/clusterroles', '/apis/apps/v1/deployments', '/apis/apps/v1/replicasets', '/apis/batch/v1/jobs'];

export async function startRealisticCluster(): Promise<RealisticCluster> {
  // RBAC alone, as the engine: the node authorizer lets nodes do more.
  const cluster = await startKubeCluster({ controllerManager: true, apiserverFlags: { 'authorization-mode': 'RBAC' } });
  try {
    // Without a node daemon sets have no pods.
    await addNode(cluster, { name: 'node-a', kubeletVersion: 'v1.36.3' });
    const objects = realisticFiles.flatMap((file) => readRealistic(file).map(objectOf));
    const loaded = await loadObjects(cluster, objects);
    await cluster.apply(parseAllDocuments(rightsManifest('base')).map((document) => document.toJS() as object).filter((object) => object !== null));
    const connection: ClusterConnection = { server: cluster.url, ca: cluster.ca, credential: { kind: 'token', token: await cluster.createServiceAccountToken('bulwark', 'bulwark') } };
    await untilQuiet(cluster);
    return { cluster, connection, objects, loaded };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Until the controllers are done. */
export async function untilQuiet(cluster: KubeCluster): Promise<void> {
  let before = '';
  await until('the controllers to be done', async () => {
    const now = JSON.stringify(await Promise.all(restless.map(async (path) => listSchema.parse((await cluster.request('GET', path)).body).items)));
    const isQuiet = now === before;
    before = now;
    return isQuiet;
  }, { timeoutMs: 90_000, everyMs: 3_000 });
}
