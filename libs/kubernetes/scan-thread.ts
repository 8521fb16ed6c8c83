import { Worker } from 'node:worker_threads';
import { CollectionError, type ScanResult } from '#application/ports/cluster-collector.js';
import type { Failure } from '#controls/engine/evaluation.js';
import { FailureStrings } from './failure-strings.js';
import type { ScanHooks } from './run-scan.js';
import type { FoundFailure, FromThread, ToThread } from './scan-messages.js';
import type { ScanRequest } from './scan-request.js';
import { isSnapshotReason, SnapshotError } from './snapshot/snapshot-error.js';

export interface ThreadLimits {
  readonly oldSpaceMb: number;
  readonly youngSpaceMb: number;
  /** How long a cancelled thread may take to end by itself. */
  readonly graceMs: number;
}

export const defaultThreadLimits: ThreadLimits = { oldSpaceMb: 160, youngSpaceMb: 16, graceMs: 2_000 };

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

/** Runs a scan in a thread of its own, which lives exactly as long. Throws `CollectionError`, whatever happens in there. */
export function scanInThread(request: ScanRequest, hooks: ScanHooks, limits: ThreadLimits = defaultThreadLimits): Promise<ScanResult> {
  if (hooks.signal.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./scan-worker.js', import.meta.url), {
      name: 'scan',
      workerData: request,
      resourceLimits: { maxOldGenerationSizeMb: limits.oldSpaceMb, maxYoungGenerationSizeMb: limits.youngSpaceMb },
      // The process's environment holds its own secrets, and none of it is needed in there.
      env: {},
      execArgv: [],
    });
    const tell = (message: ToThread, transfer: readonly ArrayBuffer[] = []): void => thread.postMessage(message, transfer);
    const upload = new Upload(tell);
    const failures = new FoundFailures();
    let grace: NodeJS.Timeout | undefined;

    const cancel = (): void => {
      tell({ type: 'cancel' });
      grace = setTimeout(() => void thread.terminate(), limits.graceMs);
    };
    hooks.signal.addEventListener('abort', cancel, { once: true });

    const end = (settle: () => void): void => {
      clearTimeout(grace);
      hooks.signal.removeEventListener('abort', cancel);
      upload.stop();
      settle();
      void thread.terminate();
    };

    thread.on('message', (message: FromThread) => {
      switch (message.type) {
        case 'progress':
          hooks.onProgress(message.progress);
          return;
        case 'want':
          upload.want();
          return;
        case 'failures':
          failures.add(message.found);
          return;
        case 'done':
          return end(() => resolve(failures.into(message.result)));
        case 'failed':
          return end(() => reject(errorOf(message)));
        case 'crashed':
          return end(() => reject(new ScanCrashed(message.name, message.frames)));
      }
    });
    thread.on('error', (error: Error & { readonly code?: string }) => {
      const isFull = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      end(() => reject(isFull ? tooLarge(request, limits) : new ScanCrashed(error.name, '')));
    });
    // The caller's own stream broke: that is the caller's error, as it is.
    if (hooks.bytes) upload.send(hooks.bytes).catch((error: unknown) => end(() => reject(error)));
    // Only where it ended without a word; otherwise the promise is settled already.
    thread.on('exit', () => end(() => reject(hooks.signal.aborted ? cancelled() : new ScanCrashed('an early end', ''))));
  });
}

/** Sends the upload to the thread, a chunk whenever it asks for one. */
class Upload {
  private credits = 0;
  private isStopped = false;
  private wake = (): void => undefined;

  constructor(private readonly tell: (message: ToThread, transfer?: readonly ArrayBuffer[]) => void) {}

  want(): void {
    this.credits++;
    this.wake();
  }

  stop(): void {
    this.isStopped = true;
    this.wake();
  }

  async send(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of bytes) {
      while (this.credits === 0 && !this.isStopped) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      if (this.isStopped) return;
      this.credits--;
      // A copy, for chunks may be views of a pool that others use.
      const copy = new Uint8Array(chunk);
      this.tell({ type: 'chunk', bytes: copy }, [copy.buffer]);
    }
    if (!this.isStopped) this.tell({ type: 'end' });
  }
}

/** Failures as they come, and in the end those of each control in its evaluation. */
class FoundFailures {
  private readonly byControl: Failure[][] = [];
  private readonly strings = new FailureStrings();

  add(found: readonly FoundFailure[]): void {
    for (const { control, failure } of found) (this.byControl[control] ??= []).push(this.strings.shared(failure));
  }

  into(result: ScanResult): ScanResult {
    return { ...result, evaluations: result.evaluations.map((evaluation, control) => ({ ...evaluation, failures: this.byControl[control] ?? [] })) };
  }
}

const cancelled = (): CollectionError => new CollectionError('cancelled', 'the scan was cancelled');

function tooLarge({ source }: ScanRequest, { oldSpaceMb }: ThreadLimits): CollectionError {
  return source.kind === 'live'
    ? new CollectionError('cluster-too-large', `what the cluster holds does not fit into the ${oldSpaceMb} MiB that a scan may use`)
    : new SnapshotError('snapshot-too-large', `what the upload holds does not fit into the ${oldSpaceMb} MiB that a scan may use; a large YAML upload takes far less as JSON`);
}

function errorOf({ reason, message, isUnreachable }: Extract<FromThread, { type: 'failed' }>): CollectionError {
  return isSnapshotReason(reason) ? new SnapshotError(reason, message) : new CollectionError(reason, message, isUnreachable);
}
