import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stopProcess } from './owned-process.mjs';

/** Starts the API server of a bench cluster in a process of its own. */
export async function startCluster(shape) {
  const child = fork(fileURLToPath(new URL('api-server.mjs', import.meta.url)), [JSON.stringify(shape)], { execArgv: [] });
  const [{ url, ca, token }] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the API server ended with ${code}`))),
  ]);
  return { pid: child.pid, url, ca, token, stop: () => stopProcess(child) };
}
