import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CollectionError, type EvidencePack, type ScanResult } from '#application/ports/cluster-collector.js';
import { FailuresByControl } from './failure-batches.js';
import type { ScanHooks } from './run-scan.js';
import type { FromThread, ToThread } from './scan-messages.js';
import type { ScanRequest } from './scan-request.js';
import { isSnapshotReason, SnapshotError } from './snapshot/snapshot-error.js';

export interface ThreadSettings {
  readonly oldSpaceMb: number;
  /** Three times what V8 calls a semi-space, where the process was not started with a size of its own for those. */
  readonly youngSpaceMb: number;
  /** How long a cancelled thread may take to end by itself. */
  readonly graceMs: number;
  /** How long a thread waits for its next scan. */
  readonly idleMs: number;
  /** A thread whose heap has grown beyond this does not wait: what it saves is little against a scan that large, and its garbage would stay. */
  readonly keptHeapMb: number;
  /** Scans after which a thread gives way to a new one, so that nothing can pile up in it. */
  readonly maxScans: number;
  /** How long after one gave way the next is made ready. */
  readonly replaceMs: number;
}

export const defaultThreadSettings: ThreadSettings = { oldSpaceMb: 384, youngSpaceMb: 12, graceMs: 2_000, idleMs: 60_000, keptHeapMb: 48, maxScans: 200, replaceMs: 5_000 };

/** A scan's thread ended by a bug. Names the kind of error and the place in our code, nothing that was read. */
export class ScanCrashed extends CollectionError {
  constructor(
    name: string,
    readonly frames: string,
  ) {
    super('scan-crashed', `the scan broke off with ${name}`);
    this.name = 'ScanCrashed';
  }
}

/** Threads run compiled code alone: where the sources run directly (tests), scans stay in the process. */
export const canRunThreads = import.meta.url.endsWith('.js');

/**
 * Threads that scan, one scan at a time in each. One that finished a scan is kept for the next, for starting it and
 * compiling what runs hot costs more than a small cluster; one whose scan failed in any way is not.
 */
export class ScanThreads {
  /** The one used last is used next. */
  private readonly idle: ScanThread[] = [];
  private readonly alive = new Set<ScanThread>();
  private isPrepared = false;

  constructor(private readonly settings: ThreadSettings = defaultThreadSettings) {}

  /** Has a thread ready from now on, for the next scan is not to wait until one has started. One at work will wait for it too. */
  prepare(): void {
    this.isPrepared = true;
    if (this.alive.size > 0) return;
    const thread = this.begin();
    thread.wait();
    this.idle.push(thread);
  }

  /** Throws `CollectionError`, whatever happens in the thread. */
  async scan(request: ScanRequest, hooks: ScanHooks): Promise<ScanResult> {
    if (hooks.signal.aborted) throw cancelled();
    const thread = this.idle.pop() ?? this.begin();
    const result = await thread.scan(request, hooks, this.alive.size - this.idle.length < availableParallelism());
    if (thread.rest()) this.idle.push(thread);
    return result;
  }

  private begin(): ScanThread {
    const begun = new ScanThread(this.settings, {
      over: (thread) => {
        this.alive.delete(thread);
        const at = this.idle.indexOf(thread);
        if (at >= 0) this.idle.splice(at, 1);
      },
      // Later, for what it found is being stored now. Not where one broke off: the next might as well, and so on.
      gaveWay: () => {
        if (this.isPrepared) setTimeout(() => this.prepare(), this.settings.replaceMs).unref();
      },
    });
    this.alive.add(begun);
    return begun;
  }
}

interface ThreadEnds {
  over(thread: ScanThread): void;
  /** It was well, and had waited or scanned for long enough. */
  gaveWay(): void;
}

class ScanThread {
  private readonly worker: Worker;
  private scans = 0;
  private heapBytes = 0;
  private isOver = false;
  private resting?: NodeJS.Timeout;

  constructor(
    private readonly settings: ThreadSettings,
    private readonly ends: ThreadEnds,
  ) {
    this.worker = new Worker(new URL('./scan-worker.js', import.meta.url), {
      name: 'scan',
      resourceLimits: { maxOldGenerationSizeMb: settings.oldSpaceMb, maxYoungGenerationSizeMb: settings.youngSpaceMb },
      // The process's environment holds its own secrets, and none of it is needed in there.
      env: {},
      execArgv: [],
    });
    this.worker.on('error', () => this.over());
    this.worker.on('exit', () => this.over());
  }

  /** Waits for a next scan, if it may have one. */
  rest(): boolean {
    if (this.isOver) return false;
    const { maxScans, keptHeapMb } = this.settings;
    if (this.scans >= maxScans || this.heapBytes > keptHeapMb * 1024 * 1024) {
      this.giveWay();
      return false;
    }
    this.wait();
    this.resting = setTimeout(() => this.giveWay(), this.settings.idleMs).unref();
    return true;
  }

  /** The process does not wait for it. */
  wait(): void {
    this.worker.unref();
  }

  /** The thread is over if this throws. */
  scan(request: ScanRequest, hooks: ScanHooks, hasSpareCore: boolean): Promise<ScanResult> {
    const { worker, settings } = this;
    clearTimeout(this.resting);
    worker.ref();
    this.scans++;
    return new Promise((resolve, reject) => {
      const tell = (message: ToThread, transfer: readonly ArrayBuffer[] = []): void => worker.postMessage(message, transfer);
      // A copy, for chunks may be views of a pool that others use.
      const upload = new Feed<Uint8Array>((chunk) => {
        const copy = new Uint8Array(chunk);
        tell({ type: 'chunk', bytes: copy }, [copy.buffer]);
      }, () => tell({ type: 'end' }));
      const packs = new Feed<EvidencePack>((pack) => tell({ type: 'pack', pack }), () => tell({ type: 'packs-end' }));
      const failures = new FailuresByControl(hooks.findings);
      let grace: NodeJS.Timeout | undefined;

      const cancel = (): void => {
        tell({ type: 'cancel' });
        grace = setTimeout(() => this.end(), settings.graceMs);
      };
      const settled = (): void => {
        clearTimeout(grace);
        hooks.signal.removeEventListener('abort', cancel);
        upload.stop();
        packs.stop();
        worker.off('message', heard).off('error', failed).off('exit', left);
      };
      const fail = (error: unknown): void => {
        settled();
        this.end();
        reject(error);
      };
      const heard = (message: FromThread): void => {
        switch (message.type) {
          case 'progress':
            hooks.onProgress(message.progress);
            return;
          case 'want':
            upload.want();
            return;
          case 'want-pack':
            packs.want();
            return;
          case 'judging':
            failures.judging(message.controls, message.outcomes);
            return;
          case 'failures':
            failures.add(message.found);
            return;
          case 'done':
            settled();
            this.heapBytes = message.heapBytes;
            return resolve(failures.into(message.result));
          case 'failed':
            return fail(errorOf(message));
          case 'crashed':
            return fail(new ScanCrashed(message.name, message.frames));
        }
      };
      const failed = (error: Error & { readonly code?: string }): void => {
        fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge(request, settings) : new ScanCrashed(error.name, ''));
      };
      const left = (): void => fail(hooks.signal.aborted ? cancelled() : new ScanCrashed('an early end', ''));

      worker.on('message', heard).on('error', failed).on('exit', left);
      hooks.signal.addEventListener('abort', cancel, { once: true });
      tell({ type: 'scan', request, hasSpareCore, hasPacks: hooks.packs !== undefined, ...(hooks.benchmark && { benchmark: hooks.benchmark }) });
      // The caller's own stream broke: that is the caller's error, as it is.
      if (hooks.bytes) upload.send(hooks.bytes).catch(fail);
      if (hooks.packs) packs.send(hooks.packs).catch(fail);
    });
  }

  private giveWay(): void {
    this.end();
    this.ends.gaveWay();
  }

  private end(): void {
    this.over();
    void this.worker.terminate();
  }

  private over(): void {
    this.isOver = true;
    this.ends.over(this);
  }
}

/** Sends things to the thread one by one, whenever it asks for the next. */
class Feed<T> {
  private credits = 0;
  private isStopped = false;
  private wake = (): void => undefined;

  constructor(
    private readonly give: (item: T) => void,
    private readonly end: () => void,
  ) {}

  want(): void {
    this.credits++;
    this.wake();
  }

  stop(): void {
    this.isStopped = true;
    this.wake();
  }

  async send(items: AsyncIterable<T>): Promise<void> {
    for await (const item of items) {
      while (this.credits === 0 && !this.isStopped) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      if (this.isStopped) return;
      this.credits--;
      this.give(item);
    }
    if (!this.isStopped) this.end();
  }
}

const cancelled = (): CollectionError => new CollectionError('cancelled', 'the scan was cancelled');

function tooLarge({ source }: ScanRequest, { oldSpaceMb }: ThreadSettings): CollectionError {
  return source.kind === 'live' || source.kind === 'nothing'
    ? new CollectionError('cluster-too-large', `what the cluster holds does not fit into the ${oldSpaceMb} MiB that a scan may use`)
    : new SnapshotError('snapshot-too-large', `what the upload holds does not fit into the ${oldSpaceMb} MiB that a scan may use; a large YAML upload takes far less as JSON`);
}

function errorOf({ reason, message, isUnreachable }: Extract<FromThread, { type: 'failed' }>): CollectionError {
  return isSnapshotReason(reason) ? new SnapshotError(reason, message) : new CollectionError(reason, message, isUnreachable);
}
