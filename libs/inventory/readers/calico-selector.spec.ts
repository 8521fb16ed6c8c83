import { describe, expect, it } from 'vitest';
import { matchesCalicoSelector } from './calico-selector.js';

const labels: Readonly<Record<string, string | null>> = { 'projectcalico.org/name': 'shop', tier: 'front', absent: null };
const matches = (text: string) => matchesCalicoSelector(text, (key) => labels[key]);

describe('a Calico selector', () => {
  it.each([
    ['', true],
    ['all()', true],
    ['global()', false],
    ['has(tier)', true],
    ['has(absent)', false],
    ['!has(absent)', true],
    ['tier == "front"', true],
    ["tier != 'front'", false],
    ['absent != "x"', true],
    ['absent == "x"', false],
    ['tier in {"front", "back"}', true],
    ['tier not in {"front"}', false],
    ['absent not in {"front"}', true],
    ['tier contains "ron"', true],
    ['tier starts with "fr" && tier ends with "nt"', true],
    ['has(projectcalico.org/name) && projectcalico.org/name not in {"kube-system", "calico-system"}', true],
    ['tier == "back" || (has(tier) && !(tier == "back"))', true],
    ['tier == "front"&&absent!="x"', true],
  ] as const)('%s is %s', (text, expected) => expect(matches(text)).toBe(expected));

  it('cannot tell where a label is not known, unless the rest decides', () => {
    expect(matches('app == "web"')).toBeUndefined();
    expect(matches('app == "web" && tier == "back"')).toBe(false);
    expect(matches('app == "web" || tier == "front"')).toBe(true);
    expect(matches('!has(app)')).toBeUndefined();
  });

  it.each(['tier ==', 'tier == front', 'has(tier', 'tier === "a"', 'tier in {"a" "b"}', '(((', '&& a', `${'('.repeat(40)}all()${')'.repeat(40)}`, '!'.repeat(100_000)])('cannot tell of what it cannot read: %#', (text) => {
    expect(matches(text)).toBeUndefined();
  });
});
