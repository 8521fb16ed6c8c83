import { parseBatch } from '#kubernetes/snapshot/parse-batch.js';
import type { ParsingAnswer, ParsingBatch } from '#kubernetes/snapshot/parsing-messages.js';
import type { SecondParser } from '#kubernetes/snapshot/parsing-thread.js';

/** When the parser gets on: at each word it hears, by these numbers one after the other. */
export interface Pace {
  /** Words until it is ready. */
  readonly startsIn: number;
  /** Words until each answer is there. */
  readonly answersIn: readonly number[];
  /** Batches after which it breaks, with those that it has not answered. */
  readonly breaksAfter: number;
}

/** Answers as a thread does, copies, and breaks as one may. */
export class PacedParser implements SecondParser {
  state: SecondParser['state'] = 'starting';
  isClosed = false;
  batches = 0;
  private heard = 0;
  private readonly waiting: { readonly batch: ParsingBatch; left: number }[] = [];

  constructor(private readonly pace: Pace) {}

  send(batch: ParsingBatch): void {
    const { answersIn, breaksAfter } = this.pace;
    this.waiting.push({ batch: structuredClone(batch), left: answersIn.length === 0 ? 0 : answersIn[this.batches % answersIn.length]! });
    if (++this.batches > breaksAfter) this.state = 'over';
  }

  receive(): ParsingAnswer | undefined {
    if (this.state === 'over') return undefined;
    if (this.state === 'starting' && this.heard++ >= this.pace.startsIn) this.state = 'ready';
    const [next] = this.waiting;
    if (!next || next.left-- > 0) return undefined;
    this.waiting.shift();
    return structuredClone(parseBatch(next.batch));
  }

  wait(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}
