import { describe, expect, it } from 'vitest';
import { Health } from './health.js';

describe('readiness', () => {
  it('names what does not answer', async () => {
    const health = new Health({ 'the database': () => Promise.reject(new Error('away')), 'the queue': () => Promise.resolve() }, undefined);
    expect(await health.missing()).toEqual(['the database']);
  });

  it('asks once however many want to know at once, and anew for whoever comes later', async () => {
    let asked = 0;
    const health = new Health({ 'the database': async () => void (asked += 1) }, undefined);
    await Promise.all(Array.from({ length: 100 }, () => health.missing()));
    expect(asked).toBe(1);
    await health.missing();
    expect(asked).toBe(2);
  });
});
