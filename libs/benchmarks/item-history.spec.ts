import { describe, expect, it } from 'vitest';
import { itemsOf } from './benchmark.js';
import { benchmarks } from './benchmarks.js';
import { editionItems } from './editions.js';
import { differenceOf, numberIn } from './item-history.js';

describe('an item through editions', () => {
  it.each([
    ['5.2.9', '5.2.10', '5.2.10'], ['5.2.12', '5.2.13', '5.2.13'], ['5.6.1', '5.6.1', '5.7.1'], ['5.6.4', '5.6.4', '5.7.4'], ['1.2.30', '1.2.30', undefined], ['4.2.14', '4.2.14', undefined],
    ['5.2.8', '5.2.8', '5.2.8'], ['1.1.1', '1.1.1', '1.1.1'],
  ])('%s of 1.12 is %s in 1.11 and %s in 1.10', (id, in111, in110) => {
    expect(numberIn('cis-1.11', 'cis-1.12', id)).toBe(in111);
    expect(numberIn('cis-1.10', 'cis-1.12', id)).toBe(in110);
    expect(numberIn('cis-2.0', 'cis-1.12', id)).toBe(id);
    if (in110 !== undefined) expect(numberIn('cis-2.0', 'cis-1.10', in110)).toBe(id);
  });

  it('finds it on another platform', () => {
    expect(numberIn('rke2-cis-1.8', 'cis-1.12', '1.2.14')).toBe('1.2.15');
    expect(numberIn('cis-1.12', 'eks-1.8.0', '3.2.1')).toBe('4.2.1');
    expect(numberIn('k3s-cis-1.9', 'cis-1.11', '5.2.9')).toBe('5.2.9');
    expect(numberIn('cis-1.12', 'k3s-cis-1.9', '5.2.9')).toBeUndefined();
    expect(numberIn('aks-1.8', 'eks-1.8.0', '4.1.8')).toBe('4.1.7');
  });

  it('does not take an item of one provider for one of another by its number alone', () => {
    expect(numberIn('cis-1.12', 'gke-1.9.0', '5.1.1')).toBeUndefined();
    expect(numberIn('cis-1.12', 'cis-1.12', '9.9.9')).toBeUndefined();
  });

  it.each(['cis-1.10', 'cis-1.11', ...(Object.keys(benchmarks) as (keyof typeof benchmarks)[])] as const)('has one item a number and a meaning in %s', (edition) => {
    const items = editionItems(edition);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(new Set(items.map(({ meaning }) => meaning)).size).toBe(items.length);
  });
});

describe('the difference of two editions', () => {
  it('from 1.11 to 1.12: one removed, four moved, two asking for more', () => {
    const difference = differenceOf('cis-1.11', 'cis-1.12');
    expect(difference.added).toEqual([]);
    expect(difference.removed).toEqual([{ id: '5.2.9', title: 'Containers do not add capabilities' }]);
    expect(difference.moved.map(({ from, to }) => `${from} ${to}`)).toEqual(['5.2.10 5.2.9', '5.2.11 5.2.10', '5.2.12 5.2.11', '5.2.13 5.2.12']);
    expect(difference.changed.map(({ id }) => id)).toEqual(['1.2.29', '4.2.12']);
  });

  it('from 1.10 to 2.0: all of it', () => {
    const difference = differenceOf('cis-1.10', 'cis-2.0');
    expect(difference.added.map(({ id }) => id)).toEqual(['1.2.30', '4.2.14']);
    expect(difference.removed.map(({ id }) => id)).toEqual(['5.2.9']);
    expect(difference.moved).toHaveLength(8);
    expect(difference.changed.map(({ id }) => id)).toEqual(['1.1.20', '1.2.29', '4.1.7', '4.2.12']);
  });

  it('backwards: added and removed change places', () => {
    const difference = differenceOf('cis-1.12', 'cis-1.10');
    expect(difference.added.map(({ id }) => id)).toEqual(['5.2.9']);
    expect(difference.removed.map(({ id }) => id)).toEqual(['1.2.30', '4.2.14']);
    expect(difference.changed).toHaveLength(4);
  });

  it('from 1.12 to 2.0: nothing', () => {
    expect(differenceOf('cis-1.12', 'cis-2.0')).toEqual({ from: 'cis-1.12', to: 'cis-2.0', added: [], removed: [], moved: [], changed: [] });
  });

  it('of two platforms: what is decided or assessed otherwise', () => {
    const { changed, removed } = differenceOf('cis-1.12', 'k3s-cis-1.9');
    expect(removed.map(({ id }) => id)).toEqual(['1.2.30', '4.2.14']);
    expect(changed.find(({ id }) => id === '1.1.20')?.what).toEqual(['assessed as automated; before, manual', 'decided by something else']);
    expect(changed.find(({ id }) => id === '5.1.2')).toBeUndefined();
  });

  it('has every item once, as kept, added or removed', () => {
    const { added, removed } = differenceOf('cis-1.12', 'eks-1.8.0');
    expect(itemsOf(benchmarks['eks-1.8.0']).length - added.length).toBe(itemsOf(benchmarks['cis-1.12']).length - removed.length);
  });
});
