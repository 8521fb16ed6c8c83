import { describe, expect, it } from 'vitest';
import { NEWEST_MINOR, newestVersion, parsePodSecurityVersion, versionOfServer } from './pod-security-version.js';

describe('a version of the standards', () => {
  it.each([['v1.0', 0], ['v1.9', 9], ['v1.25', 25], [`v1.${NEWEST_MINOR}`, NEWEST_MINOR]])('%s is read', (text, minor) => {
    expect(parsePodSecurityVersion(text)).toEqual({ outcome: 'version', version: { minor, name: text, isBeyondTable: false } });
  });

  it('latest is the newest known', () => {
    expect(parsePodSecurityVersion('latest')).toEqual({ outcome: 'version', version: newestVersion });
    expect(newestVersion.isBeyondTable).toBe(false);
  });

  it.each(['v1.38', 'v1.99999999999999999999'])('%s is newer than the rules, which is said', (text) => {
    expect(parsePodSecurityVersion(text)).toEqual({ outcome: 'version', version: { minor: NEWEST_MINOR, name: `v1.${NEWEST_MINOR}`, isBeyondTable: true } });
  });

  it.each(['', '1.25', 'v1', 'v1.', 'v1.25.1', 'v1.025', 'v2.0', 'v1.-1', 'V1.25', ' v1.25', 'v1.25\n', 'Latest'])('%j is none', (text) => {
    expect(parsePodSecurityVersion(text).outcome).toBe('no-version');
  });

  it('quotes no more than the beginning of what is none', () => {
    const parsed = parsePodSecurityVersion('x'.repeat(1e6));
    expect(parsed.outcome === 'no-version' && parsed.reason.length).toBeLessThan(200);
  });

  it.each([['v1.34.1-eks-3025e55', 34], ['1.33+', 33], ['v1.99.0', NEWEST_MINOR]])('a server of %s has that of its minor', (text, minor) => {
    expect(versionOfServer(text)?.minor).toBe(minor);
  });

  it.each(['', 'v2.1.0', 'unknown'])('a server of %j has none', (text) => {
    expect(versionOfServer(text)).toBeUndefined();
  });
});
