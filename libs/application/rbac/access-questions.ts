import type { AccessQuery, AccessRequest, GrantChain, Identity, RbacRef } from '#inventory/access/access-facts.js';
import type { Coverage } from '#inventory/access/covers.js';
import type { Unused } from '#inventory/access/unused.js';
import type { EffectiveRule } from '#inventory/access/what-can.js';
import type { Holder } from '#inventory/access/who-can.js';
import type { PolicyRule } from '#inventory/facts.js';
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

export interface AccessQuestions {
  readonly 'can-i': readonly AccessQuery[];
  readonly 'who-can': AccessRequest;
  readonly 'what-can': { readonly subject: Identity; readonly namespace?: string };
  readonly covers: { readonly owner: RulesOf; readonly servant: RulesOf };
  readonly unused: Readonly<Record<string, never>>;
}

export interface AccessAnswers {
  readonly 'can-i': AccessBasis & { readonly answers: readonly CanIAnswer[] };
  readonly 'who-can': AccessBasis & { readonly holders: readonly Holder[] };
  /** At most `MOST_RULES` of them. */
  readonly 'what-can': AccessBasis & { readonly rules: readonly EffectiveRule[]; readonly hasMore: boolean };
  readonly covers: AccessBasis & { readonly coverage: Coverage };
  readonly unused: AccessBasis & { readonly unused: Unused };
}

/** Of one answer to what-can. */
export const MOST_RULES = 5_000;
