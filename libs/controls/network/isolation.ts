import type { LabelLookup } from '#inventory/readers/partial-labels.js';

export type Direction = 'Ingress' | 'Egress';

/** A policy that denies every pod of some namespaces what no rule allows. */
export interface Isolation {
  /** Kind and name. */
  readonly text: string;
  readonly directions: readonly Direction[];
  /** The only namespace it can be about, where there is one: clusters with a policy a namespace have thousands. */
  readonly namespace?: string;
  /** Whether it surely selects every pod of the namespace. */
  readonly covers: (namespace: NamespaceView) => boolean;
}

export interface NamespaceView {
  readonly name: string;
  readonly label: LabelLookup;
}

/** The label by which the API server tells every namespace's own name. */
export const nameLabel = 'kubernetes.io/metadata.name';
