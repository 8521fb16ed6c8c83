import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layers, severities } from '../engine/control.js';
import { exposures, privileges, riskOf, riskSteps, surroundingsOf, surroundingsText, type RiskFactors } from './risk.js';

const factors: fc.Arbitrary<RiskFactors> = fc.record({
  severity: fc.constantFrom(...severities), layer: fc.constantFrom(...layers),
  exposure: fc.constantFrom(undefined, ...exposures), privilege: fc.constantFrom(undefined, ...privileges), isExploited: fc.boolean(),
});

describe('risk', () => {
  it('is what its steps multiply to', () => {
    fc.assert(fc.property(factors, (given) => {
      const product = riskSteps(given).reduce((points, { weight }, i) => (i === 0 ? weight : points * weight), 0);
      expect(riskOf(given)).toBe(Math.min(100, Math.round(product)));
    }));
  });

  it('never falls as things get worse', () => {
    const worse: Partial<Record<keyof RiskFactors, readonly unknown[]>> = {
      severity: severities.toReversed(), exposure: ['none', 'namespace', 'cluster', 'internet'], privilege: ['none', 'some', 'cluster'], isExploited: [false, true],
    };
    fc.assert(fc.property(factors, fc.constantFrom(...(Object.keys(worse) as (keyof RiskFactors)[])), (given, field) => {
      const risks = worse[field]!.map((value) => riskOf({ ...given, [field]: value }));
      expect(risks).toEqual(risks.toSorted((a, b) => a - b));
    }));
  });

  it('puts a high finding that the internet reaches before a critical one that nobody does', () => {
    const exposed = riskOf({ severity: 'high', layer: 'workloads', exposure: 'internet', privilege: 'node' });
    expect(exposed).toBeGreaterThan(riskOf({ severity: 'critical', layer: 'workloads', exposure: 'none', privilege: 'none' }));
    expect(exposed).toBeLessThan(riskOf({ severity: 'critical', layer: 'workloads', exposure: 'internet', privilege: 'node' }));
  });

  it('is kept by its factors', () => {
    fc.assert(fc.property(factors, ({ severity, layer, ...surroundings }) => {
      expect(riskOf({ severity, layer, ...surroundingsOf(surroundingsText(surroundings)) })).toBe(riskOf({ severity, layer, ...surroundings }));
    }));
    expect(surroundingsOf('moon|much|')).toEqual({ exposure: undefined, privilege: undefined, isExploited: false });
  });
});
