import { itemsOf, type BenchmarkId, type Item } from './benchmark.js';
import { benchmarks } from './benchmarks.js';

/** Editions of CIS Kubernetes that are not carried, but whose numbers are known. */
export type EarlierEdition = 'cis-1.10' | 'cis-1.11';
export type EditionId = BenchmarkId | EarlierEdition;

/** An item as an edition numbers it. */
export interface EditionItem {
  readonly id: string;
  readonly title: string;
  /** What it is, whatever its number: the same in every edition that asks for it. */
  readonly meaning: string;
  /** Undefined for an edition that is not carried. */
  readonly item?: Item;
}

const addedCapabilities = { title: 'Containers do not add capabilities', meaning: 'Containers do not add capabilities' } as const;

const isIn = (edition: EditionId): edition is BenchmarkId => Object.hasOwn(benchmarks, edition);

const known = new Map<EditionId, readonly EditionItem[]>();

/** The items of an edition in its order. */
export function editionItems(edition: EditionId): readonly EditionItem[] {
  const items = known.get(edition) ?? itemsIn(edition);
  known.set(edition, items);
  return items;
}

const meanings = new Map<EditionId, ReadonlyMap<string, string>>();

/** What an edition's number means. Throws where it has no such item. */
export function meaningIn(edition: EditionId, id: string): string {
  const known = meanings.get(edition) ?? new Map(editionItems(edition).map((item) => [item.id, item.meaning]));
  meanings.set(edition, known);
  const meaning = known.get(id);
  if (meaning === undefined) throw new RangeError(`${edition} has no item ${id}`);
  return meaning;
}

function itemsIn(edition: EditionId): readonly EditionItem[] {
  return isIn(edition) ? itemsOf(benchmarks[edition]).map((item) => ({ id: item.id, title: item.title, meaning: meaningOf(item, edition), item })) : earlier(edition);
}

const meaningOf = (item: Item, edition: BenchmarkId): string => item.equivalent ?? (edition === 'cis-1.12' || edition === 'cis-2.0' ? item.id : item.title);

/** 1.11 had an item on added capabilities, after which its numbers are one more; 1.10 besides had 5.7 for 5.6 and lacked two. */
function earlier(edition: EarlierEdition): readonly EditionItem[] {
  return itemsOf(benchmarks['cis-1.12']).flatMap(({ id, title }): readonly EditionItem[] => {
    if (edition === 'cis-1.10' && laterThan110.has(id)) return [];
    const moved = { id: numberIn(edition, id), title, meaning: id };
    return id === '5.2.9' ? [{ id: '5.2.9', ...addedCapabilities }, moved] : [moved];
  });
}

const laterThan110: ReadonlySet<string> = new Set(['1.2.30', '4.2.14']);

function numberIn(edition: EarlierEdition, id: string): string {
  const [chapter, section, item] = id.split('.').map(Number);
  if (chapter !== 5 || section === undefined || item === undefined) return id;
  if (section === 2 && item >= 9) return `5.2.${item + 1}`;
  return section === 6 && edition === 'cis-1.10' ? `5.7.${item}` : id;
}
