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
  /** Wait for their turn, where no more are taken. */
  readonly mostWaiting: number;
}

const defaultSizes: QueueSizes = { startAfter: 64 * 1024, largest: 64 * 1024, batch: 16 * 1024, ahead: 64 * 1024, mostWaiting: 256 * 1024 };

/** Counted for each document beside its bytes: what it takes to keep the smallest. */
const OVERHEAD = 256;

/** What is named once and unfolds to much more is parsed in its turn, so that of such values there is one at a time. */
const anchor = '&';

interface Waiting {
  readonly use: YamlUse;
  readonly bytes: Buffer;
  isAway: boolean;
  parsed?: ParsedYaml | undefined;
}

const sizeOf = ({ bytes }: Waiting): number => bytes.length + OVERHEAD;

/**
 * YAML documents on their way to their use, which they come to in the order in which they were added. Parsing is most of what
 * reading YAML takes, so that in all but small uploads a second parser takes as many of them as it can meanwhile. It makes of a
 * document what is made of it here; what is bad about one is said in its turn.
 */
export class YamlQueue {
  private second: SecondParser | undefined;
  private seen = 0;
  /** Those before `first` have had their turn. */
  private waiting: Waiting[] = [];
  private first = 0;
  private waitingSize = 0;
  private batch: Waiting[] = [];
  private batchSize = 0;
  private readonly sent: (readonly Waiting[])[] = [];
  /** Of all that is away, the batch included. */
  private awaySize = 0;

  /** `start`: of a second parser, where there may be one. */
  constructor(
    private start: (() => SecondParser) | undefined,
    private readonly sizes = defaultSizes,
  ) {}

  /** The bytes are the queue's from now on. Throws what is bad about the first document that is bad, once it has its turn. */
  add(bytes: Buffer, use: YamlUse): void {
    this.seen += bytes.length;
    if (!this.second && this.start && this.seen >= this.sizes.startAfter) this.startSecond(this.start);
    if (this.isFull) this.takeBack();
    const isReady = this.second?.state === 'ready';
    if (this.isEmpty && !isReady) return use.take(parseYaml(bytes, use.place, use.maxDepth));
    const one: Waiting = { use, bytes, isAway: false };
    this.waiting.push(one);
    this.waitingSize += sizeOf(one);
    if (!isReady || this.isFull || bytes.length > this.sizes.largest || bytes.includes(anchor)) return;
    if (this.awaySize >= this.sizes.ahead) this.receive();
    if (this.awaySize >= this.sizes.ahead) one.parsed = parseAhead(bytes, use.maxDepth);
    else this.giveAway(one);
  }

  /** Hands on what has its turn. To be called now and then. Throws what is bad about a document. */
  async breathe(): Promise<void> {
    this.send();
    this.takeBack();
    while (this.isFull) await this.more();
  }

  /** Hands on all that is left. */
  async finish(): Promise<void> {
    this.send();
    this.takeBack();
    while (!this.isEmpty) await this.more();
  }

  async close(): Promise<void> {
    await this.second?.close();
  }

  private get isEmpty(): boolean {
    return this.first === this.waiting.length;
  }

  private get isFull(): boolean {
    return this.waitingSize > this.sizes.mostWaiting;
  }

  private startSecond(start: () => SecondParser): void {
    this.start = undefined;
    try {
      this.second = start();
    } catch {
      // No thread is to be had: all of it is parsed here, as where none may be started.
    }
  }

  private async more(): Promise<void> {
    this.send();
    await this.second!.wait();
    this.takeBack();
  }

  private takeBack(): void {
    this.receive();
    this.handOn();
  }

  private giveAway(one: Waiting): void {
    one.isAway = true;
    this.batch.push(one);
    this.batchSize += sizeOf(one);
    this.awaySize += sizeOf(one);
    if (this.batchSize >= this.sizes.batch) this.send();
  }

  private send(): void {
    const { batch } = this;
    if (batch.length === 0) return;
    this.batch = [];
    this.batchSize = 0;
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
    this.batchSize = 0;
  }

  private comeBack(one: Waiting, parsed: ParsedYaml | undefined): void {
    one.isAway = false;
    one.parsed = parsed;
    this.awaySize -= sizeOf(one);
  }

  private handOn(): void {
    while (!this.isEmpty && !this.waiting[this.first]!.isAway) {
      const one = this.waiting[this.first++]!;
      this.waitingSize -= sizeOf(one);
      const { use, bytes, parsed } = one;
      use.take(parsed ? parsed.value : parseYaml(bytes, use.place, use.maxDepth));
    }
    if (this.first * 2 < this.waiting.length) return;
    this.waiting = this.waiting.slice(this.first);
    this.first = 0;
  }
}
