import { KubeBenchError } from './kube-bench-error.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Readers of untrusted JSON. `null` counts as absent, as Go writes an empty list; a wrong type is an error that names the place. */
export const wrongType = (path: string, expected: string): KubeBenchError =>
  new KubeBenchError('kube-bench-wrong-type', `${path} is not ${expected}: this is not what kube-bench writes; send the file of kube-bench --json, unchanged`);

export function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrongType(path, 'an object');
}

const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

export function listAt(fields: Fields, key: string, path: string): readonly unknown[] {
  const value = own(fields, key);
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw wrongType(`${path}.${key}`, 'a list');
}

export function textAt(fields: Fields, key: string, path: string): string | undefined {
  const value = own(fields, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw wrongType(`${path}.${key}`, 'text');
}

export function flagAt(fields: Fields, key: string, path: string): boolean | undefined {
  const value = own(fields, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw wrongType(`${path}.${key}`, 'true or false');
}

/** A word that stands in reports and is shown: a number of a check, a name of a benchmark. */
export function wordAt(fields: Fields, key: string, path: string): string | undefined {
  const value = textAt(fields, key, path);
  if (value === undefined || value === '') return undefined;
  if (/^[A-Za-z0-9][A-Za-z0-9._+-]{0,59}$/.test(value)) return value;
  throw wrongType(`${path}.${key}`, 'a word of letters, digits, dots and dashes');
}
