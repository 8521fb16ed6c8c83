import { InvalidObject, asObject, type Raw } from '../projection/raw.js';
import { unreadable, readAs, type ConfigDocument, type Readable } from './readable.js';

/**
 * Reads one document of a kind, in one of the versions that the component takes. `read` may throw `InvalidObject`
 * for a wrong type; it becomes the reason why the document cannot be read.
 */
export function readDocument<T>(document: ConfigDocument, kind: string, versions: readonly string[], read: (raw: Raw, version: string) => T): Readable<T> {
  if ('unreadable' in document) return unreadable('bad-document', `${document.path} cannot be read: ${document.unreadable}`);
  try {
    const raw = asObject(document.content, 'the document');
    const version = Object.hasOwn(raw, 'apiVersion') ? raw['apiVersion'] : undefined;
    if (raw['kind'] !== kind || typeof version !== 'string' || !versions.includes(version)) {
      return unreadable('unknown-api-version', `${document.path} is no ${kind} of ${versions.join(' or ')}`);
    }
    return readAs(read(raw, version));
  } catch (error) {
    if (error instanceof InvalidObject) return unreadable('wrong-type', `${document.path}: ${error.message}`);
    throw error;
  }
}
