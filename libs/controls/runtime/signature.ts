import type { ImageReference } from '#inventory/image-reference.js';

/** How the node agents of a product are told by their images. */
export interface Signature {
  readonly product: string;
  /** The last pieces of an image's name, registry included: distinctive ones, whatever mirror stands before them. */
  readonly images: readonly string[];
  /** Last pieces that others use too: they count only in a DaemonSet that calls itself by the same word. */
  readonly shared?: readonly string[];
  /** The product does more than what is looked for; it counts only where it mounts the node's logs. */
  readonly readsHostLogs?: true;
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The last word of every name in a list of signatures: what ends in none of them bears none. */
const lastWords = new WeakMap<readonly Signature[], ReadonlySet<string>>();

function lastWordsOf(signatures: readonly Signature[]): ReadonlySet<string> {
  let words = lastWords.get(signatures);
  if (!words) lastWords.set(signatures, (words = new Set(signatures.flatMap(({ images, shared = [] }) => [...images, ...shared].map(lastOf)))));
  return words;
}

/** The signature an image bears. `names` are what its DaemonSet is called and labelled. */
export function signatureOf(image: ImageReference, names: readonly string[], signatures: readonly Signature[]): Signature | undefined {
  if (!lastWordsOf(signatures).has(lastOf(image.repository).toLowerCase())) return undefined;
  const path = `${image.registry}/${image.repository}`.toLowerCase();
  const ends = (piece: string): boolean => path === piece || path.endsWith(`/${piece}`);
  return signatures.find(({ images, shared }) => images.some(ends) || (shared ?? []).some((word) => ends(word) && names.some((name) => name.includes(word))));
}
