import { inflateRawSync } from 'node:zlib';
import type { EngineName } from '#application/ports/engines.js';
import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';
import { restoreEvidence } from '#inventory/evidence/restore-evidence.js';
import { accessEngine } from './access-engine.js';
import type { AnyEngine } from './engine.js';

const engines: Readonly<Record<EngineName, AnyEngine>> = { access: accessEngine };

interface Held {
  readonly index: unknown;
  /** Characters of the evidence it was made of: what it takes grows with them. */
  readonly weight: number;
}

/**
 * Indexes of the scans that were asked of last, as many as `capacity` characters of evidence make. Where it runs, thread
 * or process, is for others to say.
 */
export class EngineHost {
  private readonly held = new Map<string, Held>();
  private weight = 0;

  constructor(private readonly capacity: number) {}

  sortsOf(engine: EngineName): ReadonlySet<PieceSort> {
    return engines[engine].sorts;
  }

  has(engine: EngineName, scanId: string): boolean {
    return this.held.has(`${engine} ${scanId}`);
  }

  build(engine: EngineName, scanId: string, pieces: readonly KeptPiece[]): void {
    let weight = 0;
    const inventory = restoreEvidence(pieces, (bytes) => {
      const text = inflateRawSync(bytes).toString('utf8');
      weight += text.length;
      return text;
    });
    const index: unknown = engines[engine].build(inventory);
    this.makeRoom(weight);
    this.held.set(`${engine} ${scanId}`, { index, weight });
    this.weight += weight;
  }

  answer(engine: EngineName, scanId: string, ask: string, question: unknown): unknown {
    const key = `${engine} ${scanId}`;
    const entry = this.held.get(key);
    if (!entry) throw new Error('there is no index of this scan');
    // Asked last, kept longest.
    this.held.delete(key);
    this.held.set(key, entry);
    const { answers } = engines[engine];
    const answerOf = Object.hasOwn(answers, ask) ? answers[ask] : undefined;
    if (!answerOf) throw new Error(`the ${engine} engine has no answer to ${ask}`);
    return answerOf(entry.index as never, question as never);
  }

  private makeRoom(weight: number): void {
    for (const [key, entry] of this.held) {
      if (this.weight + weight <= this.capacity) return;
      this.held.delete(key);
      this.weight -= entry.weight;
    }
  }
}
