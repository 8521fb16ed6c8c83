import type { PairAnswer, PortAnswer } from '#inventory/reachability/answer.js';
import type { Difference } from '#inventory/reachability/difference.js';
import type { Exposure, SensitiveReach } from '#inventory/reachability/exposure.js';
import type { ReachabilityMap } from '#inventory/reachability/map.js';
import type { Isolation } from '#inventory/reachability/reachability.js';
import type { ReachList, ReachOptions } from '#inventory/reachability/reach-list.js';
import type { ResourceKey } from '#inventory/resources.js';

/** Parties are `namespace/name`, `namespace/Kind/name` or an address. */
export interface PairQuery {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
}

/** Of whom it is asked: a party, all of a namespace, or what is outside of the cluster. */
export type ReachOf = { readonly party: string } | { readonly namespace: string } | { readonly outside: true };

export interface ReachQuestion {
  readonly of: ReachOf;
  /** `from`: what they reach; `to`: what reaches them. */
  readonly direction: 'from' | 'to';
  readonly port?: ReachOptions['port'];
}

export interface ExposedWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly exposure: Exposure;
  readonly sensitive: SensitiveReach;
}

export type MapFormat = 'json' | 'dot' | 'mermaid';

export interface ReachabilityQuestions {
  readonly pairs: readonly PairQuery[];
  readonly reach: ReachQuestion;
  readonly isolation: { readonly party: string };
  readonly exposure: { readonly namespace?: string };
  readonly map: { readonly namespaces?: readonly string[]; readonly format: MapFormat };
  /** Of two scans: what is reachable in the one and was not in the other. */
  readonly difference: Readonly<Record<string, never>>;
}

export interface OutsideReach {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly ports: PortAnswer;
  readonly internet: PortAnswer;
}

/** What every answer stands on. */
export interface ReachabilityBasis {
  /** Lists that decide and were not read to the end, of either scan where two are compared. */
  readonly incomplete: readonly ResourceKey[];
}

type Answer<A> = ReachabilityBasis & { readonly answer: A };

export interface ReachabilityAnswers {
  readonly pairs: Answer<readonly PairAnswer[]>;
  /** Undefined where there is no such party. */
  readonly reach: Answer<ReachList | { readonly workloads: readonly OutsideReach[]; readonly isCut: boolean } | undefined>;
  readonly isolation: Answer<{ readonly ingress: Isolation; readonly egress: Isolation } | undefined>;
  readonly exposure: Answer<{ readonly workloads: readonly ExposedWorkload[]; readonly isCut: boolean }>;
  readonly map: Answer<{ readonly map: ReachabilityMap; readonly text: string | undefined }>;
  readonly difference: Answer<Difference>;
}

/** Workloads in one answer. */
export const MOST_WORKLOADS = 5_000;
