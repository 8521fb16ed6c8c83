import { combined } from '../rules/combine.js';
import type { SubjectStatus } from '../outcomes/subject-verdict.js';
import type { EvidenceSource } from './judgement.js';

/** What would tell, where something is unknown: what advice is made of. */
export type Need =
  | { readonly of: 'collector' }
  | { readonly of: 'cloud' }
  /** `resource`: as evidence names it, `secrets of kube-system`. */
  | { readonly of: 'right'; readonly resource: string }
  /** Whoever gives this right or evidence is known by its name alone: `kubelet-config`. */
  | { readonly of: 'other'; readonly name: string };

/** What one rule says of one subject. */
export interface Finding {
  readonly status: SubjectStatus;
  /** What fails, what would tell, why it does not apply, or what to look at; '' of a pass. */
  readonly text: string;
  /** The value that decided; never a secret. */
  readonly found?: string;
  readonly source?: EvidenceSource;
  readonly at?: string;
  /** What a person is shown. */
  readonly gathered?: readonly string[];
  readonly need?: Need;
}

type Where = Pick<Finding, 'found' | 'source' | 'at'>;

export const passes = (where: Where = {}): Finding => ({ status: 'pass', text: '', ...where });
export const failsBy = (text: string, where: Where = {}): Finding => ({ status: 'fail', text, ...where });
export const unknownFor = (text: string, need: Need, where: Where = {}): Finding => ({ status: 'unknown', text, need, ...where });
export const doesNotApply = (text: string, where: Where = {}): Finding => ({ status: 'not-applicable', text, ...where });
export const toLookAt = (text: string, gathered: readonly string[] = [], where: Where = {}): Finding => ({ status: 'manual', text, gathered, ...where });

export const collector: Need = { of: 'collector' };
export const right = (resource: string): Need => ({ of: 'right', resource });

/** Texts that are told together. */
const MOST_TEXTS = 3;

/** Some of several texts, and how many there are beside. */
export const together = (texts: readonly string[]): string => (texts.length <= MOST_TEXTS ? texts.join('; ') : `${texts.slice(0, MOST_TEXTS).join('; ')}; and ${texts.length - MOST_TEXTS} more`);

/** Several findings on one subject as one: by `all` the worst counts, by `any` the best, and why is what those say that count. */
export function combine(how: 'all' | 'any', findings: readonly Finding[]): Finding {
  if (findings.length === 1) return findings[0]!;
  const status = combined(how, findings.map((finding) => finding.status));
  const alike = findings.filter((finding) => finding.status === status);
  const [first] = alike;
  if (!first) return unknownFor('any evidence', collector);
  const texts = [...new Set(alike.map(({ text }) => text).filter((text) => text !== ''))];
  const gathered = alike.flatMap((finding) => finding.gathered ?? []);
  return { ...first, text: together(texts), ...(gathered.length > 0 && { gathered }) };
}
