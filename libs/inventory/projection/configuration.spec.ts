import { expect, it } from 'vitest';
import { resourceType } from '../resources.js';
import { configurationFields, operatorConfigOf, projectConfiguration, type ConfigurationKey } from './configuration.js';
import { MAX_CUSTOM_SPEC } from './custom.js';
import { InvalidObject, type Raw } from './raw.js';

const keys = Object.keys(configurationFields) as readonly ConfigurationKey[];
const cluster = { namespace: '', name: 'cluster' };
const fieldsOf = (key: ConfigurationKey, raw: Raw): unknown => projectConfiguration(key, raw, cluster).fields;
/** A value at a path. */
const nested = (path: readonly string[], value: unknown): Raw => path.toReversed().reduce((inner, name) => ({ [name]: inner }), value) as Raw;

it('keeps nothing of an object that has none of the fields', () => {
  for (const key of keys) expect(fieldsOf(key, { metadata: { name: 'cluster' }, spec: { other: 'secret' }, status: null, data: { a: 'b' } }), key).toEqual({});
});

it.each(keys.flatMap((key) => configurationFields[key].map(({ path }) => [key, path] as const)))('of %s, reads %j in its own shape alone, and refuses what is larger than is kept', (key, path) => {
  const shapes = [1, true, 'x', ['x'], {}, [{}], [1]];
  const read = shapes.filter((value) => {
    try {
      return fieldsOf(key, nested(path, value)) !== undefined;
    } catch (error) {
      if (error instanceof InvalidObject) return false;
      throw error;
    }
  });
  expect(read.length).toBeLessThanOrEqual(1);
  expect(() => fieldsOf(key, nested(path, Array.from({ length: MAX_CUSTOM_SPEC }, () => 'x')))).toThrow(InvalidObject);
  expect(fieldsOf(key, nested(path, null))).toEqual({});
  for (const [at] of path.entries()) if (at > 0) expect(() => fieldsOf(key, nested(path.slice(0, at), 'x'))).toThrow(InvalidObject);
});

it('takes for an operator\'s only what is in its namespace and has its name', () => {
  const map: Raw = { data: { 'config.yaml': '{"apiServerArguments":{"authorization-mode":["RBAC"],"oauth-secret":["x"]}}' } };
  expect(operatorConfigOf(map, { namespace: 'openshift-kube-apiserver', name: 'config' })).toEqual({ state: 'observed', value: { apiServerArguments: { 'authorization-mode': ['RBAC'] } } });
  expect(operatorConfigOf(map, { namespace: 'openshift-kube-controller-manager', name: 'config' })).toMatchObject({ state: 'missing', reason: 'invalid' });
  expect(operatorConfigOf(map, { namespace: 'shop', name: 'config' })).toBeUndefined();
  expect(operatorConfigOf(map, { namespace: 'openshift-kube-apiserver', name: 'config-3' })).toBeUndefined();
  expect(operatorConfigOf({ data: { 'config.yaml': `${'['.repeat(100_000)}${']'.repeat(100_000)}` } }, { namespace: 'openshift-kube-apiserver', name: 'config' })).toMatchObject({ state: 'missing' });
});

it('is about kinds that are read whole', () => {
  for (const key of keys) expect(resourceType(key).read).toBe('object');
});
