import type { MinorVersion } from '../readers/minor-version.js';
import type { ComponentFlags } from './component-flags.js';
import { newestMinor, oldestMinor, type SettingValue } from './flag-definitions.js';
import { dropInDialect, mergeDropIns } from './kubelet-drop-ins.js';
import { fieldsOf, readWholeDocument, valuesOf, type KubeletValues } from './kubelet-document.js';
import { isZero, kubeletKeys, kubeletSetting, zeroOf, type KubeletKey } from './kubelet-settings.js';
import { unreadable, type ConfigDocument, type Origin, type Setting, type Unreadable } from './readable.js';

export interface KubeletInput {
  readonly flags: ComponentFlags;
  /** The file that `--config` names; absent where it was not read. */
  readonly config?: ConfigDocument;
  /** Files below the directory that `--config-dir` names, in any order; absent where it was not read. Files without `.conf` may be among them. */
  readonly dropIns?: readonly ConfigDocument[];
  /** The kubelet's own answer, with or without `kubeletconfig` around it. */
  readonly configz?: unknown;
}

/** Settings by the key of KubeletConfiguration; `hostnameOverride` is a flag alone. */
export type EffectiveKubelet = Readonly<Record<KubeletKey | 'hostnameOverride', Setting<SettingValue>>>;

/** A layer that settings come from; `undefined` below a key means that the layer says nothing of it. */
type Layer = Map<KubeletKey, { readonly value: SettingValue; readonly from: Origin }>;

/**
 * What a kubelet goes by: configz where it answered, else defaults, under the file of `--config`, under drop-ins by
 * path, under flags. A layer that cannot be read leaves unknown what no stronger one says.
 */
export function effectiveKubelet(input: KubeletInput): EffectiveKubelet {
  const { flags } = input;
  const below = input.configz === undefined ? filesOf(input) : undefined;
  const live = input.configz === undefined ? undefined : configzOf(input.configz);
  const settings = kubeletKeys.map((key) => [key, live ? live(key) : overFiles(key, flags, below!)] as const);
  return { ...(Object.fromEntries(settings) as Record<KubeletKey, Setting<SettingValue>>), hostnameOverride: flags.setting('hostname-override') };
}

type Files = Unreadable | Layer;

function overFiles(key: KubeletKey, flags: ComponentFlags, files: Files): Setting<SettingValue> {
  const { flag } = kubeletSetting(key);
  const given = flag === undefined ? undefined : flags.given(flag);
  if (given?.state === 'unreadable') return given;
  const below: Setting<SettingValue> = files instanceof Map ? { state: 'read', ...files.get(key)! } : files;
  if (!given) return below;
  const from: Origin = { source: 'flag', flag: flag! };
  // Gates of both count, those of the flag before those of files.
  if (key === 'featureGates') return below.state === 'unreadable' ? below : { state: 'read', value: { ...(below.value as object), ...(given.value as object) } as SettingValue, from };
  // Two switches, of which either is enough.
  if (key === 'seccompDefault' && given.value === false) return below;
  return { ...given, from };
}

/** Defaults, file and drop-ins as one layer. */
function filesOf({ flags, config, dropIns }: KubeletInput): Files {
  const { version } = flags;
  const [file, directory] = [flags.setting('config'), flags.setting('config-dir')];
  if (file.state === 'unreadable') return file;
  if (directory.state === 'unreadable') return directory;
  const layer = defaults(version, file.value === '');
  if (!(layer instanceof Map)) return layer;
  if (file.value !== '') {
    if (!config) return unreadable('not-read', 'the file that --config names was not read');
    const values = readWholeDocument(config);
    if (values.state === 'unreadable') return values;
    apply(layer, values.value, { source: 'file', path: config.path }, config.path);
  }
  if (directory.value === '') return layer;
  if (!dropIns) return unreadable('not-read', 'the directory that --config-dir names was not read');
  const dialect = dropInDialect(version);
  return typeof dialect === 'string' ? mergeDropIns(layer, dropIns, dialect) : dialect;
}

function defaults(version: MinorVersion | undefined, withoutFile: boolean): Files {
  if (version && (version.major < 1 || (version.major === 1 && version.minor < oldestMinor))) return unreadable('unknown-version', `defaults before 1.${oldestMinor} are not known`);
  const minor = version === undefined ? undefined : `1.${version.major > 1 ? newestMinor : Math.min(version.minor, newestMinor)}`;
  const from: Origin = { source: 'default', ...(minor !== undefined && { minor }) };
  return new Map(kubeletKeys.map((key) => {
    const { inFile, withoutFile: legacy } = kubeletSetting(key);
    return [key, { value: withoutFile && legacy !== undefined ? legacy : inFile, from }];
  }));
}

/** Puts a file over the defaults. */
function apply(layer: Layer, values: KubeletValues, from: Origin, path: string): void {
  for (const [key, value] of values) {
    const { zeroIsDefault, isPath } = kubeletSetting(key);
    if (value === null || (zeroIsDefault && isZero(value)) || (key === 'podPidsLimit' && (value as number) < 0 && value !== -1)) continue;
    layer.set(key, { value: isPath ? resolved(value as string, path) : value, from });
  }
}

/** A relative name stands beside the file that names it. */
const resolved = (name: string, path: string): string => (name === '' || name.startsWith('/') ? name : `${path.slice(0, path.lastIndexOf('/') + 1)}${name.replace(/^(?:\.\/)+/, '')}`);

/** configz shows what the kubelet runs with, defaults and flags included, and leaves zero values out. */
function configzOf(answer: unknown): (key: KubeletKey) => Setting<SettingValue> {
  const wrapped = fieldsOf({ path: 'configz', content: answer });
  const inner = wrapped.state === 'read' && Object.hasOwn(wrapped.value, 'kubeletconfig') ? fieldsOf({ path: 'configz', content: wrapped.value['kubeletconfig'] }) : wrapped;
  if (inner.state === 'unreadable') return () => inner;
  // Every kubelet's answer has it; what has not is the answer of something else.
  if (!Object.hasOwn(inner.value, 'authentication')) return () => unreadable('bad-document', 'configz is no answer of a kubelet');
  const values = valuesOf(inner.value, 'configz');
  if (values.state === 'unreadable') return () => values;
  return (key) => {
    const { type, zeroIsOmitted } = kubeletSetting(key);
    const value = values.value.get(key) ?? undefined;
    if (value !== undefined) return { state: 'read', value, from: { source: 'configz' } };
    return zeroIsOmitted ? { state: 'read', value: zeroOf[type], from: { source: 'configz' } } : unreadable('bad-document', `configz leaves ${key} out, which every kubelet's answer has`);
  };
}
