import { describe, expect, it } from 'vitest';
import { itemsOf } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';
import { attestationProblem, attested, countOutcomes, shownAs, type Attestation } from './attestation.js';
import { resultOf } from './testing/result-of.js';

const itemOf = (id: string) => itemsOf(benchmarks['cis-1.12']).find((item) => item.id === id)!;
const manual = resultOf(itemOf('5.6.1'), [{ subject: 'cluster', status: 'manual', look: 'Whether each namespace is one team\'s.' }]);
const now = new Date('2026-06-01T12:00:00Z');
const statement: Attestation = { by: 'ada@shop.example', at: new Date('2026-05-01T08:00:00Z'), verdict: 'pass', statement: 'One namespace a team, checked with the owners.', expiresAt: new Date('2026-11-01T00:00:00Z') };

describe('an attestation', () => {
  it('decides a manual item, and is shown as what a person said', () => {
    const result = attested(manual, statement, now);
    expect(result).toMatchObject({ outcome: 'pass', decidedByMachine: false, attestation: { state: 'in-force', by: 'ada@shop.example' } });
    expect(shownAs(result)).toBe('pass (attested)');
    expect(result.sentence).toBe('Passes as ada@shop.example on 2026-05-01 attested, until 2026-11-01: One namespace a team, checked with the owners.');
  });

  it('can say that an item fails', () => {
    expect(shownAs(attested(manual, { ...statement, verdict: 'fail' }, now))).toBe('fail (attested)');
  });

  it('counts for nothing from the moment that it ends, and the item says so', () => {
    for (const at of [statement.expiresAt, new Date('2027-01-01')]) {
      const result = attested(manual, statement, at);
      expect(result).toMatchObject({ outcome: 'manual', attestation: { state: 'expired' } });
      expect(shownAs(result)).toBe('manual (attestation expired)');
      expect(result.sentence).toContain('What ada@shop.example on 2026-05-01 attested ended on 2026-11-01.');
    }
  });

  it('changes nothing that evidence decided or could not tell', () => {
    const failed = resultOf(itemOf('5.2.2'), [{ subject: 'cluster', status: 'fail', message: '2 containers' }]);
    const unknown = resultOf(itemOf('5.2.2'), []);
    for (const result of [failed, unknown]) {
      expect(attested(result, statement, now)).toEqual({ ...result, attestation: { ...statement, state: 'unused' } });
      expect(attested(result, undefined, now)).toBe(result);
    }
    expect(shownAs(attested(failed, statement, now))).toBe('fail (decided by machine)');
  });

  it('is counted apart from what machines decide', () => {
    const decided = resultOf(itemOf('5.1.1'), [{ subject: 'cluster', status: 'pass' }]);
    const counts = countOutcomes([attested(manual, statement, now), attested(manual, { ...statement, verdict: 'fail' }, now), attested(manual, statement, new Date('2027-01-01')), decided, manual]);
    expect(counts).toEqual({ pass: 1, fail: 0, passAttested: 1, failAttested: 1, unknown: 0, notApplicable: 0, manual: 2 });
  });
});

describe('what is no attestation', () => {
  it.each([
    [{ by: ' ' }, 'by', 'name who says so'],
    [{ statement: '' }, 'statement', 'say what was looked at'],
    [{ at: new Date('x') }, 'expiresAt', 'two dates'],
    [{ at: new Date('2026-07-01') }, 'at', 'a day to come'],
    [{ expiresAt: statement.at }, 'expiresAt', 'must end after it was made'],
    [{ attachment: { name: 'scan.pdf', sha256: 'abc' } }, 'attachment', '64 hexadecimal digits'],
  ])('%j says what is wrong, and with what', (change, about, text) => {
    expect(attestationProblem({ ...statement, ...change }, now)).toEqual({ about, text: expect.stringContaining(text) });
  });

  it('nothing is wrong with a whole one', () => {
    expect(attestationProblem({ ...statement, attachment: { name: 'scan.pdf', sha256: 'a'.repeat(64) } }, now)).toBeUndefined();
  });
});
