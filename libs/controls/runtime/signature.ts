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

/** The signature an image bears. `names` are what its DaemonSet is called and labelled. */
export function signatureOf(image: ImageReference, names: readonly string[], signatures: readonly Signature[]): Signature | undefined {
  const path = `${image.registry}/${image.repository}`.toLowerCase();
  const ends = (piece: string): boolean => path === piece || path.endsWith(`/${piece}`);
  return signatures.find(({ images, shared }) => images.some(ends) || (shared ?? []).some((word) => ends(word) && names.some((name) => name.includes(word))));
}
