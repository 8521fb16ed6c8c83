import { describe, expect, it } from 'vitest';
import { patchableExamples } from '#test/support/patchable-examples.js';
import { strategicMerge } from '#test/support/strategic-merge.js';

const examples = patchableExamples();

describe('patches of the catalogue', () => {
  it('are there for what a change of a field mends', () => {
    expect(new Set(examples.map(({ control }) => control.id)).size).toBeGreaterThan(12);
  });

  it.each(examples.map((example) => [example.title, example] as const))('%s: is mended by its patch', (_, { object, failure, isMendedBy }) => {
    expect(isMendedBy(object)).toBe(false);
    expect(isMendedBy(strategicMerge(object, failure.patch))).toBe(true);
  });
});
