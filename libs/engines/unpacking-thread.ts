import { Worker } from 'node:worker_threads';
import { AppError } from '#application/app-error.js';
import { unpackEvidence } from '#application/nodes/unpack-evidence.js';
import type { EvidenceUnpacker, UnpackedEvidence } from '#application/ports/evidence-unpacker.js';
import { BundleError } from '#nodes/wire/bundle-error.js';
import type { CheckedBundle } from '#nodes/wire/read-bundle.js';
import type { FromUnpacking, ToUnpacking } from './unpacking-messages.js';

export interface UnpackingSettings {
  readonly oldSpaceMb: number;
  /** From one answer to the next while somebody waits, and from the start of the thread to the first. */
  readonly answerMs: number;
  /** The thread ends when nothing came for so long. */
  readonly idleMs: number;
}

/** One bundle takes half a second at most, and some 60 MiB. */
export const defaultUnpackingSettings: UnpackingSettings = { oldSpaceMb: 192, answerMs: 15_000, idleMs: 60_000 };

interface Waiting {
  readonly message: ToUnpacking;
  resolve(unpacked: UnpackedEvidence): void;
  reject(error: Error): void;
}

/** Threads run compiled code alone: where the sources run directly (tests), bundles are unpacked in the process. */
const canRunThreads = import.meta.url.endsWith('.js');

/** One thread for all bundles, which looks into them in turn; started by the first, and ended when none comes any more. */
export class UnpackingThread implements EvidenceUnpacker {
  private thread?: Worker;
  private readonly waiting: Waiting[] = [];
  private last = 0;
  private timer?: NodeJS.Timeout;

  constructor(private readonly settings: UnpackingSettings = defaultUnpackingSettings) {}

  async unpack(bundle: CheckedBundle): Promise<UnpackedEvidence> {
    if (!canRunThreads) return unpackEvidence(bundle);
    return new Promise((resolve, reject) => {
      this.waiting.push({ message: { id: ++this.last, bundle }, resolve, reject });
      if (this.waiting.length === 1) this.next();
    });
  }

  /** One at a time is in the thread: what goes down with it is the fault of that one. */
  private next(): void {
    clearTimeout(this.timer);
    const [first] = this.waiting;
    if (!first) {
      this.thread?.unref();
      this.timer = setTimeout(() => this.end(), this.settings.idleMs).unref();
      return;
    }
    this.thread ??= this.start();
    this.thread.ref();
    this.thread.postMessage(first.message, []);
    this.timer = setTimeout(() => this.lose(), this.settings.answerMs).unref();
  }

  private start(): Worker {
    const thread = new Worker(new URL('./unpacking-worker.js', import.meta.url), {
      name: 'bundles', resourceLimits: { maxOldGenerationSizeMb: this.settings.oldSpaceMb }, env: {}, execArgv: [],
    });
    const gone = (): void => {
      if (this.thread === thread) this.lose();
    };
    thread.on('message', (message: FromUnpacking) => this.hear(message));
    thread.on('error', gone);
    thread.on('exit', gone);
    return thread;
  }

  private hear(message: FromUnpacking): void {
    if (message.id !== this.waiting[0]?.message.id) return;
    const first = this.waiting.shift()!;
    if (message.type === 'unpacked') first.resolve(message.unpacked);
    else if (message.type === 'refused') first.reject(new BundleError(message.code, message.message));
    else first.reject(Object.assign(new Error(`looking into a bundle ended with ${message.name}`), { frames: message.frames }));
    this.next();
  }

  private lose(): void {
    this.end();
    this.waiting.shift()?.reject(new AppError('unavailable', 'bundle-too-slow', 'Looking into this bundle took too long or too much memory. Send it again later; if it fails again, report it.', { retryAfter: 30 }));
    this.next();
  }

  private end(): void {
    clearTimeout(this.timer);
    const { thread } = this;
    delete this.thread;
    void thread?.terminate();
  }
}
