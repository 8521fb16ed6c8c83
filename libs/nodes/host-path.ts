import type { ComponentProcess } from './component-process.js';
import type { NodePath } from './file-fact.js';

/**
 * Where a path of a process lies on the node. `container`: in its image or on a file system of its own, so no file of the
 * node. `unknown`: it lives in a container and what is mounted there could not be read.
 */
export type HostPath = { readonly state: 'host'; readonly path: NodePath } | { readonly state: 'container' } | { readonly state: 'unknown'; readonly detail: string };

/** `path` is absolute, as the process sees it. */
export function hostPathOf(process: Pick<ComponentProcess, 'mounts' | 'container'>, path: NodePath): HostPath {
  const { mounts, container } = process;
  if (mounts.state !== 'read') {
    return container ? { state: 'unknown', detail: `What is mounted in its container could not be read: ${mounts.detail}` } : { state: 'host', path };
  }
  if (mounts.value.length === 0) return { state: 'host', path };
  const clean = normalPath(path);
  const mount = mounts.value.filter(({ at }) => isBelow(clean, at)).reduce<(typeof mounts.value)[number] | undefined>((best, each) => (best && best.at.length > each.at.length ? best : each), undefined);
  if (mount?.host === undefined) return { state: 'container' };
  return { state: 'host', path: joined(mount.host, mount.at === '/' ? clean : clean.slice(mount.at.length)) };
}

/** Whether a path is the directory itself or below it. */
export const isBelow = (path: NodePath, directory: NodePath): boolean => directory === '/' || path === directory || path.startsWith(`${directory}/`);

const joined = (directory: NodePath, rest: string): NodePath => normalPath(`${directory}/${rest}`);

/** Without `.`, `..`, doubled and trailing slashes; relative paths are taken from `/`. */
export function normalPath(path: string): NodePath {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
