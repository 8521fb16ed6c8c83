import { InvalidObject, asObject, objectsAt, stringsAt, textAt, type Raw } from '../projection/raw.js';
import { readDocument } from './config-fields.js';
import type { ConfigDocument, Readable } from './readable.js';

export type EncryptionProvider = 'identity' | 'secretbox' | 'aesgcm' | 'aescbc' | 'kms-v1' | 'kms-v2';

export interface EncryptedResources {
  /** As written: `secrets`, `deployments.apps`, `*.apps`, `*.` (the core group), `*.*`. */
  readonly resources: readonly string[];
  /** The first one writes; all of them read. */
  readonly providers: readonly EncryptionProvider[];
}

const simple: ReadonlySet<string> = new Set(['identity', 'secretbox', 'aesgcm', 'aescbc']);

/** Entries in order; keys are not read (staging/src/k8s.io/apiserver/pkg/apis/apiserver/v1/types_encryption.go). */
export const readEncryptionConfiguration = (document: ConfigDocument): Readable<readonly EncryptedResources[]> =>
  readDocument(document, 'EncryptionConfiguration', ['apiserver.config.k8s.io/v1'], (raw) => {
    const entries = objectsAt(raw, 'resources').map((entry) => ({ resources: stringsAt(entry, 'resources'), providers: objectsAt(entry, 'providers').map(providerOf) }));
    if (entries.length === 0 || entries.some(({ resources, providers }) => resources.length === 0 || providers.length === 0)) throw new InvalidObject('resources', 'a list of resources with providers');
    return entries;
  });

/** Each provider is an object with one key, which names it. */
function providerOf(provider: Raw): EncryptionProvider {
  const names = Object.keys(provider).filter((name) => provider[name] !== null && provider[name] !== undefined);
  const [name] = names;
  if (names.length !== 1 || name === undefined) throw new InvalidObject('providers', 'a list of objects with one provider each');
  if (simple.has(name)) return name as EncryptionProvider;
  if (name !== 'kms') throw new InvalidObject('providers', 'a list of known providers');
  const version = textAt(asObject(provider[name], 'kms'), 'apiVersion') ?? 'v1';
  if (version !== 'v1' && version !== 'v2') throw new InvalidObject('kms.apiVersion', 'v1 or v2');
  return `kms-${version}`;
}

/**
 * The provider that writes a resource (`transformerFromOverrides`): entries that name it come before those for its
 * group, these before `*.*`; of equals the first counts. `identity` where none is about it: it is stored as it is.
 */
export function writerOf(entries: readonly EncryptedResources[], resource: string, group = ''): EncryptionProvider {
  const names = [group === '' ? [resource, `${resource}.`] : [`${resource}.${group}`], [`*.${group}`], ['*.*']];
  for (const alike of names) {
    const entry = entries.find(({ resources }) => resources.some((name) => alike.includes(name)));
    if (entry) return entry.providers[0]!;
  }
  return 'identity';
}
