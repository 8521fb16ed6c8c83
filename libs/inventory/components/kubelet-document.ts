import type { SettingValue } from './flag-definitions.js';
import { goDuration } from './go-values.js';
import { kubeletKeys, kubeletSetting, type KubeletKey, type KubeletValueType } from './kubelet-settings.js';
import { readAs, unreadable, type ConfigDocument, type Readable, type Unreadable } from './readable.js';
import { isRecord, type UnknownRecord } from '../readers/unknown-record.js';

/** Keys that a document sets. `null`: it names the key and gives it no value. */
export type KubeletValues = ReadonlyMap<KubeletKey, SettingValue | null>;

/** A KubeletConfiguration of v1beta1, the only version there is. Without `kind` the kubelet refuses a file, except drop-ins of 1.29 to 1.31. */
export function readKubeletDocument(document: ConfigDocument): Readable<KubeletValues> {
  const fields = fieldsOf(document);
  if (fields.state === 'unreadable') return fields;
  const { apiVersion, kind } = fields.value;
  if (apiVersion !== 'kubelet.config.k8s.io/v1beta1' || kind !== 'KubeletConfiguration') {
    return unreadable('unknown-api-version', `${document.path} is no KubeletConfiguration of kubelet.config.k8s.io/v1beta1`);
  }
  return valuesOf(fields.value, document.path);
}

/** The same for a file that is decoded as it is, in which no duration may be null; in drop-ins that are patches it may. */
export function readWholeDocument(document: ConfigDocument): Readable<KubeletValues> {
  const values = readKubeletDocument(document);
  if (values.state === 'unreadable') return values;
  const bad = [...values.value].find(([key, value]) => value === null && kubeletSetting(key).type === 'duration');
  return bad ? wrongType(document.path, bad[0]) : values;
}

export function fieldsOf(document: ConfigDocument): Readable<UnknownRecord> {
  if ('unreadable' in document) return unreadable('bad-document', `${document.path} cannot be read: ${document.unreadable}`);
  return isRecord(document.content) ? readAs(document.content) : unreadable('wrong-type', `${document.path} holds no object`);
}

/** The keys of a configuration by name; wrong types are told with the path. */
export function valuesOf(fields: UnknownRecord, path: string): Readable<KubeletValues> {
  const values = new Map<KubeletKey, SettingValue | null>();
  for (const key of kubeletKeys) {
    const found = at(fields, key.split('.'));
    if (found === wrongParent) return wrongType(path, key);
    if (found === undefined) continue;
    const value = found === null ? null : typed(found, kubeletSetting(key).type);
    if (value === undefined) return wrongType(path, key);
    values.set(key, value);
  }
  return readAs(values);
}

const wrongType = (path: string, key: string): Unreadable => unreadable('wrong-type', `${path}: ${key} is of a type that the kubelet does not take`);
const wrongParent = Symbol('wrong parent');

function at(fields: UnknownRecord, keys: readonly string[]): unknown {
  let value: unknown = fields;
  for (const [i, key] of keys.entries()) {
    if (!isRecord(value)) return wrongParent;
    value = Object.hasOwn(value, key) ? value[key] : undefined;
    // An object without a value takes everything below with it.
    if (value === undefined || (value === null && i < keys.length - 1)) return value;
  }
  return value;
}

function typed(value: unknown, type: KubeletValueType): SettingValue | undefined {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
    case 'text':
      return typeof value === 'string' && !value.includes('\0') ? value : undefined;
    case 'duration':
      return typeof value === 'string' ? goDuration(value) : undefined;
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string' && !item.includes('\0')) ? (value as readonly string[]) : undefined;
    case 'gates':
      return isRecord(value) && Object.values(value).every((item) => typeof item === 'boolean') ? (value as Readonly<Record<string, boolean>>) : undefined;
  }
}
