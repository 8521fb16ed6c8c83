import { Worker } from 'node:worker_threads';
import { AppError } from '#application/app-error.js';
import type { EngineAnswers, EngineCall, EngineName, EngineQuestions, Engines } from '#application/ports/engines.js';
import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';
import { engineCapacity } from './engine-capacity.js';
import { EngineHost, IndexesTooLarge } from './engine-host.js';
import type { AskMessage, FromEngine, ToEngine } from './engine-messages.js';

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
  readonly message: AskMessage;
  readonly load: (sorts: ReadonlySet<PieceSort>, scanId: string) => Promise<readonly KeptPiece[]>;
  /** Threads that went down while it waited, by no fault of its own. */
  losses: number;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** In which a thread is to start. */
const START_MS = 30_000;
/** A question that has lost so many threads to others is given up with the last. */
const MOST_LOSSES = 3;

/** Threads run compiled code alone: where the sources run directly (tests), engines answer in the process. */
const canRunThreads = import.meta.url.endsWith('.js');

/** One thread for all engines, started when something is asked and ended when nothing is asked any more. Questions are answered in turn. */
export class EngineThread implements Engines {
  private thread?: Worker;
  private readonly pending = new Map<number, Pending>();
  private last = 0;
  private isReady = false;
  /** Whose question the thread is at. */
  private busy?: number;
  private idle?: NodeJS.Timeout;
  /** Runs while the thread has a question, from its last word on. */
  private patience?: NodeJS.Timeout;
  private readonly inProcess = canRunThreads ? undefined : new EngineHost(engineCapacity);

  constructor(private readonly settings: EngineSettings = defaultEngineSettings) {}

  async ask<N extends EngineName, Q extends keyof EngineQuestions[N] & keyof EngineAnswers[N]>({ engine, ask, question, scanIds, load }: EngineCall<N, Q>): Promise<EngineAnswers[N][Q]> {
    const call = { engine, ask: String(ask), question, scanIds };
    if (this.inProcess) {
      const answer = await this.inProcess.ask({ ...call, load }).catch((error: unknown) => {
        throw error instanceof IndexesTooLarge ? tooSmall() : error;
      });
      return answer as EngineAnswers[N][Q];
    }
    return new Promise((resolve, reject) => {
      const message: AskMessage = { type: 'ask', id: ++this.last, ...call };
      this.pending.set(message.id, { message, load, losses: 0, resolve: (answer) => resolve(answer as EngineAnswers[N][Q]), reject });
      this.tell(message);
    });
  }

  private tell(message: ToEngine): void {
    clearTimeout(this.idle);
    this.thread ??= this.start();
    this.thread.ref();
    this.thread.postMessage(message, []);
    // Only a word of the thread's buys it more time.
    if (!this.patience) this.waitPatiently();
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
    const { id } = message;
    const pending = this.pending.get(id);
    this.isReady = true;
    this.waitPatiently();
    switch (message.type) {
      case 'ready':
        return;
      case 'busy':
        this.busy = id;
        return;
      case 'need':
        if (!pending) return this.tell({ type: 'lost', id });
        pending.load(message.sorts, message.scanId).then(
          (pieces) => this.pending.has(id) && this.tell({ type: 'evidence', id, pieces }),
          (error: unknown) => {
            if (!this.pending.has(id)) return;
            this.tell({ type: 'lost', id });
            this.settle(id, () => pending.reject(error));
          },
        );
        return;
      case 'answer':
        return this.settle(id, () => pending?.resolve(message.answer));
      case 'too-large':
        return this.settle(id, () => pending?.reject(tooSmall()));
      case 'failed':
        return this.settle(id, () => pending?.reject(new EngineFailed(message.name, message.frames)));
    }
  }

  private settle(id: number, how: () => void): void {
    this.pending.delete(id);
    if (this.busy === id) delete this.busy;
    how();
    this.waitPatiently();
    if (this.pending.size > 0) return;
    this.thread?.unref();
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.end(), this.settings.idleMs).unref();
  }

  /** The thread may take `answerMs` from one word to the next, and longer for its first. */
  private waitPatiently(): void {
    clearTimeout(this.patience);
    delete this.patience;
    if (this.pending.size > 0) this.patience = setTimeout(() => this.giveUp(tooSlow()), this.isReady ? this.settings.answerMs : START_MS).unref();
  }

  /** The question that the thread was at goes down with it; the others are asked of the next. */
  private giveUp(error: Error): void {
    const { busy } = this;
    const lost = [...this.pending];
    this.end();
    for (const [id, pending] of lost) {
      if (busy !== undefined && id !== busy && ++pending.losses < MOST_LOSSES) {
        this.tell(pending.message);
        continue;
      }
      this.pending.delete(id);
      pending.reject(error);
    }
    this.waitPatiently();
  }

  private end(): void {
    clearTimeout(this.patience);
    delete this.patience;
    clearTimeout(this.idle);
    delete this.busy;
    this.isReady = false;
    const { thread } = this;
    delete this.thread;
    void thread?.terminate();
  }
}

const tooSmall = (): AppError => new AppError('unavailable', 'engine-too-small', 'What was asked takes more memory than questions may use here. Ask for less at a time.');
const tooSlow = (): AppError => new AppError('unavailable', 'engine-too-slow', 'What was asked takes longer than questions may here. Ask for less at a time.');
