import type { ContainerMount } from '#nodes/component-process.js';
import { isBelow, normalPath } from '#nodes/host-path.js';
import { bundleLimits } from '#nodes/limits.js';
import type { Reading } from '#nodes/reading.js';

/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
interface Mount {
  readonly device: string;
  /** The part of the file system that is mounted. */
  readonly root: string;
  readonly at: string;
}

export type MountTable = Reading<readonly Mount[]>;

/** Of no item's interest, and of every container. */
const irrelevant = /^\/(proc|sys|dev)(\/|$)/;

export function parseMounts(file: Reading<Buffer>): MountTable {
  if (file.state !== 'read') return file;
  const mounts = file.value.toString('utf8').split('\n').flatMap((line): readonly Mount[] => {
    const [, , device, root, at] = line.split(' ');
    return device === undefined || root === undefined || at === undefined || !at.startsWith('/') ? [] : [{ device, root: unescaped(root), at: unescaped(at) }];
  });
  return mounts.length === 0 ? { state: 'invalid', detail: 'Its list of mounts is empty.' } : { state: 'read', value: mounts };
}

/** Blanks and backslashes stand as `\040` and the like. */
const unescaped = (text: string): string => text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** What lies on the node behind the paths of a process: nothing to tell where both have the same root. */
export function containerMounts(own: MountTable, host: MountTable): Reading<readonly ContainerMount[]> {
  if (own.state !== 'read') return own;
  if (host.state !== 'read') return host;
  const [top, hostTop] = [topOf(own.value), topOf(host.value)];
  if (top && hostTop && top.device === hostTop.device && top.root === hostTop.root) return { state: 'read', value: [] };
  const mounts = own.value.filter(({ at }) => !irrelevant.test(at));
  if (mounts.length > bundleLimits.mounts) return { state: 'too-large', detail: `It has more than ${bundleLimits.mounts} mounts.` };
  // Of mounts on one another the last one shows.
  const byPlace = new Map(mounts.map((mount) => [mount.at, mount]));
  return { state: 'read', value: [...byPlace.values()].map((mount) => {
    const path = mount.at === '/' ? undefined : hostPath(mount, host.value);
    return { at: normalPath(mount.at), ...(path !== undefined && { host: path }) };
  }) };
}

const topOf = (mounts: readonly Mount[]): Mount | undefined => mounts.findLast(({ at }) => at === '/');

/** The same part of the same file system as the node has it mounted. */
function hostPath({ device, root }: Mount, host: readonly Mount[]): string | undefined {
  const over = host.filter((mount) => mount.device === device && isBelow(root, mount.root)).toSorted((a, b) => b.root.length - a.root.length || a.at.length - b.at.length)[0];
  return over && normalPath(`${over.at}/${over.root === '/' ? root : root.slice(over.root.length)}`);
}
