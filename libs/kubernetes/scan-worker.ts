import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { CollectionError, type EvidencePack } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import { tuneForJudging, tuneForReading, tuneForReadingTogether } from '#operations/v8-tuning.js';
import { crashReport } from '#operations/crash-report.js';
import { FailureBatches } from './failure-batches.js';
import { runScan } from './run-scan.js';
import { CHUNKS_AHEAD, PACKS_AHEAD, type FromThread, type ToThread } from './scan-messages.js';
import { ParsingThread } from './snapshot/parsing-thread.js';

// The entry of a thread that scans, one cluster after the other. Nothing of a scan outlives it in here.
if (!parentPort) throw new Error('this file is the entry of a scan thread');
const port = parentPort;

const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer);

/** What the parent sends piece by piece, a few ahead. */
class Inbox<T> {
  private readonly waiting: (T | 'end')[] = [];
  private wake = (): void => undefined;

  constructor(
    private readonly want: FromThread,
    private readonly ahead: number,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.wake(), { once: true });
  }

  take(item: T | 'end'): void {
    this.waiting.push(item);
    this.wake();
  }

  async *items(): AsyncGenerator<T> {
    for (let i = 0; i < this.ahead; i++) send(this.want);
    for (;;) {
      while (this.waiting.length === 0) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        if (this.signal.aborted) throw new CollectionError('cancelled', 'the scan was cancelled');
      }
      const next = this.waiting.shift()!;
      if (next === 'end') return;
      yield next;
      send(this.want);
    }
  }
}

class Scan {
  private readonly cancelling = new AbortController();
  private readonly found = new FailureBatches((found) => send({ type: 'failures', found }, found.map(({ pack }) => pack.buffer)));
  readonly chunks = new Inbox<Uint8Array>({ type: 'want' }, CHUNKS_AHEAD, this.cancelling.signal);
  readonly packs = new Inbox<EvidencePack>({ type: 'want-pack' }, PACKS_AHEAD, this.cancelling.signal);

  cancel(): void {
    this.cancelling.abort();
  }

  async run({ request, hasSpareCore, hasPacks, benchmark }: Extract<ToThread, { readonly type: 'scan' }>): Promise<void> {
    try {
      tuneForReading();
      const result = await runScan(request, catalogue, {
        ...(request.source.kind === 'snapshot' && { bytes: this.chunks.items() }),
        ...(hasSpareCore && {
          startParser: () => {
            const parser = new ParsingThread();
            tuneForReadingTogether();
            return parser;
          },
        }),
        ...(hasPacks && { packs: this.packs.items() }),
        ...(benchmark && { benchmark }),
        onProgress: (progress) => send({ type: 'progress', progress }),
        onJudging: (controls, outcomes) => {
          tuneForJudging();
          send({ type: 'judging', controls, outcomes });
        },
        onFailure: (control, failure) => this.found.add(control, failure),
        onJudged: () => this.found.flush(),
        signal: this.cancelling.signal,
      });
      // Empty sets share one buffer, which the next scan needs too.
      const buffers = result.evaluations.flatMap(({ passedKeys, heldKeys }) => [passedKeys, heldKeys]).map(({ buffer }) => buffer);
      send({ type: 'done', result, heapBytes: getHeapStatistics().total_physical_size }, [...new Set([...buffers, ...result.evidence.flatMap(({ bytes }) => bytes?.buffer ?? [])].filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer && buffer.byteLength > 0))]);
    } catch (error) {
      if (error instanceof CollectionError) send({ type: 'failed', reason: error.reason, message: error.message, isUnreachable: error.isUnreachable });
      else send({ type: 'crashed', ...crashReport(error) });
    } finally {
      // What is over while it was reading did not come to judge.
      tuneForJudging();
    }
  }
}

let scan: Scan | undefined;

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'scan': {
      const mine = new Scan();
      scan = mine;
      void mine.run(message).finally(() => {
        if (scan === mine) scan = undefined;
      });
      return;
    }
    // What comes after the scan's last word belongs to none.
    case 'chunk':
      return scan?.chunks.take(message.bytes);
    case 'end':
      return scan?.chunks.take('end');
    case 'pack':
      return scan?.packs.take(message.pack);
    case 'packs-end':
      return scan?.packs.take('end');
    case 'cancel':
      return scan?.cancel();
  }
});
