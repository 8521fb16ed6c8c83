import type { ResourceRef } from '#inventory/resource-ref.js';

/**
 * System components that need what a control forbids. Narrow by control, kind, namespace and name, visible in
 * the catalogue, and counted as `expected`, with the reason, in every evaluation: never silence.
 */
export interface Expectation {
  readonly controls: readonly string[];
  readonly kind: string;
  readonly namespace: string;
  /** The whole name, or a prefix where it ends in `*`. */
  readonly name: string;
  /** The only part meant; every part where it is left out. */
  readonly part?: string;
  readonly because: string;
}

const controlPlanePods = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];

export const expectations: readonly Expectation[] = [
  ...controlPlanePods.flatMap((name): readonly Expectation[] => [
    { controls: ['workloads/host-namespaces'], kind: 'Pod', namespace: 'kube-system', name: `${name}-*`, because: 'control plane static pods serve on their node\'s own addresses before any pod network exists' },
    { controls: ['workloads/host-path'], kind: 'Pod', namespace: 'kube-system', name: `${name}-*`, because: 'control plane static pods read their certificates and state from their node' },
  ]),
  { controls: ['workloads/host-namespaces', 'workloads/privileged', 'workloads/host-path'], kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy', because: 'kube-proxy programs the node\'s own packet filter' },
];

const byControl = new Map<string, Expectation[]>();
for (const expectation of expectations) {
  for (const control of expectation.controls) {
    const list = byControl.get(control);
    if (list) list.push(expectation);
    else byControl.set(control, [expectation]);
  }
}

/** Why this object is expected to fail the control; undefined where it is not. */
export function expectedToFail(controlId: string, resource: ResourceRef, part: string): string | undefined {
  return byControl.get(controlId)?.find((expectation) =>
    expectation.kind === resource.kind && expectation.namespace === resource.namespace &&
    (expectation.part === undefined || expectation.part === part) &&
    (expectation.name.endsWith('*') ? resource.name.startsWith(expectation.name.slice(0, -1)) : resource.name === expectation.name),
  )?.because;
}
