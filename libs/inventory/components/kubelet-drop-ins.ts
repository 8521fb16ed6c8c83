import type { MinorVersion } from '../readers/minor-version.js';
import { byText } from '../text-order.js';
import type { SettingValue } from './flag-definitions.js';
import { fieldsOf, readKubeletDocument, readWholeDocument, valuesOf, type KubeletValues } from './kubelet-document.js';
import { isZero, kubeletKeys, kubeletSetting, type KubeletKey } from './kubelet-settings.js';
import { unreadable, type ConfigDocument, type Origin, type Readable, type Unreadable } from './readable.js';

/**
 * How a kubelet joins drop-ins (mergeKubeletConfigurations in cmd/kubelet/app/server.go).
 *
 * - `override`, 1.28: each drop-in gets its own defaults first, and then all of it that is not zero counts: a drop-in
 *   cannot switch anything off, and one that leaves a key out sets the default.
 * - `overlay`, 1.29 to 1.31: keys that a drop-in has count, without defaults after; no version of the API is asked for.
 * - `merge-patch`, from 1.32: JSON merge patch (RFC 7396): lists are replaced, maps joined, null takes a key out; then
 *   defaults again. Every drop-in must name its version.
 */
export type DropInDialect = 'override' | 'overlay' | 'merge-patch';

/** Dialects differ in what `false` and `null` do, so that without a version nobody can tell. */
export function dropInDialect(version: MinorVersion | undefined): DropInDialect | Unreadable {
  if (!version) return unreadable('unknown-version', 'how drop-ins are joined depends on the version of the kubelet, which is not known');
  if (version.major > 1 || version.minor >= 32) return 'merge-patch';
  return version.minor >= 29 ? 'overlay' : 'override';
}

type Layer = Map<KubeletKey, { readonly value: SettingValue; readonly from: Origin }>;

/** Puts drop-ins over a layer in the order of their paths, as the kubelet walks the directory. */
export function mergeDropIns(layer: Layer, dropIns: readonly ConfigDocument[], dialect: DropInDialect): Layer | Unreadable {
  const merged: Layer = new Map(layer);
  for (const document of dropIns.filter(({ path }) => path.endsWith('.conf')).toSorted((a, b) => walkOrder(a.path, b.path))) {
    const values = readers[dialect](document);
    // With one that it cannot take the kubelet does not start at all.
    if (values.state === 'unreadable') return values;
    const from: Origin = { source: 'drop-in', path: document.path };
    for (const key of kubeletKeys) {
      const next = nextValue(key, merged.get(key)!.value, values.value.get(key), dialect);
      if (next === undefined) continue;
      // A drop-in of 1.28 that leaves a key out sets the default all the same.
      merged.set(key, { value: next, from: next === kubeletSetting(key).inFile && values.value.get(key) === null ? { source: 'default' } : from });
    }
  }
  return merged;
}

type Gates = Readonly<Record<string, boolean>>;

/** The value after one drop-in; undefined where it changes nothing. */
function nextValue(key: KubeletKey, before: SettingValue, given: SettingValue | null | undefined, dialect: DropInDialect): SettingValue | undefined {
  const { type, inFile, zeroIsDefault } = kubeletSetting(key);
  const joined = (value: SettingValue): SettingValue => (type === 'gates' ? { ...(before as Gates), ...(value as Gates) } : value);
  switch (dialect) {
    case 'override': {
      const own = given === undefined || given === null || (zeroIsDefault && isZero(given)) ? inFile : given;
      return isZero(own) ? undefined : joined(own);
    }
    case 'overlay':
      return given === undefined || given === null ? undefined : joined(given);
    case 'merge-patch': {
      if (given === undefined) return undefined;
      return given === null || (zeroIsDefault && isZero(given)) || (key === 'podPidsLimit' && (given as number) < 0) ? inFile : joined(given);
    }
  }
}

function readUnversioned(document: ConfigDocument): Readable<KubeletValues> {
  const fields = fieldsOf(document);
  return fields.state === 'unreadable' ? fields : valuesOf(fields.value, document.path);
}

const readers: Readonly<Record<DropInDialect, (document: ConfigDocument) => Readable<KubeletValues>>> = { override: readWholeDocument, overlay: readUnversioned, 'merge-patch': readKubeletDocument };

/** By name within each directory, so that `a/b` comes before `a.conf` only if `a` does before `a.conf`. */
function walkOrder(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = byText(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
