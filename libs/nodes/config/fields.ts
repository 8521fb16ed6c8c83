import type { Scalar, Setting } from '../config-facts.js';
import { bundleLimits } from '../limits.js';
import { withholdText } from '../secrets.js';
import { ConfigError } from './config-error.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Throws `ConfigError` for what is no map. A part that is missing is an empty map. */
export function mapOf(value: unknown, at: string): Fields {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new ConfigError(`${at} is to be a map.`);
  return value as Fields;
}

export function listOf(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ConfigError(`${at} is to be a list.`);
  if (value.length > bundleLimits.configItems) throw new ConfigError(`${at} has more than ${bundleLimits.configItems} entries.`);
  return value;
}

/** Text of bounded length without secrets by shape. */
export function textAt(value: unknown, at: string): string {
  const text = optionalText(value, at);
  if (text === undefined) throw new ConfigError(`${at} is missing.`);
  return text;
}

export function optionalText(value: unknown, at: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new ConfigError(`${at} is to be text.`);
  return bounded(value, at);
}

export const textsOf = (value: unknown, at: string): readonly string[] => listOf(value, at).map((item) => textAt(item, `an entry of ${at}`));

export const optionalTexts = (value: unknown, at: string): readonly string[] | undefined => (value === undefined || value === null ? undefined : textsOf(value, at));

export function isScalarValue(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

export const scalarAt = (value: unknown, at: string): Scalar => {
  if (!isScalarValue(value)) throw new ConfigError(`${at} is to be one value.`);
  return typeof value === 'string' ? bounded(value, at) : value;
};

/**
 * Leaves by allow-list. A pattern is a path with dots; `*` at its end takes every key of a map. Maps where a leaf
 * belongs throw `ConfigError`.
 */
export function settingsOf(root: Fields, patterns: readonly string[]): readonly Setting[] {
  const settings = patterns.flatMap((pattern) => leaves(root, pattern.split('.'), ''));
  if (settings.length > bundleLimits.configItems) throw new ConfigError(`It has more than ${bundleLimits.configItems} settings.`);
  return settings;
}

function leaves(fields: Fields, [part = '', ...rest]: readonly string[], at: string): readonly Setting[] {
  const names = part === '*' ? Object.keys(fields) : Object.hasOwn(fields, part) ? [part] : [];
  return names.flatMap((name): readonly Setting[] => {
    const key = `${at}${name}`;
    const value = fields[name];
    // An explicit null in place of a map says no more than a map that is not there.
    if (rest.length > 0) return leaves(mapOf(value, key), rest, `${key}.`);
    return [{ key: bounded(key, 'a key'), value: Array.isArray(value) ? listOf(value, key).map((item) => scalarAt(item, `an entry of ${key}`)) : scalarAt(value, key) }];
  });
}

/** What an API version must be one of. */
export function expectKind(root: Fields, kind: string, versions: readonly string[]): string {
  const [given, version] = [optionalText(root['kind'], 'kind'), optionalText(root['apiVersion'], 'apiVersion')];
  if (given !== kind) throw new ConfigError(`It is to be a ${kind}; its kind says otherwise or is missing.`);
  if (version === undefined || !versions.includes(version)) throw new ConfigError(`Its apiVersion is none of ${versions.join(', ')}, so what its keys mean is not known.`);
  return version;
}

/** As text in a bundle: no NUL, no half characters, not too long, and no secret that shows by its shape. */
export function bounded(text: string, at: string): string {
  if (text.length > bundleLimits.text) throw new ConfigError(`${at} is longer than ${bundleLimits.text} characters.`);
  if (/\0|\p{Surrogate}/u.test(text)) throw new ConfigError(`${at} holds a NUL or half a character.`);
  return withholdText(text);
}
