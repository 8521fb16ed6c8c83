import type { ItemOutcome } from '#benchmarks/outcomes/item-outcome.js';
import type { NodeCase } from './node-case.js';
import { itemsNamed } from './outcomes.js';

/** What a root's items came to, and in a word why. */
export interface Judged {
  readonly root: NodeCase;
  readonly found: ReadonlyMap<string, { readonly outcome: ItemOutcome; readonly why: string }>;
}

export interface Disagreement {
  readonly root: NodeCase;
  readonly item: string;
  readonly expected: ItemOutcome;
  readonly found: ItemOutcome | undefined;
  /** What the judge says. */
  readonly why: string;
}

export const disagreementsOf = ({ root, found }: Judged): readonly Disagreement[] => Object.entries(root.expected).flatMap(([item, expected]) => {
  const one = found.get(item);
  return one?.outcome === expected ? [] : [{ root, item, expected, found: one?.outcome, why: one?.why ?? 'it was not judged' }];
});

export function disagreementText({ root, item, expected, found, why }: Disagreement): string {
  const reason = root.reasons.find(([, items]) => itemsNamed(items).includes(item))?.[2] ?? (root.base === undefined ? 'of the base' : `as on ${root.base}`);
  return `${root.plan.benchmark} ${item} on ${root.name}: ${expected} expected (${reason}), ${found ?? 'nothing'} found${why === '' ? '' : `: ${why}`}`;
}

/** How often the judge and the corpus agree: by platform, and of each section how many of how many items on each platform. */
export function table(all: readonly Judged[]): string {
  const platforms = [...new Set(all.map(({ root }) => root.plan.platform))];
  const sections = [...new Set(all.flatMap(({ root }) => Object.keys(root.expected).map(sectionOf)))].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const of = (platform: string, section?: string): string => {
    const items = all.filter(({ root }) => root.plan.platform === platform).flatMap(({ root, found }) =>
      Object.entries(root.expected).filter(([item]) => section === undefined || sectionOf(item) === section).map(([item, expected]) => found.get(item)?.outcome === expected));
    return items.length === 0 ? '' : `${items.filter(Boolean).length}/${items.length}`;
  };
  return text([
    ['section', ...platforms],
    ['roots', ...platforms.map((platform) => `${all.filter(({ root }) => root.plan.platform === platform).length}`)],
    ['all', ...platforms.map((platform) => of(platform))],
    ...sections.map((section) => [section, ...platforms.map((platform) => of(platform, section))]),
  ]);
}

const sectionOf = (item: string): string => item.slice(0, item.lastIndexOf('.'));

function text(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')).join('\n');
}
