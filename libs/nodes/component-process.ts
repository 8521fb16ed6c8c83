import type { NodePath } from './file-fact.js';
import type { Reading } from './reading.js';

/**
 * What a process is, told by its argument vector:
 * hyperkube's and OpenShift's sub-commands by what they run, `kubelite` is MicroK8s' one process for all of Kubernetes.
 */
export const components = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
  'kubelet',
  'kube-proxy',
  'k3s-server',
  'k3s-agent',
  'rke2-server',
  'rke2-agent',
  'kubelite',
  'containerd',
  'crio',
  'dockerd',
] as const;
export type Component = (typeof components)[number];

/** Stands where a secret was. */
export const WITHHELD = '[withheld]';

/** A variable of an environment that some item reads; others are not kept, not even their names. */
export interface EnvironmentVariable {
  readonly name: string;
  /** {@link WITHHELD} where it looked like a secret. */
  readonly value: string;
}

/** One mount of a process that lives in a container: what lies on the node behind a path of its own. */
export interface ContainerMount {
  /** Path as the process sees it. */
  readonly at: NodePath;
  /** The same on the node; left out where it is none of the node's file systems (the image, a tmpfs of its own). */
  readonly host?: NodePath;
}

export interface ComponentProcess {
  readonly component: Component;
  readonly pid: number;
  /**
   * Words as the kernel tells them, secrets replaced by {@link WITHHELD}: of `--token=x` only the x. The first word is how it
   * was called. Any user can start a process that is called kubelet: see `uid` and `container`.
   */
  readonly argv: readonly string[];
  /** The vector was longer than is read: flags after its end were not seen, so none of them may be called unset. */
  readonly isArgvTruncated: boolean;
  /** k3s and RKE2 overwrite their arguments: their options are in their unit, environment and configuration files. */
  readonly isArgvTitle: boolean;
  /** Flags and words whose value was withheld, without dashes. */
  readonly withheld: readonly string[];
  /** The program's file as the process sees it. `denied` without CAP_SYS_PTRACE. */
  readonly exe: Reading<NodePath>;
  /** Effective user; left out where it could not be read. */
  readonly uid?: number;
  /** Only variables that items read, such as etcd's. `denied` without CAP_SYS_PTRACE. */
  readonly environment: Reading<readonly EnvironmentVariable[]>;
  /** By its control group, where that names a container; left out for a process of the node itself. */
  readonly container?: { readonly id?: string; readonly podUid?: string };
  /**
   * Mounts that decide where its paths lie on the node, in no order; an empty list for a process that sees the node's own
   * file system. See `hostPathOf`.
   */
  readonly mounts: Reading<readonly ContainerMount[]>;
}
