import { createHmac } from 'node:crypto';
import type { InstalledPackage, OsFacts, PlatformSign } from '#nodes/node-evidence.js';
import type { Reading } from '#nodes/reading.js';
import type { FileBook } from './file-book.js';
import type { HostRoot } from './host-root.js';
import { platformSigns } from './locations.js';

const SMALL_FILE = 64 * 1024;
const LONGEST = 200;

export function osOf(root: HostRoot): Reading<OsFacts> {
  const etc = root.read('/etc/os-release', SMALL_FILE);
  const file = etc.state === 'absent' ? root.read('/usr/lib/os-release', SMALL_FILE) : etc;
  if (file.state !== 'read') return file;
  const text = file.value.toString('utf8');
  const field = (name: string): string => printable(new RegExp(`^${name}=(["']?)(.*)\\1$`, 'm').exec(text)?.[2] ?? '');
  return { state: 'read', value: { id: field('ID'), version: field('VERSION_ID'), name: field('PRETTY_NAME') } };
}

export function kernelOf(root: HostRoot): Reading<string> {
  const file = root.read('/proc/sys/kernel/osrelease', SMALL_FILE);
  return file.state === 'read' ? { state: 'read', value: printable(file.value.toString('utf8').trim()) } : file;
}

/** Tells machines of one cluster apart, and nothing to anybody else: see systemd's machine-id(5) on not showing the id. */
export function machineOf(root: HostRoot, cluster: string | undefined): string | undefined {
  const file = root.read('/etc/machine-id', SMALL_FILE);
  const id = file.state === 'read' ? file.value.toString('latin1').trim() : '';
  return cluster === undefined || !/^[0-9a-f]{32}$/.test(id) ? undefined : createHmac('sha256', id).update(`bulwark node ${cluster}`).digest('hex');
}

export const platformsOf = (files: FileBook): readonly PlatformSign[] => platformSigns.filter(([path]) => files.root.look(path).state === 'present').map(([path, platform]) => ({ platform, by: path }));

const packageNames = new Set(['kubelet', 'kubeadm', 'kubectl', 'kubernetes-cni', 'cri-tools', 'containerd', 'containerd.io', 'cri-o', 'docker-ce', 'docker.io', 'runc', 'etcd-server']);

/** Of dpkg's status file, stanza by stanza. */
export function packagesOf(root: HostRoot): Reading<readonly InstalledPackage[]> {
  const found: InstalledPackage[] = [];
  let rest = '';
  const end = root.scan('/var/lib/dpkg/status', (chunk) => {
    const stanzas = (rest + chunk.toString('latin1')).split('\n\n');
    rest = (stanzas.pop() ?? '').slice(-SMALL_FILE);
    for (const stanza of stanzas) found.push(...packageIn(stanza));
    return found.length <= packageNames.size;
  });
  return end.state === 'read' ? { state: 'read', value: [...found, ...packageIn(rest)] } : end;
}

function packageIn(stanza: string): readonly InstalledPackage[] {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
  const name = field('Package');
  return packageNames.has(name) && field('Status').endsWith(' installed') ? [{ name, version: printable(field('Version')) }] : [];
}

const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, LONGEST);
