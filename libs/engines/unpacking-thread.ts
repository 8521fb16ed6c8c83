import { Worker } from 'node:worker_threads';
import { AppError } from '#application/app-error.js';
import { unpackEvidence } from '#application/nodes/unpack-evidence.js';
import { unpackKubeBench } from '#application/nodes/unpack-kube-bench.js';
import type { EvidenceUnpacker, UnpackedEvidence, UnpackedRun } from '#application/ports/evidence-unpacker.js';
import { KubeBenchError } from '#kube-bench/kube-bench-error.js';
import type { KubeBenchOptions } from '#kube-bench/read-kube-bench.js';
import { BundleError } from '#nodes/wire/bundle-error.js';
import type { CheckedBundle } from '#nodes/wire/read-bundle.js';
import type { FromUnpacking, ToUnpacking, Unpacked, Upload } from './unpacking-messages.js';

export interface UnpackingSettings {
  readonly oldSpaceMb: number;
  /** From one answer to the next while somebody waits, and from the start of the thread to the first. */
  readonly answerMs: number;
  /** The thread ends when nothing came for so long. */
  readonly idleMs: number;
}

/** One bundle or report takes half a second at most, and some 60 MiB. */
export const defaultUnpackingSettings: UnpackingSettings = { oldSpaceMb: 192, answerMs: 15_000, idleMs: 60_000 };

interface Waiting {
  readonly message: ToUnpacking;
  resolve(unpacked: Unpacked[Upload['kind']]): void;
  reject(error: Error): void;
}

/** Threads run compiled code alone: where the sources run directly (tests), uploads are unpacked in the process. */
const canRunThreads = import.meta.url.endsWith('.js');

/** One thread for all uploads, which looks into them in turn; started by the first, and ended when none comes any more. */
export class UnpackingThread implements EvidenceUnpacker {
  private thread?: Worker;
  private readonly waiting: Waiting[] = [];
  private last = 0;
  private timer?: NodeJS.Timeout;

  constructor(private readonly settings: UnpackingSettings = defaultUnpackingSettings) {}

  async unpack(bundle: CheckedBundle): Promise<UnpackedEvidence> {
    return canRunThreads ? this.ask({ kind: 'bundle', bundle }) : unpackEvidence(bundle);
  }

  async unpackKubeBench(file: Uint8Array, options: KubeBenchOptions): Promise<readonly UnpackedRun[]> {
    return canRunThreads ? this.ask({ kind: 'kube-bench', file, options }) : unpackKubeBench(file, options);
  }

  private ask<K extends Upload['kind']>(upload: Extract<Upload, { kind: K }>): Promise<Unpacked[K]> {
    return new Promise((resolve, reject) => {
      // Answers come in the order of the questions, each of its question's kind.
      this.waiting.push({ message: { id: ++this.last, upload }, resolve: resolve as Waiting['resolve'], reject });
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
      name: 'uploads', resourceLimits: { maxOldGenerationSizeMb: this.settings.oldSpaceMb }, env: {}, execArgv: [],
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
    else if (message.type === 'refused') first.reject(message.by === 'bundle' ? new BundleError(message.code, message.message) : new KubeBenchError(message.code, message.message));
    else first.reject(Object.assign(new Error(`looking into an upload ended with ${message.name}`), { frames: message.frames }));
    this.next();
  }

  private lose(): void {
    this.end();
    const lost = this.waiting.shift();
    lost?.reject(new AppError('unavailable', `${lost.message.upload.kind}-too-slow`, 'Looking into this upload took too long or too much memory. Send it again later; if it fails again, report it.', { retryAfter: 30 }));
    this.next();
  }

  private end(): void {
    clearTimeout(this.timer);
    const { thread } = this;
    delete this.thread;
    void thread?.terminate();
  }
}
