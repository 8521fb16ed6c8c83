import { Worker } from 'node:worker_threads';
import { AppError } from '#application/app-error.js';
import type { EngineAnswers, EngineCall, EngineName, EngineQuestions, Engines } from '#application/ports/engines.js';
import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';
import { engineCapacity } from './engine-capacity.js';
import { EngineHost } from './engine-host.js';
import type { FromEngine, ToEngine } from './engine-messages.js';

export interface EngineSettings {
  readonly oldSpaceMb: number;
  /** A question that takes longer is given up, and with it the thread. */
  readonly answerMs: number;
  /** The thread ends when nothing was asked for so long. */
  readonly idleMs: number;
}

export const defaultEngineSettings: EngineSettings = { oldSpaceMb: 512, answerMs: 30_000, idleMs: 300_000 };

/** A question ended by a bug of ours or by evidence that was damaged. Names the kind of error and the place in our code. */
export class EngineFailed extends Error {
  override readonly name = 'EngineFailed';

  constructor(
    name: string,
    readonly frames: string,
  ) {
    super(`the question ended with ${name}`);
  }
}

interface Pending {
  readonly load: (sorts: ReadonlySet<PieceSort>, scanId: string) => Promise<readonly KeptPiece[]>;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** Threads run compiled code alone: where the sources run directly (tests), engines answer in the process. */
const canRunThreads = import.meta.url.endsWith('.js');

/** One thread for all engines, started when something is asked and ended when nothing is asked any more. Questions are answered in turn. */
export class EngineThread implements Engines {
  private thread?: Worker;
  private readonly pending = new Map<number, Pending>();
  private last = 0;
  private idle?: NodeJS.Timeout;
  /** Runs while the thread has a question, from its last word on. */
  private patience?: NodeJS.Timeout;
  private readonly inProcess = canRunThreads ? undefined : new EngineHost(engineCapacity);

  constructor(private readonly settings: EngineSettings = defaultEngineSettings) {}

  async ask<N extends EngineName, Q extends keyof EngineQuestions[N] & keyof EngineAnswers[N]>({ engine, ask, question, scanIds, load }: EngineCall<N, Q>): Promise<EngineAnswers[N][Q]> {
    if (this.inProcess) {
      const host = this.inProcess;
      for (let missing = host.missing(engine, scanIds); missing !== undefined; missing = host.missing(engine, scanIds)) {
        const pieces = await load(host.sortsOf(engine), missing);
        if (host.missing(engine, [missing]) !== undefined) host.build(engine, missing, pieces);
      }
      return host.answer(engine, scanIds, String(ask), question) as EngineAnswers[N][Q];
    }
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { load, resolve: (answer) => resolve(answer as EngineAnswers[N][Q]), reject });
      this.tell({ type: 'ask', id, engine, ask: String(ask), question, scanIds });
    });
  }

  private tell(message: ToEngine): void {
    clearTimeout(this.idle);
    this.thread ??= this.start();
    this.thread.ref();
    this.thread.postMessage(message, []);
    this.waitPatiently();
  }

  private start(): Worker {
    const thread = new Worker(new URL('./engine-worker.js', import.meta.url), {
      name: 'engines', resourceLimits: { maxOldGenerationSizeMb: this.settings.oldSpaceMb }, env: {}, execArgv: [],
    });
    const gone = (error: Error): void => {
      if (this.thread === thread) this.giveUp(error);
    };
    thread.on('message', (message: FromEngine) => this.hear(message));
    thread.on('error', (error: Error & { readonly code?: string }) => gone(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooSmall() : new EngineFailed(error.name, '')));
    thread.on('exit', () => gone(new EngineFailed('an early end', '')));
    return thread;
  }

  private hear(message: FromEngine): void {
    const pending = this.pending.get(message.id);
    if (message.type === 'need') {
      this.waitPatiently();
      if (!pending) return this.tell({ type: 'forget', id: message.id });
      pending.load(message.sorts, message.scanId).then(
        (pieces) => this.pending.has(message.id) && this.tell({ type: 'evidence', id: message.id, scanId: message.scanId, pieces }),
        (error: unknown) => {
          this.tell({ type: 'forget', id: message.id });
          this.settle(message.id, () => pending.reject(error));
        },
      );
      return;
    }
    this.settle(message.id, () => {
      switch (message.type) {
        case 'answer':
          return pending?.resolve(message.answer);
        case 'too-large':
          return pending?.reject(tooSmall());
        case 'failed':
          return pending?.reject(new EngineFailed(message.name, message.frames));
      }
    });
  }

  private settle(id: number, how: () => void): void {
    this.pending.delete(id);
    how();
    this.waitPatiently();
    if (this.pending.size > 0) return;
    this.thread?.unref();
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.end(), this.settings.idleMs).unref();
  }

  /** The thread may take `answerMs` from one word to the next. */
  private waitPatiently(): void {
    clearTimeout(this.patience);
    if (this.pending.size > 0) this.patience = setTimeout(() => this.giveUp(tooSlow()), this.settings.answerMs).unref();
  }

  /** All that were asked go down with the thread; the next question starts another. */
  private giveUp(error: Error): void {
    const all = [...this.pending.values()];
    this.pending.clear();
    this.end();
    for (const { reject } of all) reject(error);
  }

  private end(): void {
    clearTimeout(this.patience);
    clearTimeout(this.idle);
    const { thread } = this;
    delete this.thread;
    void thread?.terminate();
  }
}

const tooSmall = (): AppError => new AppError('unavailable', 'engine-too-small', 'What was asked takes more memory than questions may use here. Ask for less at a time.');
const tooSlow = (): AppError => new AppError('unavailable', 'engine-too-slow', 'What was asked takes longer than questions may here. Ask for less at a time.');
