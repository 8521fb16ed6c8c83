import type { LabelLookup, Tristate } from '#inventory/readers/partial-labels.js';
import type { ResourceRef } from '#inventory/resource-ref.js';

export type Direction = 'Ingress' | 'Egress';

/** A policy that denies the pods it selects what no rule allows. */
export interface Isolation {
  readonly policy: ResourceRef;
  readonly directions: readonly Direction[];
  /** The only namespace it can be about, where there is one: clusters with a policy a namespace have thousands. */
  readonly namespace?: string;
  /** Whether it surely selects, or surely does not select, each of these pods. */
  readonly selects: (pods: PodView) => Tristate;
}

/** By a policy that says what it does in a form that is not understood. */
export const doubtfulIsolation = (policy: ResourceRef, namespace: string | undefined): Isolation => ({ policy, directions: ['Ingress', 'Egress'], ...(namespace !== undefined && { namespace }), selects: () => undefined });

/** A pod, or pods whose labels may be any. */
export interface PodView {
  readonly namespace: string;
  readonly namespaceLabel: LabelLookup;
  readonly label: LabelLookup;
}

/** The label by which the API server tells every namespace's own name. */
export const nameLabel = 'kubernetes.io/metadata.name';
