import { describe, expect, it } from 'vitest';
import { kyvernoReach } from './kyverno-rule.js';
import { matchesWildcard } from './wildcard.js';

const shop = { name: 'shop', labels: { team: 'web', 'kubernetes.io/metadata.name': 'shop' } };
const pods = (more: Readonly<Record<string, unknown>> = {}) => ({ resources: { kinds: ['Pod'], ...more } });

describe('kyvernoReach', () => {
  it.each([
    ['every pod', { match: { any: [pods()] } }, 'all'],
    ['the old form of match', { match: pods() }, 'all'],
    ['kinds with group and version', { match: pods({ kinds: ['v1/Pod'] }) }, 'all'],
    ['every kind', { match: pods({ kinds: ['*'] }) }, 'all'],
    ['another kind', { match: pods({ kinds: ['ConfigMap'] }) }, 'none'],
    ['one of several clauses', { match: { any: [pods({ namespaces: ['other'] }), pods({ namespaces: ['sh?p'] })] } }, 'all'],
    ['all of several clauses', { match: { all: [pods(), pods({ namespaces: ['other'] })] } }, 'none'],
    ['a selected namespace', { match: pods({ namespaceSelector: { matchLabels: { team: 'web' } } }) }, 'all'],
    ['a namespace not selected', { match: pods({ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['web'] }] } }) }, 'none'],
    ['pods of some labels', { match: pods({ selector: { matchLabels: { a: 'b' } } }) }, 'some'],
    ['pods of some people', { match: { any: [{ ...pods(), subjects: [{ kind: 'User', name: 'ann' }] }] } }, 'some'],
    ['only what is deleted', { match: pods({ operations: ['DELETE'] }) }, 'none'],
    ['an excluded namespace', { match: pods(), exclude: { any: [{ resources: { namespaces: ['sh*'] } }] } }, 'none'],
    ['another namespace excluded', { match: pods(), exclude: { any: [pods({ namespaces: ['other'] })] } }, 'all'],
    ['some pods excluded', { match: pods(), exclude: { any: [{ resources: { selector: { matchLabels: { skip: 'yes' } } } }] } }, 'some'],
    ['a rule that lies about its shape', { match: 'everything', exclude: [] }, 'all'],
  ] as const)('%s', (_, rule, reach) => {
    expect(kyvernoReach(rule, shop)).toBe(reach);
  });
});

describe('matchesWildcard', () => {
  it.each([
    ['*', '', true], ['*', 'x', true], ['a*c', 'abbc', true], ['a*c', 'abbd', false], ['a?c', 'abc', true], ['a?c', 'ac', false], ['**b*', 'aab', true], ['', '', true], ['', 'a', false], ['a.c', 'abc', false],
  ])('%s against %s is %s', (pattern, text, answer) => {
    expect(matchesWildcard(pattern, text)).toBe(answer);
  });

  it('takes no time for many stars', () => {
    const start = performance.now();
    matchesWildcard('*a'.repeat(200), 'a'.repeat(5_000) + 'b');
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
