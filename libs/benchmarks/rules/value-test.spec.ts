import { describe, expect, it } from 'vitest';
import { atLeast, equal, has, holds, isSet, isUnset, lacks, loopback, notEqual, oneOf, startsWith, within, type ValueTest } from './value-test.js';

const cases: readonly (readonly [string, ValueTest, unknown, boolean])[] = [
  ['equal', equal(false), false, true],
  ['equal to what is not set', equal(false), undefined, false],
  ['equal, of another type', equal(false), 'false', false],
  ['not equal', notEqual('AlwaysAllow'), 'Webhook', true],
  ['not equal, not set', notEqual(true), undefined, true],
  ['set', isSet, '/etc/ca.crt', true],
  ['set, false is set', isSet, false, true],
  ['set, empty', isSet, '', false],
  ['set, empty list', isSet, [], false],
  ['set, null', isSet, null, false],
  ['unset', isUnset, undefined, true],
  ['one of', oneOf('API', 'API_AND_CONFIG_MAP'), 'API', true],
  ['one of, none', oneOf('API'), undefined, false],
  ['has', has('RBAC'), ['Node', 'RBAC'], true],
  ['has, exactly', has('RBAC'), ['XRBACX'], false],
  ['has, a single value', has('RBAC'), 'RBAC', true],
  ['lacks', lacks('AlwaysAllow'), ['Node', 'RBAC'], true],
  ['lacks, there', lacks('AlwaysAllow'), ['AlwaysAllow'], false],
  ['lacks, not set', lacks('AlwaysAllow'), undefined, true],
  ['within', within(['a', 'b']), ['b'], true],
  ['within, one outside', within(['a', 'b']), ['b', 'c'], false],
  ['within, nothing', within(['a', 'b']), [], false],
  ['at least', atLeast(30), 30, true],
  ['at least, less', atLeast(30), 29, false],
  ['at least, a text', atLeast(30), '30', false],
  ['at least, not set', atLeast(0), undefined, false],
  ['starts with', startsWith('containerd://'), 'containerd://1.7.0', true],
  ['starts with, not set', startsWith(''), undefined, false],
  ['loopback', loopback, '127.0.0.1:10249', true],
  ['loopback, IPv6 with port', loopback, '[::1]:10249', true],
  ['loopback, IPv6', loopback, '::1', true],
  ['loopback, mapped', loopback, '::ffff:127.0.0.1', true],
  ['loopback, by name', loopback, 'localhost', true],
  ['loopback, everywhere', loopback, '0.0.0.0:10249', false],
  ['loopback, a name that only looks so', loopback, '127.0.0.1.example.org', false],
  ['loopback, not set', loopback, undefined, false],
];

describe('a value test', () => {
  it.each(cases)('%s', (_, test, value, expected) => {
    expect(holds(test, value)).toBe(expected);
  });
});
