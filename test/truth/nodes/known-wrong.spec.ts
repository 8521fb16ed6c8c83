import { describe, expect, it } from 'vitest';
import { knownWrong } from '#kube-bench/known-wrong.js';
import { corpus } from './corpus.js';
import { covered, notOfNodes } from './known-wrong.js';
import { itemsNamed } from './outcomes.js';

const roots = new Map(corpus.map((one) => [one.name, one]));

describe('what kube-bench is known to get wrong', () => {
  it('is covered one by one, or is nothing that a node shows', () => {
    const ids = new Set(knownWrong.map(({ id }) => id));
    const shown = new Set(covered.flatMap((row) => row.ids));
    expect([...ids].filter((id) => !shown.has(id) && !Object.hasOwn(notOfNodes, id))).toEqual([]);
    expect([...shown, ...Object.keys(notOfNodes)].filter((id) => !ids.has(id))).toEqual([]);
    expect([...shown].filter((id) => Object.hasOwn(notOfNodes, id))).toEqual([]);
  });

  it.each(covered.map((row) => [row.said, row] as const))('%s: on roots that there are', (_, { by }) => {
    expect(by.length).toBeGreaterThan(0);
    for (const [name, items] of by) {
      const root = roots.get(name);
      expect(root, name).toBeDefined();
      const named = itemsNamed(items);
      expect(named.filter((id) => !(id in root!.expected)), name).toEqual([]);
      // A variation is about some of these items; a base is about all.
      const about = new Set(root!.reasons.flatMap(([, ids]) => itemsNamed(ids)));
      expect(root!.base === undefined || named.some((id) => about.has(id)), `${name} is about none of ${items}`).toBe(true);
    }
  });
});
