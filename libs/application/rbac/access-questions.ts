import type { AccessDifference } from '#inventory/access/access-difference.js';
import type { AccessQuery, AccessRequest, GrantChain, Identity, RbacRef } from '#inventory/access/access-facts.js';
import type { Coverage } from '#inventory/access/covers.js';
import type { RightSized } from '#inventory/access/right-size.js';
import type { Unused } from '#inventory/access/unused.js';
import type { BestCut } from '#inventory/access/escalation-paths.js';
import type { EscalationPath } from '#inventory/access/escalation-world.js';
import type { EffectiveRule } from '#inventory/access/what-can.js';
import type { Holder } from '#inventory/access/who-can.js';
import type { PolicyRule, Subject } from '#inventory/facts.js';
import type { ResourceKey } from '#inventory/resources.js';

/** What every answer stands on. */
export interface AccessBasis {
  /** Lists that were not read to the end: what they lack may grant more. */
  readonly incomplete: readonly ResourceKey[];
  /** Aggregated roles that were too large to compute. */
  readonly unresolved: readonly RbacRef[];
}

export interface CanIAnswer {
  /** Null where nothing that was read allows it, and not everything was read. */
  readonly allowed: boolean | null;
  readonly chain: GrantChain | null;
}

/** Rules of two sides: of a subject, or as they are given. */
export type RulesOf = { readonly subject: Identity; readonly namespace: string } | { readonly rules: readonly PolicyRule[] };

/** Whose way to cluster-admin is asked: of who holds rights, or of who has broken into a pod. Without a kind: of all workloads of the name. */
export type EscalationStart = { readonly subject: Subject } | { readonly workload: { readonly kind?: string; readonly namespace: string; readonly name: string } };

export interface EscalationQuestion {
  /** Everybody where left out. */
  readonly of?: EscalationStart;
  /** Paths at most. */
  readonly limit: number;
}

/** A path as an answer has it. */
export type FoundPath = EscalationPath & {
  /** It starts at a part of Kubernetes itself, which may be meant to be as good as cluster-admin. */
  readonly isOfSystem: boolean;
  /** Steps that are left out at the end. */
  readonly more: number;
};

export interface EscalationAnswer {
  /** False: what was not read, or too much of what was, may hide a way, or a shorter one. */
  readonly isComplete: boolean;
  readonly paths: readonly FoundPath[];
  /** There are more than are given. */
  readonly hasMore: boolean;
  /** Of everybody; undefined where one was asked for. */
  readonly all: { readonly subjects: number; readonly workloads: number; readonly bestCut: BestCut | undefined } | undefined;
  readonly mermaid: string;
}

export interface AccessQuestions {
  readonly 'can-i': readonly AccessQuery[];
  readonly 'who-can': AccessRequest;
  readonly 'what-can': { readonly subject: Identity; readonly namespace?: string };
  readonly covers: { readonly owner: RulesOf; readonly servant: RulesOf };
  readonly unused: Readonly<Record<string, never>>;
  readonly 'right-size': { readonly subject: Identity; readonly used: readonly AccessRequest[]; readonly byName: boolean };
  /** Of two scans: who may do what that they might not before. */
  readonly difference: Readonly<Record<string, never>>;
}

export interface AccessAnswers {
  readonly 'can-i': AccessBasis & { readonly answers: readonly CanIAnswer[] };
  readonly 'who-can': AccessBasis & { readonly holders: readonly Holder[] };
  /** At most `MOST_RULES` of them. */
  readonly 'what-can': AccessBasis & { readonly rules: readonly EffectiveRule[]; readonly hasMore: boolean };
  readonly covers: AccessBasis & { readonly coverage: Coverage };
  readonly unused: AccessBasis & { readonly unused: Unused };
  readonly 'right-size': AccessBasis & { readonly rightSized: RightSized };
  /** `incomplete` of either scan: what was not read may have been there before. */
  readonly difference: AccessBasis & { readonly difference: AccessDifference };
}

/** Subjects and places in one answer to difference. */
export const MOST_GROWN = 1_000;

/** Of one answer to what-can. */
export const MOST_RULES = 5_000;

/** Of one path. */
export const MOST_STEPS = 50;

export interface EscalationQuestions {
  readonly paths: EscalationQuestion;
}

export interface EscalationAnswers {
  /** No `escalation` where there is no such workload. */
  readonly paths: AccessBasis & { readonly escalation: EscalationAnswer | undefined };
}
