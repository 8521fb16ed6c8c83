import { editionItems, type EditionId, type EditionItem } from './editions.js';
import type { Item } from './benchmark.js';

/** What an edition came to ask of an item that the one before asked otherwise. Assessments of editions that are not carried are not known. */
const changes: readonly { readonly since: EditionId; readonly meaning: string; readonly what: string }[] = [
  { since: 'cis-1.11', meaning: '1.1.20', what: 'certificates may have mode 0644; before, 0600 was asked for' },
  { since: 'cis-1.11', meaning: '4.1.7', what: 'the kubelet\'s client CA may have mode 0644; before, 0600 was asked for' },
  { since: 'cis-1.12', meaning: '1.2.29', what: 'suites with CBC are no longer among the strong ones' },
  { since: 'cis-1.12', meaning: '4.2.12', what: 'suites without forward secrecy (RSA key exchange) are no longer among the strong ones' },
];

const kubernetesEditions: readonly EditionId[] = ['cis-1.10', 'cis-1.11', 'cis-1.12', 'cis-2.0'];

/** An item's number in another edition; undefined where that does not ask for it, or the number does not exist. So history and exceptions carry over. */
export function numberIn(to: EditionId, from: EditionId, id: string): string | undefined {
  const meaning = editionItems(from).find((item) => item.id === id)?.meaning;
  return meaning === undefined ? undefined : editionItems(to).find((item) => item.meaning === meaning)?.id;
}

export interface BenchmarkDifference {
  readonly from: EditionId;
  readonly to: EditionId;
  readonly added: readonly NumberedItem[];
  readonly removed: readonly NumberedItem[];
  /** The same under another number. */
  readonly moved: readonly { readonly from: string; readonly to: string; readonly title: string }[];
  /** The same item, which asks for something else; `id` is its number in the later edition. */
  readonly changed: readonly { readonly id: string; readonly title: string; readonly what: readonly string[] }[];
}

export interface NumberedItem {
  readonly id: string;
  readonly title: string;
}

/** What changes when a cluster is judged by `to` instead of `from`. */
export function differenceOf(from: EditionId, to: EditionId): BenchmarkDifference {
  const old = editionItems(from);
  const next = editionItems(to);
  const oldByMeaning = new Map(old.map((item) => [item.meaning, item]));
  const meanings = new Set(next.map(({ meaning }) => meaning));
  const kept = next.flatMap((item) => {
    const before = oldByMeaning.get(item.meaning);
    return before ? [{ before, after: item }] : [];
  });
  return {
    from, to,
    added: next.filter(({ meaning }) => !oldByMeaning.has(meaning)).map(numbered),
    removed: old.filter(({ meaning }) => !meanings.has(meaning)).map(numbered),
    moved: kept.filter(({ before, after }) => before.id !== after.id).map(({ before, after }) => ({ from: before.id, to: after.id, title: after.title })),
    changed: kept.map(({ before, after }) => ({ id: after.id, title: after.title, what: whatChanged(from, to, before, after) })).filter(({ what }) => what.length > 0),
  };
}

const numbered = ({ id, title }: EditionItem): NumberedItem => ({ id, title });

function whatChanged(from: EditionId, to: EditionId, before: EditionItem, after: EditionItem): readonly string[] {
  if (before.item && after.item) return itemChanges(before.item, after.item);
  return changesBetween(from, to).filter(({ meaning }) => meaning === after.meaning).map(({ what }) => what);
}

/** Those made on the way, in either direction; of editions that are no line of CIS Kubernetes none are known. */
function changesBetween(from: EditionId, to: EditionId): typeof changes {
  const [low, high] = [kubernetesEditions.indexOf(from), kubernetesEditions.indexOf(to)].sort((a, b) => a - b) as [number, number];
  return low < 0 ? [] : changes.filter(({ since }) => kubernetesEditions.indexOf(since) > low && kubernetesEditions.indexOf(since) <= high);
}

function itemChanges(before: Item, after: Item): readonly string[] {
  return [
    ...(before.assessment === after.assessment ? [] : [`assessed as ${after.assessment}; before, ${before.assessment}`]),
    ...(judgementText(before) === judgementText(after) ? [] : ['decided by something else']),
  ];
}

const judgementText = ({ rule, answeredBy }: Item): string => JSON.stringify(rule ?? answeredBy);
