import { describe, expect, it } from 'vitest';
import { isUuid, uuidFrom } from './uuid-from.js';

describe('uuidFrom', () => {
  it('is a UUID of version 8 that never changes', () => {
    expect(uuidFrom('finding', 'tenant', 'cluster', 'key')).toBe('ee0143a5-5b12-850d-8543-fc143e09b9f6');
    expect(isUuid(uuidFrom('event', 'a', 1))).toBe(true);
  });

  it('keeps apart what joins to the same text', () => {
    expect(uuidFrom('a', 'b', 'c')).not.toBe(uuidFrom('a', 'bc'));
    expect(uuidFrom('a', 'bc')).not.toBe(uuidFrom('ab', 'c'));
    expect(uuidFrom('a', '1:b')).not.toBe(uuidFrom('a', '1', 'b'));
  });
});
