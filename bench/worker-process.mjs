import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stopProcess } from './owned-process.mjs';

const entry = fileURLToPath(new URL('../dist/apps/worker/main.js', import.meta.url));

/** As docker-compose.yml has them. */
export const productionOptions = ['--max-semi-space-size=4', '--v8-pool-size=0'];
export const productionEnv = { MALLOC_ARENA_MAX: '2' };

/** Starts the worker as production does, and waits until it takes work. */
export async function startWorker({ databaseUrl, keyEncryptionKeys, nodeOptions = [] }) {
  const child = spawn(process.execPath, [...productionOptions, ...nodeOptions, entry], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...productionEnv,
      BULWARK_DATABASE_URL: databaseUrl,
      BULWARK_KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
      BULWARK_ALLOWED_PRIVATE_RANGES: '127.0.0.0/8',
      BULWARK_WORKER_PORT: '0',
      BULWARK_LOG_FORMAT: 'json',
    },
  });
  const lines = [];
  let tell;
  const ready = new Promise((resolve, reject) => {
    tell = resolve;
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code} before it ran:\n${lines.join('\n')}`)));
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    if (line.includes('"worker runs"')) tell();
  });
  await ready;
  return { pid: child.pid, lines, stop: () => stopProcess(child) };
}
