import { describe, expect, it } from 'vitest';
import { learnedFacts } from './learned-facts.js';

const nothing = { platform: null, version: null, isManaged: null };

describe('what is known of a cluster', () => {
  it('is what was seen first, also where that is not much', () => {
    expect(learnedFacts(nothing, { platform: 'unknown', isManaged: false })).toEqual({ platform: 'unknown', version: null, isManaged: false });
  });

  it('follows what is seen', () => {
    const known = { platform: 'unknown', version: 'v1.35.2', isManaged: false } as const;
    expect(learnedFacts(known, { platform: 'eks', version: 'v1.36.0-eks-1', isManaged: true })).toEqual({ platform: 'eks', version: 'v1.36.0-eks-1', isManaged: true });
  });

  it('is not forgotten by a look that sees less', () => {
    const known = { platform: 'eks', version: 'v1.36.0-eks-1', isManaged: true } as const;
    expect(learnedFacts(known, { platform: 'unknown', isManaged: false })).toEqual(known);
  });
});
