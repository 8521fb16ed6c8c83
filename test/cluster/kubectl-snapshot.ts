import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { snapshotCommand } from '../../apps/standalone/options.js';
import type { KubeCluster } from './kube-cluster.js';

/** What the documented command writes of a cluster: a file in a folder of its own, which is the caller's to remove. */
export async function kubectlSnapshot(cluster: KubeCluster, kubectl: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'snapshot-'));
  await writeFile(join(folder, 'config'), cluster.kubeconfig());
  const env = { HOME: folder, KUBECONFIG: join(folder, 'config'), PATH: [dirname(kubectl), process.env['PATH']].join(delimiter) };
  await promisify(execFile)('sh', ['-c', snapshotCommand], { cwd: folder, env });
  return join(folder, 'cluster.json');
}
