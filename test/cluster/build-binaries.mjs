// Makes the control plane of the cluster tests available and says where it is.
//
//   node test/cluster/build-binaries.mjs
//
// Takes KUBEBUILDER_ASSETS if it is set, else the cache folder, else builds with Go into that folder.
// Progress goes to stderr, one line of JSON to stdout:
//   {"kind":"ready","etcd":…,"apiserver":…,"controllerManager":…,"kubectl":…}   exit code 0
//   {"kind":"unavailable","reason":…}                                           exit code 3
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir, setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const goModule = fileURLToPath(new URL('go/', import.meta.url));

const binaries = [
  { key: 'etcd', file: 'etcd', source: 'go.etcd.io/etcd/server/v3', required: true },
  { key: 'apiserver', file: 'kube-apiserver', source: 'k8s.io/kubernetes/cmd/kube-apiserver', required: true },
  { key: 'controllerManager', file: 'kube-controller-manager', source: 'k8s.io/kubernetes/cmd/kube-controller-manager', required: false },
  { key: 'kubectl', file: 'kubectl', source: 'k8s.io/kubernetes/cmd/kubectl', required: false },
];

const lockHeartbeatMs = 5_000;
const lockStaleMs = 60_000;

const answer = await locate();
process.stdout.write(`${JSON.stringify(answer)}\n`);
process.exitCode = answer.kind === 'ready' ? 0 : 3;

async function locate() {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets) {
    const found = await findIn(assets);
    const missing = binaries.filter(({ key, required }) => required && !(key in found)).map(({ file }) => file);
    // A setting that is wrong must not be papered over by a build of another version.
    if (missing.length > 0) return unavailable(`KUBEBUILDER_ASSETS is ${assets}, which has no executable ${missing.join(', ')}`);
    return { kind: 'ready', ...found };
  }

  const version = await kubernetesVersion();
  const folder = join(process.env.BULWARK_TEST_CACHE || join(homedir(), '.cache', 'bulwark-test'), `kubernetes-${version}`);
  if (isComplete(await findIn(folder))) return { kind: 'ready', ...(await findIn(folder)) };

  const go = spawnSync('go', ['version'], { encoding: 'utf8', env: goEnvironment() });
  if (go.error) return unavailable(`no Kubernetes ${version} in ${folder}, no "go" on the PATH to build it, and KUBEBUILDER_ASSETS is not set`);
  if (go.status !== 0) return unavailable(`"go version" failed: ${go.stderr.trim()}`);

  try {
    await mkdir(folder, { recursive: true });
    await withLock(join(folder, '.lock'), () => buildMissing(folder, version));
  } catch (error) {
    return unavailable(`building Kubernetes ${version} in ${folder} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { kind: 'ready', ...(await findIn(folder)) };
}

function unavailable(reason) {
  return { kind: 'unavailable', reason };
}

function isComplete(found) {
  return binaries.every(({ key }) => key in found);
}

/** The absolute paths of the binaries that `folder` has, by key. */
async function findIn(folder) {
  const found = {};
  for (const { key, file } of binaries) {
    const path = join(folder, file);
    if (await isExecutable(path)) found[key] = path;
  }
  return found;
}

async function isExecutable(path) {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function kubernetesVersion() {
  const version = /^\tk8s\.io\/kubernetes (v\d+\.\d+\.\d+)$/m.exec(await readFile(join(goModule, 'go.mod'), 'utf8'))?.[1];
  if (!version) throw new Error(`${goModule}go.mod requires no k8s.io/kubernetes release`);
  return version;
}

function goEnvironment() {
  // Flags and a workspace of the user's own would change what is built.
  return { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
}

async function buildMissing(folder, version) {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version);
  const stamp = 'k8s.io/component-base/version';
  const ldflags = `-s -w -X ${stamp}.gitVersion=${version} -X ${stamp}.gitMajor=${major} -X ${stamp}.gitMinor=${minor}`;

  setPriority(10);
  const scratch = await mkdtemp(join(folder, '.build-'));
  try {
    const found = await findIn(folder);
    for (const { key, file, source } of binaries.filter((binary) => !(binary.key in found))) {
      const started = Date.now();
      process.stderr.write(`building ${file} ${key === 'etcd' ? '' : `${version} `}(minutes with a cold Go cache) ...\n`);
      await run('go', ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', ldflags, '-o', join(scratch, file), source]);
      // One rename a binary: whoever looks sees a whole file or none, and an interrupted build goes on where it was.
      await rename(join(scratch, file), join(folder, file));
      process.stderr.write(`built ${join(folder, file)} in ${Math.round((Date.now() - started) / 1000)} s\n`);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function run(command, args) {
  const child = spawn(command, args, { cwd: goModule, env: goEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = () => child.kill('SIGINT');
  // A forked copy of this script must not go on building for a test run that is gone.
  const reasonsToStop = ['SIGTERM', 'SIGINT', 'disconnect'];
  for (const reason of reasonsToStop) process.once(reason, stop);
  process.channel?.unref();
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (tail = (tail + text).slice(-4_000)));
  const outcome = await new Promise((resolve, reject) => child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal)));
  for (const reason of reasonsToStop) process.off(reason, stop);
  if (outcome !== 0) throw new Error(`${command} ${args[0]} ended with ${outcome}\n${tail.trim()}`);
}

/**
 * Runs `work` while no other process does. The lock only saves time: a holder that is gone for a minute loses
 * it, and two builds at once would still be correct, because each renames whole files into place.
 */
async function withLock(path, work) {
  let announced = false;
  for (;;) {
    try {
      await (await open(path, 'wx')).close();
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const held = await stat(path).catch(() => undefined);
    if (held && Date.now() - held.mtimeMs > lockStaleMs) {
      await rm(path, { force: true });
      continue;
    }
    if (!announced) process.stderr.write(`another process is building, waiting for ${path}\n`);
    announced = true;
    await sleep(1_000);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch((error) => process.stderr.write(`lock heartbeat: ${error.message}\n`));
  }, lockHeartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}
