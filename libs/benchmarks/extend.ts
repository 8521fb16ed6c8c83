import type { Assessment, BenchmarkPlatform, ControlAnswer } from './benchmark.js';
import { evidenceOf } from './evidence.js';
import type { ItemSpec, SectionSpec } from './item-spec.js';
import type { Remedy } from './remedies/remedy.js';
import { fileMode, notApplicable, ownedByRoot, type Rule } from './rules/rule.js';
import type { PathRef } from './paths/path-ref.js';
import { pathRow } from './paths/path-tables.js';

/** How an item differs from the one that it is like. */
export interface Difference {
  readonly title?: string;
  readonly rule?: Rule;
  /** Of that rule: see `Judgement`. */
  readonly coveredBy?: readonly ControlAnswer[];
  readonly remedy?: Remedy;
  readonly caveat?: string;
}

/** An item that means what one of the base table does. */
export interface Row {
  readonly id: string;
  readonly like: string;
  readonly assessment: Assessment;
  readonly difference?: Difference;
}

export const like = (id: string, base: string, assessment: Assessment, difference?: Difference): Row => ({ id, like: base, assessment, ...(difference && { difference }) });

/** `same('automated', '1.1.1', …)`: numbers that mean the same in the base table. */
export const same = (assessment: Assessment, ...ids: readonly string[]): readonly Row[] => ids.map((id) => like(id, id, assessment));

/** What a platform has not: no evidence is needed to say so. */
export const without = (reason: string, title?: string): Difference =>
  ({ ...(title !== undefined && { title }), rule: notApplicable(reason), remedy: { kind: 'text', text: `Nothing is to be done: ${reason}.` } });

export const otherMode = (max: number, title: string, ...paths: readonly PathRef[]): Difference => ({ title, rule: fileMode(max, ...paths), remedy: { kind: 'mode', paths, mode: max } });
export const otherOwner = (title: string, ...paths: readonly PathRef[]): Difference => ({ title, rule: ownedByRoot(...paths), remedy: { kind: 'owner', paths, owner: 'root', group: 'root' } });

export interface RowSection {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly (Row | ItemSpec)[];
}

/** Sections of a platform's table: items of the base, with their differences, beside items of its own, by number. @throws where the base has no such item. */
export function extend(platform: BenchmarkPlatform, base: readonly SectionSpec[], sections: readonly RowSection[]): readonly SectionSpec[] {
  const items = new Map(base.flatMap((section) => section.items).map((item) => [item.id, item]));
  return sections.map(({ id, title, rows }) => ({
    id, title,
    items: rows.map((row) => {
      if (!('like' in row)) return row;
      const item = items.get(row.like);
      if (!item) throw new Error(`${row.id} is like ${row.like}, which the base table does not have`);
      return extended(item, row, platform);
    }).sort((a, b) => compareNumbers(a.id, b.id)),
  }));
}

/** Numbers of items by their parts: 1.2.9 before 1.2.10. */
export const compareNumbers = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

function extended(item: ItemSpec, { id, like: equivalent, assessment, difference = {} }: Row, platform: BenchmarkPlatform): ItemSpec {
  const { caveat: _, ...own } = item;
  const { rule = absence(item, platform), coveredBy, ...rest } = difference;
  if (rule === undefined) return { ...own, ...rest, id, equivalent, assessment };
  const { answeredBy: _answers, rule: _rule, coveredBy: _covers, otherwise: _otherwise, ...common } = own;
  return { ...common, ...rest, id, equivalent, assessment, rule, ...(coveredBy && { coveredBy }), evidence: evidenceOf(rule) };
}

/** What a platform has none of needs no look at its nodes. */
function absence({ rule }: ItemSpec, platform: BenchmarkPlatform): Rule | undefined {
  if (rule?.kind !== 'file-mode' && rule?.kind !== 'file-owner') return undefined;
  const rows = rule.paths.map((ref) => pathRow(ref, platform));
  const reasons = rows.flatMap((row) => (row && 'absent' in row ? [row.absent] : []));
  return reasons.length === rows.length ? notApplicable(reasons[0]!) : undefined;
}
