import { inflateRawSync } from 'node:zlib';
import type { EngineName } from '#application/ports/engines.js';
import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';
import { restoreEvidence } from '#inventory/evidence/restore-evidence.js';
import { accessEngine } from './access-engine.js';
import { escalationEngine } from './escalation-engine.js';
import { reachabilityEngine } from './reachability-engine.js';
import type { AnyEngine } from './engine.js';

const engines: Readonly<Record<EngineName, AnyEngine>> = { access: accessEngine, escalation: escalationEngine, reachability: reachabilityEngine };

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

  /** The first of these scans of which the engine has no index. */
  missing(engine: EngineName, scanIds: readonly (string | undefined)[]): string | undefined {
    return scanIds.find((scanId) => scanId !== undefined && !this.held.has(`${engine} ${scanId}`));
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

  /** All indexes are to be there. */
  answer(engine: EngineName, [scanId, before]: readonly [string, before?: string], ask: string, question: unknown): unknown {
    const { answers } = engines[engine];
    const answerOf = Object.hasOwn(answers, ask) ? answers[ask] : undefined;
    if (!answerOf) throw new Error(`the ${engine} engine has no answer to ${ask}`);
    return answerOf(this.use(engine, scanId) as never, question as never, before === undefined ? undefined : (this.use(engine, before) as never));
  }

  /** Asked last, kept longest. */
  private use(engine: EngineName, scanId: string): unknown {
    const key = `${engine} ${scanId}`;
    const entry = this.held.get(key);
    if (!entry) throw new Error('there is no index of this scan');
    this.held.delete(key);
    this.held.set(key, entry);
    return entry.index;
  }

  private makeRoom(weight: number): void {
    for (const [key, entry] of this.held) {
      if (this.weight + weight <= this.capacity) return;
      this.held.delete(key);
      this.weight -= entry.weight;
    }
  }
}
