import { isRecord } from '../readers/unknown-record.js';

/**
 * Readers of untrusted JSON. `null` counts as absent, as the API server treats it; a present value of a
 * wrong type throws, so that an object whose shape lies is reported and never half-read.
 */
export class InvalidObject extends Error {
  constructor(
    readonly path: string,
    expected: string,
  ) {
    super(`${path} is not ${expected}`);
    this.name = 'InvalidObject';
  }
}

export type Raw = Readonly<Record<string, unknown>>;
const nothing: Raw = Object.freeze({});
const noItems: readonly never[] = Object.freeze([]);

export function asObject(value: unknown, path: string): Raw {
  if (isRecord(value)) return value;
  throw new InvalidObject(path, 'an object');
}

export const objectAt = (raw: Raw, key: string): Raw => {
  const value = own(raw, key);
  return value === undefined || value === null ? nothing : asObject(value, key);
};

export const maybeObject = (raw: Raw, key: string): Raw | undefined => {
  const value = own(raw, key);
  return value === undefined || value === null ? undefined : asObject(value, key);
};

export function listAt(raw: Raw, key: string): readonly unknown[] {
  const value = own(raw, key);
  // Most lists are absent or empty, so that one which all share saves much of what facts take.
  if (value === undefined || value === null) return noItems;
  if (Array.isArray(value)) return value.length === 0 ? noItems : value;
  throw new InvalidObject(key, 'a list');
}

export function objectsAt(raw: Raw, key: string): readonly Raw[] {
  const items = listAt(raw, key);
  for (const item of items) asObject(item, key);
  return items as readonly Raw[];
}

export function stringsAt(raw: Raw, key: string): readonly string[] {
  const items = listAt(raw, key);
  for (const item of items) if (typeof item !== 'string') throw new InvalidObject(key, 'a list of strings');
  return items as readonly string[];
}

export function textAt(raw: Raw, key: string): string | undefined {
  const value = own(raw, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new InvalidObject(key, 'a string');
}

export function flagAt(raw: Raw, key: string): boolean | undefined {
  const value = own(raw, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw new InvalidObject(key, 'true or false');
}

export function numberAt(raw: Raw, key: string): number | undefined {
  const value = own(raw, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new InvalidObject(key, 'a number');
}

export function intOrTextAt(raw: Raw, key: string): number | string | undefined {
  const value = own(raw, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw new InvalidObject(key, 'a number or a string');
}

/** A map of strings, or the part of it that is to be kept; quantities that YAML read as numbers are taken as text, and null is the empty one, as the API server decodes it. `__proto__` is a key like any other. */
export function mapAt(raw: Raw, key: string, keep?: (name: string) => boolean): Readonly<Record<string, string>> {
  const value = maybeObject(raw, key);
  if (!value) return noStrings;
  const map: Record<string, string> = {};
  for (const name of Object.keys(value)) {
    const text = value[name] ?? '';
    if (typeof text !== 'string' && typeof text !== 'number' && typeof text !== 'boolean') throw new InvalidObject(`${key}.${name}`, 'a string');
    if (keep && !keep(name)) continue;
    if (name === '__proto__') Object.defineProperty(map, name, { value: String(text), enumerable: true, configurable: true, writable: true });
    else map[name] = String(text);
  }
  return map;
}

const noStrings: Readonly<Record<string, string>> = Object.freeze({});

/** Most that is asked for is not there, which the lookup alone tells; what is there counts if it is the object's own. */
function own(raw: Raw, key: string): unknown {
  const value = raw[key];
  return value === undefined || Object.hasOwn(raw, key) ? value : undefined;
}
