import type { EngineName } from '#application/ports/engines.js';
import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';
import { restoreEvidence } from '#inventory/evidence/restore-evidence.js';
import { inflate } from '#operations/deflated-text.js';
import { accessEngine } from './access-engine.js';
import type { AnyEngine } from './engine.js';
import { escalationEngine } from './escalation-engine.js';
import { reachabilityEngine } from './reachability-engine.js';

const engines: Readonly<Record<EngineName, AnyEngine>> = { access: accessEngine, escalation: escalationEngine, reachability: reachabilityEngine };

interface Held {
  readonly index: unknown;
  /** Characters of the evidence it was made of: what it takes grows with them. */
  readonly weight: number;
}

export interface HostedCall {
  readonly engine: EngineName;
  readonly ask: string;
  readonly question: unknown;
  readonly scanIds: readonly [string, before?: string];
  readonly load: (sorts: ReadonlySet<PieceSort>, scanId: string) => Promise<readonly KeptPiece[]>;
  /** Called before each part that may take long, during which nobody else is answered. */
  readonly onBusy?: () => void;
}

/** The indexes that one question needs do not fit beside each other. */
export class IndexesTooLarge extends Error {
  override readonly name = 'IndexesTooLarge';
}

/**
 * Indexes of the scans that were asked of last, as many as `capacity` characters of evidence make. Where it runs, thread
 * or process, is for others to say.
 */
export class EngineHost {
  private readonly held = new Map<string, Held>();
  private readonly loading = new Map<string, Promise<void>>();
  private weight = 0;

  constructor(private readonly capacity: number) {}

  /** Throws what `load` throws, `IndexesTooLarge`, and `DamagedEvidence`. */
  async ask(call: HostedCall): Promise<unknown> {
    const { engine, ask, question, scanIds, onBusy } = call;
    const { answers } = engines[engine];
    const answerOf = Object.hasOwn(answers, ask) ? answers[ask] : undefined;
    if (!answerOf) throw new Error(`the ${engine} engine has no answer to ${ask}`);
    const wanted = scanIds.filter((scanId) => scanId !== undefined);
    // One may have to go for the other, or for what somebody else asks meanwhile: then it is fetched once more.
    for (let round = 0; round < 2; round++) for (const scanId of wanted) await this.have(call, scanId);
    const indexes = wanted.map((scanId) => this.use(`${engine} ${scanId}`));
    if (indexes.includes(undefined)) throw new IndexesTooLarge();
    onBusy?.();
    return answerOf(indexes[0] as never, question as never, indexes[1] as never);
  }

  private async have(call: HostedCall, scanId: string): Promise<void> {
    const key = `${call.engine} ${scanId}`;
    // Whoever waits for the same index hears of it; should it fail, we try ourselves.
    while (this.loading.has(key)) await this.loading.get(key)?.catch(() => undefined);
    if (this.held.has(key)) return;
    const made = this.build(call, key, scanId).finally(() => this.loading.delete(key));
    this.loading.set(key, made);
    await made;
  }

  private async build({ engine, load, onBusy }: HostedCall, key: string, scanId: string): Promise<void> {
    const pieces = await load(engines[engine].sorts, scanId);
    onBusy?.();
    let weight = 0;
    const inventory = restoreEvidence(pieces, (bytes) => {
      const text = inflate(bytes);
      weight += text.length;
      return text;
    });
    const index = engines[engine].build(inventory);
    for (const [other, entry] of this.held) {
      if (this.weight + weight <= this.capacity) break;
      this.held.delete(other);
      this.weight -= entry.weight;
    }
    this.held.set(key, { index, weight });
    this.weight += weight;
  }

  /** Asked last, kept longest. */
  private use(key: string): unknown {
    const entry = this.held.get(key);
    if (!entry) return undefined;
    this.held.delete(key);
    this.held.set(key, entry);
    return entry.index;
  }
}
