import { chmodSync, chownSync, lchownSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NodeRoot } from '../../../apps/agent/testing/node-root.js';
import { accounts, type Entry, type NodePlan, type Running } from './node-plan.js';

/** Files of root, and of others, can be made by root alone. */
export const mayGiveAway = process.geteuid?.() === 0;

/** The plan as files in a folder of its own. Throws what the system says where it may not give files away. */
export function buildNode(plan: NodePlan): NodeRoot {
  // Directories on the way are to be 0755 wherever this runs.
  process.umask(0o022);
  const node = new NodeRoot();
  node.file('/etc/passwd', `${Object.entries(accounts.users).map(([name, id]) => `${name}:x:${id}:${id}::/:/bin/false`).join('\n')}\n`);
  node.file('/etc/group', `${Object.entries(accounts.groups).map(([name, id]) => `${name}:x:${id}:`).join('\n')}\n`);
  // Directories first, and of them the outer ones: what is made on the way is root's, 0755.
  for (const [path, entry] of Object.entries(plan.entries).toSorted(([a], [b]) => (a < b ? -1 : 1))) place(node, path, entry, plan);
  for (const [path, entry] of Object.entries(plan.entries)) if (entry.kind === 'directory') chmodSync(join(node.path, path), entry.mode);
  plan.processes.forEach((running, at) => node.process({
    pid: 1000 + at, argv: [running.program, ...running.args], uid: running.uid ?? 0, exe: running.program.split(' ')[0]!,
    environment: running.environment ?? {},
    cgroup: running.container ? `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${podUid(plan, running, at)}.slice/cri-containerd-${String(at).padStart(64, 'a')}.scope\n` : '0::/system.slice/kubelet.service\n',
    mountinfo: running.container ? containerMounts(running.container.mounts) : '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n',
  }));
  return node;
}

/** Of a static pod it is a digest of its manifest, without dashes; of others what the API server gave it, which control groups write with underscores. */
const podUid = ({ entries }: NodePlan, { name }: Running, at: number): string =>
  (Object.values(entries).some((entry) => entry.kind === 'manifest' && entry.of === name) ? String(at).padStart(32, 'c') : `0a1b2c3d_0000_4000_8000_${String(at).padStart(12, '0')}`);

const containerMounts = (mounts: Readonly<Record<string, string>>): string =>
  ['500 400 0:77 / / rw - overlay overlay rw', '501 500 0:80 / /proc rw - proc proc rw', ...Object.entries(mounts).map(([at, host], index) => `${510 + index} 500 8:1 ${host} ${at} rw - ext4 /dev/sda1 rw`), ''].join('\n');

function place(node: NodeRoot, path: string, entry: Entry, plan: NodePlan): void {
  const full = join(node.path, path);
  mkdirSync(dirname(full), { recursive: true });
  switch (entry.kind) {
    case 'directory': node.directory(path); break;
    case 'link': node.link(path, entry.target); break;
    case 'fifo': node.fifo(path); break;
    case 'file': node.file(path, typeof entry.content === 'string' ? entry.content : Buffer.from(entry.content), entry.mode); break;
    case 'manifest': node.file(path, manifestOf(entry.of, plan.processes.find(({ name }) => name === entry.of)), entry.mode); break;
  }
  if (entry.kind === 'link') lchownSync(full, entry.uid, entry.gid);
  else {
    chownSync(full, entry.uid, entry.gid);
    // Giving a file away takes its special bits.
    if ('mode' in entry) chmodSync(full, entry.mode);
  }
}

/** A static pod that does what the process does; of none that runs, one that would start with no flags. */
function manifestOf(name: string, running: Running | undefined): string {
  const mounts = Object.entries(running?.container?.mounts ?? {});
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'kube-system' },
    spec: {
      hostNetwork: true,
      containers: [{
        name, image: `registry.k8s.io/${name}:v1`, command: [running?.program ?? name, ...(running?.args ?? [])],
        volumeMounts: mounts.map(([mountPath], at) => ({ name: `v${at}`, mountPath })),
        ...(running?.environment && { env: Object.entries(running.environment).map(([key, value]) => ({ name: key, value })) }),
      }],
      volumes: mounts.map(([, path], at) => ({ name: `v${at}`, hostPath: { path } })),
    },
  });
}
