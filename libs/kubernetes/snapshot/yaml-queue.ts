import { parseAhead } from './parse-batch.js';
import type { ParsedYaml } from './parsing-messages.js';
import type { SecondParser } from './parsing-thread.js';
import { parseYaml, type YamlPlace } from './yaml-parse.js';

/** What becomes of a document. */
export interface YamlUse {
  readonly place: YamlPlace;
  readonly maxDepth: number;
  take(value: unknown): void;
}

/** All in bytes of YAML. */
export interface QueueSizes {
  /** Take this thread about as long as another one takes to start. */
  readonly startAfter: number;
  /** The largest document that is given away: of those that take much memory one at a time is parsed. */
  readonly largest: number;
  /** Given away together. */
  readonly batch: number;
  /** Given away and not answered yet. */
  readonly ahead: number;
  /** May wait for their turn. */
  readonly mostWaiting: number;
}

const defaultSizes: QueueSizes = { startAfter: 64 * 1024, largest: 64 * 1024, batch: 16 * 1024, ahead: 64 * 1024, mostWaiting: 1024 * 1024 };

interface Waiting {
  readonly use: YamlUse;
  readonly bytes: Buffer;
  isAway: boolean;
  parsed?: ParsedYaml | undefined;
}

/**
 * YAML documents on their way to their use, which they come to in the order in which they were added. Parsing is most of what
 * reading YAML takes, so that in all but small uploads a second parser takes as many of them as it can meanwhile. It makes of a
 * document what is made of it here; what is bad about one is said in its turn.
 */
export class YamlQueue {
  private second: SecondParser | undefined;
  private seen = 0;
  private readonly waiting: Waiting[] = [];
  private waitingBytes = 0;
  private batch: Waiting[] = [];
  private readonly sent: (readonly Waiting[])[] = [];
  private awayBytes = 0;

  /** `start`: of a second parser, where there may be one. */
  constructor(
    private readonly start: (() => SecondParser) | undefined,
    private readonly sizes = defaultSizes,
  ) {}

  /** The bytes are the queue's from now on. Throws what is bad about this document, and never about one before it. */
  add(bytes: Buffer, use: YamlUse): void {
    this.seen += bytes.length;
    if (this.start && !this.second && this.seen >= this.sizes.startAfter) this.second = this.start();
    const isReady = this.second?.state === 'ready';
    if (this.waiting.length === 0 && !isReady) return use.take(parseYaml(bytes, use.place, use.maxDepth));
    const one: Waiting = { use, bytes, isAway: false };
    this.waiting.push(one);
    this.waitingBytes += bytes.length;
    if (!isReady || bytes.length > this.sizes.largest) return;
    if (this.isFull) this.receive();
    if (this.isFull) one.parsed = parseAhead(bytes, use.maxDepth);
    else this.giveAway(one);
  }

  /** Hands on what has its turn. To be called now and then. Throws what is bad about a document. */
  async breathe(mostWaiting = this.sizes.mostWaiting): Promise<void> {
    for (;;) {
      this.send();
      this.receive();
      this.handOn();
      if (this.waitingBytes <= mostWaiting) return;
      await this.second!.wait();
    }
  }

  /** Hands on all that is left. */
  finish(): Promise<void> {
    return this.breathe(0);
  }

  async close(): Promise<void> {
    await this.second?.close();
  }

  private get isFull(): boolean {
    return this.awayBytes >= this.sizes.ahead;
  }

  private giveAway(one: Waiting): void {
    one.isAway = true;
    this.batch.push(one);
    this.awayBytes += one.bytes.length;
    if (this.batch.reduce((sum, { bytes }) => sum + bytes.length, 0) >= this.sizes.batch) this.send();
  }

  private send(): void {
    const { batch } = this;
    if (batch.length === 0) return;
    this.batch = [];
    this.sent.push(batch);
    const bytes = new Uint8Array(batch.reduce((sum, one) => sum + one.bytes.length, 0));
    let end = 0;
    const ends = batch.map((one) => {
      bytes.set(one.bytes, end);
      return (end += one.bytes.length);
    });
    this.second!.send({ bytes, ends, depths: batch.map(({ use }) => use.maxDepth) });
  }

  /** What was answered. Once the second parser is over, what it had comes back. */
  private receive(): void {
    for (let answer = this.second?.receive(); answer; answer = this.second!.receive()) {
      for (const [index, one] of this.sent.shift()!.entries()) this.comeBack(one, answer[index]);
    }
    if (this.second?.state !== 'over') return;
    for (const one of [...this.sent.splice(0).flat(), ...this.batch.splice(0)]) this.comeBack(one, undefined);
  }

  private comeBack(one: Waiting, parsed: ParsedYaml | undefined): void {
    one.isAway = false;
    one.parsed = parsed;
    this.awayBytes -= one.bytes.length;
  }

  private handOn(): void {
    while (this.waiting.length > 0 && !this.waiting[0]!.isAway) {
      const { use, bytes, parsed } = this.waiting.shift()!;
      this.waitingBytes -= bytes.length;
      use.take(parsed ? parsed.value : parseYaml(bytes, use.place, use.maxDepth));
    }
  }
}
