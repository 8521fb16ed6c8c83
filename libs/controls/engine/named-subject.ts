import type { ComponentFacts, Workload } from '#inventory/facts.js';
import { refKey, type ResourceRef } from '#inventory/resource-ref.js';
import { KeyPiece } from './key-set.js';

const separator = KeyPiece.of('|');
const slash = KeyPiece.of('/');

export const findingKey = (controlId: string, resource: ResourceRef, part: string): string => `${controlId}|${refKey(resource)}|${part}`;

/** What precedes the name of an object in the keys of a control's findings. */
export const controlPiece = (controlId: string): KeyPiece => KeyPiece.of(controlId).followedBy(separator);

/** An object that controls judge, with what its name comes to in the keys of their findings. */
export class NamedSubject {
  private ownPiece: KeyPiece | undefined;

  constructor(
    readonly resource: ResourceRef,
    readonly workload: Workload | undefined,
    /** The process of the control plane that it is. */
    readonly component?: ComponentFacts,
  ) {}

  get piece(): KeyPiece {
    return (this.ownPiece ??= KeyPiece.of(refKey(this.resource)).followedBy(separator));
  }
}

/** A part within a scope's part: of a container, say, one of its ports. */
export const joinedParts = (scopePart: string, part: string): string => (part === '' ? scopePart : scopePart === '' ? part : `${scopePart}/${part}`);

const MAX_KNOWN = 10_000;

/** Parts are named by few words, which many verdicts share. */
export class PartPieces {
  private readonly known = new Map<string, KeyPiece>();

  of(scopePart: string, part: string): KeyPiece {
    if (part === '') return this.shared(scopePart);
    return scopePart === '' ? this.shared(part) : this.shared(scopePart).followedBy(slash).followedBy(this.shared(part));
  }

  private shared(text: string): KeyPiece {
    if (text === '') return KeyPiece.empty;
    let piece = this.known.get(text);
    if (!piece) {
      piece = KeyPiece.of(text);
      if (this.known.size < MAX_KNOWN) this.known.set(text, piece);
    }
    return piece;
  }
}
