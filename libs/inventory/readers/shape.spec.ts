import { describe, expect, it } from 'vitest';
import { fields, labels, listOf, mapOf, misfitOf, selector, texts, withoutNulls } from './shape.js';

const route = fields({ hosts: texts, selector, tls: fields({ mode: 'text', isOn: 'flag' }), ports: mapOf(fields({ mode: 'text' })), weight: 'number', port: 'scalar', options: 'object', conditions: 'tree', labels, rules: listOf(fields({ paths: texts })) });

describe('what is not of its shape', () => {
  it.each<[string, unknown, string, string]>([
    ['a list for an object', [], '', 'an object'],
    ['text for a list', { hosts: 'a' }, '.hosts', 'a list'],
    ['an object for a list', { hosts: { 0: 'a', length: 1 } }, '.hosts', 'a list'],
    ['a number among texts', { hosts: ['a', 7] }, '.hosts[1]', 'a string'],
    ['null among texts', { hosts: [null] }, '.hosts[0]', 'a string'],
    ['text for a flag', { tls: { isOn: 'true' } }, '.tls.isOn', 'true or false'],
    ['text for a number', { weight: '1' }, '.weight', 'a number'],
    ['a flag for a number or text', { port: true }, '.port', 'a number or a string'],
    ['a list for any object', { options: [] }, '.options', 'an object'],
    ['text for an object or a list', { conditions: 'all' }, '.conditions', 'an object or a list'],
    ['a number among labels', { labels: { app: 7 } }, '.labels.app', 'a string'],
    ['an item deep within', { rules: [{}, { paths: ['/', {}] }] }, '.rules[1].paths[1]', 'a string'],
    ['a field of any name', { ports: { 80: { mode: [] } } }, '.ports.80.mode', 'a string'],
    ['a field of a name that every object inherits', { labels: JSON.parse('{"__proto__": 7}') as unknown }, '.labels.__proto__', 'a string'],
  ])('%s', (_, value, path, expected) => {
    expect(misfitOf(value, route)).toEqual({ path, expected });
  });

  it('is nothing that no shape names, nor anything that is not there', () => {
    expect(misfitOf({}, route)).toBeUndefined();
    expect(misfitOf({ hosts: [], tls: { mode: 'on', other: 7 }, port: 80, options: { a: [7] }, conditions: [], constructor: 7, rules: [{ paths: ['/'] }], selector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } }, route)).toBeUndefined();
  });
});

describe('null', () => {
  it('is absent as a field, of any name where fields are told, and stays where it is an item or where nothing is told', () => {
    expect(withoutNulls({ hosts: null, other: null, tls: { mode: null, isOn: true }, rules: [{ paths: null }, null], options: { a: null }, labels: { app: null, tier: 'web' } }, route))
      .toEqual({ tls: { isOn: true }, rules: [{}, null], options: { a: null }, labels: { tier: 'web' } });
  });

  it('costs no copy where there is none', () => {
    const value = { hosts: ['a'], rules: [{ paths: ['/'] }], options: { a: null } };
    expect(withoutNulls(value, route)).toBe(value);
  });
});
