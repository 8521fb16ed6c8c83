import type { Raw } from '../projection/raw.js';
import { findCredentials } from './find-credentials.js';
import { annotationTexts } from './object-texts.js';

/** Names of the annotations that hold a credential, or too much to tell: their values are no facts. */
export function exposedAnnotations(metadata: Raw): readonly string[] {
  const texts = annotationTexts(metadata, '');
  const { found, more, isUnread } = findCredentials(texts);
  const paths = isUnread || more > 0 ? texts.map(({ path }) => path) : found.map(({ path }) => path);
  return paths.map((path) => path.slice('annotations['.length, -1));
}
