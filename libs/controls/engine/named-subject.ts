import type { ComponentFacts, Workload } from '#inventory/facts.js';
import { refKey, type ResourceRef } from '#inventory/resource-ref.js';
import type { Surroundings } from '../risk/surroundings.js';
import { KeyPiece } from './key-set.js';

const separator = KeyPiece.of('|');
const slash = KeyPiece.of('/');

const keyFor = (controlId: string, subject: string, part: string): string => `${controlId}|${subject}|${part}`;

export const findingKey = (controlId: string, resource: ResourceRef, part: string): string => keyFor(controlId, refKey(resource), part);

/** What precedes the name of an object in the keys of a control's findings. */
export const controlPiece = (controlId: string): KeyPiece => KeyPiece.of(controlId).followedBy(separator);

/** An object that controls judge, with what its name comes to in the keys of their findings. */
export class NamedSubject {
  /** Where they were asked for. */
  surroundings: Surroundings | undefined;
  private ownKey: string | undefined;
  private ownPiece: KeyPiece | undefined;

  constructor(
    readonly resource: ResourceRef,
    readonly workload: Workload | undefined,
    /** The process of the control plane that it is. */
    readonly component?: ComponentFacts,
  ) {}

  get piece(): KeyPiece {
    return (this.ownPiece ??= KeyPiece.of(this.key).followedBy(separator));
  }

  findingKey(controlId: string, part: string): string {
    return keyFor(controlId, this.key, part);
  }

  private get key(): string {
    return (this.ownKey ??= refKey(this.resource));
  }
}

/** A part within a scope's part: of a container, say, one of its ports. */
export const joinedParts = (scopePart: string, part: string): string => (part === '' ? scopePart : scopePart === '' ? part : `${scopePart}/${part}`);

/** What a scope calls a part of an object, '' for all of it, with what that comes to in keys. */
export interface NamedPart {
  readonly text: string;
  readonly piece: KeyPiece;
}

const whole: NamedPart = { text: '', piece: KeyPiece.empty };

const MAX_KNOWN = 10_000;

/** Parts are named by few words, which many verdicts share. */
export class PartNames {
  private readonly known = new Map<string, NamedPart>();

  of(text: string): NamedPart {
    if (text === '') return whole;
    let part = this.known.get(text);
    if (!part) {
      part = { text, piece: KeyPiece.of(text) };
      if (this.known.size < MAX_KNOWN) this.known.set(text, part);
    }
    return part;
  }

  /** Of a part that a verdict names itself, within that of its scope. */
  within(scopePart: NamedPart, part: string | undefined): KeyPiece {
    if (part === undefined || part === '') return scopePart.piece;
    const { piece } = this.of(part);
    return scopePart === whole ? piece : scopePart.piece.followedBy(slash).followedBy(piece);
  }
}
