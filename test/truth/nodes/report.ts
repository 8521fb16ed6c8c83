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

/** How often the judge and the corpus agree, by platform and by section. */
export function table(all: readonly Judged[]): string {
  const rows = [
    ...groups(all, ({ root }) => root.plan.platform).map(([name, tally]) => [name, ...tally] as const),
    ...groups(all, () => 'section', sectionOf).map(([name, tally]) => [name, ...tally] as const),
  ];
  const cells = [['', 'roots', 'items', 'agreed', 'share'], ...rows.map(([name, roots, items, agreed]) => [name, `${roots}`, `${items}`, `${agreed}`, `${((100 * agreed) / items).toFixed(1)} %`])];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')).join('\n');
}

const sectionOf = (item: string): string => item.split('.').slice(0, item.split('.').length - 1).join('.');

type Tally = readonly [roots: number, items: number, agreed: number];

function groups(all: readonly Judged[], of: (one: Judged) => string, within?: (item: string) => string): readonly (readonly [string, Tally])[] {
  const tallies = new Map<string, { roots: Set<string>; items: number; agreed: number }>();
  for (const one of all) {
    for (const [item, expected] of Object.entries(one.root.expected)) {
      const name = within ? `${of(one)} ${within(item)}` : of(one);
      const tally = tallies.get(name) ?? { roots: new Set<string>(), items: 0, agreed: 0 };
      tallies.set(name, tally);
      tally.roots.add(one.root.name);
      tally.items++;
      if (one.found.get(item)?.outcome === expected) tally.agreed++;
    }
  }
  return [...tallies].map(([name, { roots, items, agreed }]) => [name, [roots.size, items, agreed]] as const);
}
