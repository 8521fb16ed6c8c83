import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ParsingAnswer, ParsingBatch, ParsingData } from './parsing-messages.js';

/** Parses batches of documents elsewhere, one after the other. */
export interface SecondParser {
  /** Whether it takes batches. Once it is over it answers nothing any more. */
  readonly state: 'starting' | 'ready' | 'over';
  /** The batch is its own from now on. */
  send(batch: ParsingBatch): void;
  /** The next answer, in the order of batches, if it has come. */
  receive(): ParsingAnswer | undefined;
  /** Until there may be an answer, or none will come any more. */
  wait(): Promise<void>;
  close(): Promise<void>;
}

/** Megabytes of heap. Documents are parsed one by one, and large ones are not given away. */
const OLD_SPACE_MB = 96;
const YOUNG_SPACE_MB = 12;

/** If it breaks nothing is lost: whoever gave it documents still has them. */
export class ParsingThread implements SecondParser {
  state: SecondParser['state'] = 'starting';
  private readonly worker: Worker;
  private readonly port;
  private readonly answers: ParsingAnswer[] = [];
  private wake = (): void => undefined;

  /** Throws where no thread is to be had. */
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    try {
      this.worker = new Worker(new URL('./parsing-worker.js', import.meta.url), {
        name: 'parse',
        workerData: { port: port2 } satisfies ParsingData,
        transferList: [port2],
        resourceLimits: { maxOldGenerationSizeMb: OLD_SPACE_MB, maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
        env: {},
        execArgv: [],
      });
    } catch (error) {
      port1.close();
      throw error;
    }
    this.port.on('message', (message: ParsingAnswer | 'ready') => this.hear(message)).on('messageerror', () => this.end());
    this.worker.on('error', () => this.end()).on('exit', () => this.end());
  }

  send(batch: ParsingBatch): void {
    this.port.postMessage(batch, [batch.bytes.buffer]);
  }

  receive(): ParsingAnswer | undefined {
    // Those that have come already: who parses does not get to its event loop for long.
    for (let next = receiveMessageOnPort(this.port); next; next = receiveMessageOnPort(this.port)) this.hear(next.message as ParsingAnswer | 'ready');
    return this.answers.shift();
  }

  async wait(): Promise<void> {
    if (this.answers.length > 0 || this.state === 'over') return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }

  async close(): Promise<void> {
    this.end();
    this.port.close();
    await this.worker.terminate();
  }

  private hear(message: ParsingAnswer | 'ready'): void {
    // What it had was taken back.
    if (this.state === 'over') return;
    if (message !== 'ready') this.answers.push(message);
    else this.state = 'ready';
    this.wake();
  }

  private end(): void {
    this.state = 'over';
    this.wake();
  }
}
