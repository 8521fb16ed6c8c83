import type { BenchmarkId, BenchmarkPlatform } from '#benchmarks/benchmark.js';

/** Numbers as the root's own passwd and group name them: see `accounts`. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export type Entry = Owner & (
  | { readonly kind: 'file'; readonly content: string | Uint8Array; readonly mode: number }
  /** The manifest of a static pod, as its process says. */
  | { readonly kind: 'manifest'; readonly of: string; readonly mode: number }
  | { readonly kind: 'directory'; readonly mode: number }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'fifo' }
);

/** A running process, with the program it was called by. */
export interface Running {
  /** What changes and manifests call it; a second one of a kind has a name of its own. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Directories or files of the node that it has, at which paths; undefined for a process of the node itself. */
  readonly container?: { readonly mounts: Readonly<Record<string, string>> };
}

/** A node's root, as data. */
export interface NodePlan {
  readonly platform: BenchmarkPlatform;
  /** What its node object says of its kubelet, and the API server of itself. */
  readonly version: string;
  readonly benchmark: BenchmarkId;
  /** As its installer labels its node object. */
  readonly role: 'control-plane' | 'worker';
  readonly entries: Readonly<Record<string, Entry>>;
  readonly processes: readonly Running[];
}

export const root: Owner = { uid: 0, gid: 0 };
export const etcdUser: Owner = { uid: 998, gid: 997 };

/** uid and gid by name. `nonroot` and `root-ops` only begin or end as root's name does. */
export const accounts = {
  users: { root: 0, etcd: 998, nonroot: 65_532, deploy: 1000 },
  groups: { root: 0, etcd: 997, 'root-ops': 990, deploy: 1000 },
} as const;

export const file = (content: string | Uint8Array, mode = 0o600, owner: Owner = root): Entry => ({ kind: 'file', content, mode, ...owner });
export const directory = (mode = 0o755, owner: Owner = root): Entry => ({ kind: 'directory', mode, ...owner });
export const manifest = (of: string, mode = 0o600): Entry => ({ kind: 'manifest', of, mode, ...root });
export const link = (target: string): Entry => ({ kind: 'link', target, ...root });

/** Mounted at the same path as on the node, as installers' static pods do. */
export const sameMounts = (...paths: readonly string[]): NonNullable<Running['container']> => ({ mounts: Object.fromEntries(paths.map((path) => [path, path])) });
