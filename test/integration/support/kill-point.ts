import type { Program } from '#test/support/program.js';

/** Where a worker dies. Numbers count from 1, within the stage. */
export type KillPoint =
  /** At a statement of a tenant's transaction: before Postgres has it, or (`isForwarded`) before its answer is seen. */
  | { readonly kind: 'statement'; readonly number: number; readonly at?: RegExp; readonly isForwarded: boolean }
  /** So long after the last read of the upload, before anything is written. */
  | { readonly kind: 'judging'; readonly reads: number; readonly ms: number }
  /** So long after the stage began. */
  | { readonly kind: 'time'; readonly ms: number }
  /** While a receiver has the request: before it answers, or right after. */
  | { readonly kind: 'request'; readonly number: number; readonly isAnswered: boolean };

/** What one stage needed undisturbed, to aim by. */
export interface StageLength {
  readonly statements: readonly string[];
  readonly ms: number;
  readonly requests: number;
}

/** The end of one worker, however it comes. */
export class Death {
  /** In words, once it has come. */
  how: string | undefined;

  constructor(
    private readonly stage: 'scan' | 'delivery',
    readonly victim: Program,
    private readonly lastStatement: () => string,
  ) {}

  /** Once; whoever comes later is late. */
  come(how: string): void {
    if (this.how !== undefined) return;
    this.victim.signal('SIGKILL');
    this.how = `${this.stage}: ${how} ${this.lastStatement().replaceAll(/\s+/g, ' ').replace(/^SELECT .* FROM/, 'SELECT … FROM').slice(0, 120)}`;
  }
}

/** A small generator with a seed, so that a failure can be seen again; below 1. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) >>> 0;
    return (Math.imul(state ^ (state >>> 14), 0x2545f491) >>> 0) / 2 ** 32;
  };
}

export const SNAPSHOT_READ = /snapshot_chunks/;
/** The whole of what is uploaded takes longer to be judged. */
const JUDGING_MS = 30;

/** Places of a scan that are few among its statements, by the part whose death they are: where it begins, reads and writes. */
const landmarks: ReadonlyMap<number, RegExp> = new Map([[0, /set attempts = attempts \+ 1/], [1, SNAPSHOT_READ], [3, /into bulwark\.findings/]]);

/**
 * Where the workers of one of `stories` die, two an evidence. Statements are dealt in equal parts over all stories, so
 * that together they reach from a stage's first to its last; where in its part each lies, and all else, the seed decides.
 */
export function killPoints(index: number, stories: number, undisturbed: readonly StageLength[]): readonly KillPoint[] {
  const random = randoms(index + 1);
  return undisturbed.map(({ statements, ms, requests }, stage): KillPoint => {
    const part = (index + 3 * stage) % stories;
    const isDelivery = stage % 2 === 1;
    if (isDelivery && part % 3 === 1) return { kind: 'request', number: 1 + Math.floor(random() * requests), isAnswered: random() < 0.5 };
    const reads = isDelivery ? 0 : statements.filter((text) => SNAPSHOT_READ.test(text)).length;
    if (part === 5 && reads > 0) return { kind: 'judging', reads, ms: Math.round(random() * JUDGING_MS) };
    if (part % 3 === 2) return { kind: 'time', ms: Math.round(random() * ms) };
    const landmark = isDelivery ? undefined : landmarks.get(part);
    if (landmark && statements.some((text) => landmark.test(text))) return { kind: 'statement', number: 1, at: landmark, isForwarded: random() < 0.5 };
    // The commit: with and without Postgres having had it.
    if (part === stories - 1) return { kind: 'statement', number: statements.length, isForwarded: stage % 4 < 2 };
    return { kind: 'statement', number: 1 + Math.floor(((part + random()) / stories) * statements.length), isForwarded: random() < 0.5 };
  });
}
