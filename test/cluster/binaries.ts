import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const answerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ready'),
    etcd: z.string(),
    apiserver: z.string(),
    controllerManager: z.string().optional(),
    kubectl: z.string().optional(),
  }),
  z.object({ kind: z.literal('unavailable'), reason: z.string() }),
]);

/** Absolute paths of a control plane, or why there is none on this machine. */
export type ClusterBinaries = Readonly<z.infer<typeof answerSchema>>;

let answer: Promise<ClusterBinaries> | undefined;

/**
 * Finds the control plane (KUBEBUILDER_ASSETS, then the cache folder) or builds it with Go, which takes
 * minutes the first time. Asked once a process.
 */
export function clusterBinaries(): Promise<ClusterBinaries> {
  answer ??= ask();
  return answer;
}

async function ask(): Promise<ClusterBinaries> {
  const script = fileURLToPath(new URL('build-binaries.mjs', import.meta.url));
  const child = fork(script, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
  const ended = once(child, 'close');
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  const [code] = await ended;
  if (stdout === '') throw new Error(`${script} ended with code ${String(code)} and no answer`);
  return answerSchema.parse(JSON.parse(stdout));
}
