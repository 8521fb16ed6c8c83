import type { ComponentProcess } from '#nodes/component-process.js';
import { hostPathOf, type HostPath } from '#nodes/host-path.js';
import { normalPath } from '#nodes/host-path.js';
import type { Component } from '../../component.js';

/** A component as it was started on a node: as a process of its own, or within that of k3s or MicroK8s. */
export interface Started {
  readonly component: Component;
  /** Arguments behind the program. */
  readonly args: readonly string[];
  /** Why its settings cannot be told; undefined where they can. */
  readonly lacks?: string;
  /** Values of these flags were withheld. */
  readonly withheld: readonly string[];
  /** The process that it is, or is part of. */
  readonly process: ComponentProcess;
  readonly isEmbedded: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly isEnvironmentWhole: boolean;
  /** Where a path that it names lies on the node. */
  toHost(path: string): HostPath;
}

/** A process of its own. Its first word is the program; hyperkube's second says which. */
export function startedAs(component: Component, process: ComponentProcess): Started {
  const [called = '', ...rest] = process.argv;
  const isHyperkube = /(^|\/)hyperkube$/.test(called);
  return {
    component, process, withheld: process.withheld, isEmbedded: false, args: isHyperkube ? rest.slice(1) : rest,
    ...(process.isArgvTruncated && { lacks: `the command line of ${component} (process ${process.pid}) is longer than is read` }),
    environment: process.environment.state === 'read' ? Object.fromEntries(process.environment.value.map(({ name, value }) => [name, value])) : {},
    isEnvironmentWhole: process.environment.state === 'read',
    toHost: (path) => hostPathOf(process, path),
  };
}

/** A part of another process, which sees the node's own files. */
export const startedWithin = (component: Component, process: ComponentProcess, args: readonly string[], lacks?: string): Started => ({
  component, process, args, withheld: process.withheld, isEmbedded: true, environment: {}, isEnvironmentWhole: true, ...(lacks !== undefined && { lacks }),
  toHost: (path) => ({ state: 'host', path: normalPath(path) }),
});

/** Pods that the API server made have a UUID; those that a kubelet starts from files have a hash. */
export const isOfApiPod = ({ container }: ComponentProcess): boolean => /^[0-9a-f]{8}[-_][0-9a-f]{4}[-_]/.test(container?.podUid ?? '');
