import { contains, normalHostPath, overlap } from '#inventory/readers/host-path.js';
import { runtimeSockets } from './runtime-sockets.js';

/** Where a node keeps credentials, state or other tenants' data: reading them is enough. */
const secretBearing: readonly string[] = [
  '/etc', '/home', '/proc', '/root', '/var/lib/containerd', '/var/lib/containers', '/var/lib/docker', '/var/lib/etcd', '/var/lib/k0s',
  '/var/lib/kubelet', '/var/lib/rancher', '/windows/system32/config', '/programdata/docker', '/programdata/containerd',
];

/** What a node runs, or follows as root: writing there is running code on it, or reading any file of it. */
const trusted: readonly string[] = ['/bin', '/boot', '/lib', '/lib64', '/opt/cni', '/sbin', '/sys', '/usr', '/var/lib/cni', '/var/log', '/var/spool/cron', '/windows'];

/** The part of a node that a hostPath reaches and that hands the node over; undefined where it reaches none that is known. */
export function sensitivePathOf(path: string, isWritable: boolean): string | undefined {
  const normal = normalHostPath(path);
  if (normal === '/') return '/';
  return secretBearing.find((sensitive) => overlap(normal, sensitive))
    ?? runtimeSockets.find((socket) => contains(normal, socket))
    ?? (isWritable ? trusted.find((sensitive) => overlap(normal, sensitive)) : undefined);
}
