import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { CollectionError, type BenchmarkEvidence, type EvidencePack } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import { crashReport } from '#operations/crash-report.js';
import { runScan } from './run-scan.js';
import { CHUNKS_AHEAD, FAILURES_A_MESSAGE, type ControlFailure, type FromThread, type ToThread } from './scan-messages.js';
import type { ScanRequest } from './scan-request.js';
import { Inlet } from './thread-feed.js';

// The entry of a thread that scans, one cluster after the other. Nothing of a scan outlives it in here.
if (!parentPort) throw new Error('this file is the entry of a scan thread');
const port = parentPort;

const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer);

class Scan {
  private readonly cancelling = new AbortController();
  readonly chunks = new Inlet<Uint8Array>(() => send({ type: 'want' }), CHUNKS_AHEAD);
  readonly packs = new Inlet<EvidencePack>(() => send({ type: 'want-pack' }), CHUNKS_AHEAD);
  private found: ControlFailure[] = [];

  cancel(): void {
    this.cancelling.abort();
    this.chunks.look();
    this.packs.look();
  }

  async run(request: ScanRequest, benchmark: Omit<BenchmarkEvidence, 'packs'> | undefined): Promise<void> {
    const stopped = (): CollectionError | undefined => (this.cancelling.signal.aborted ? new CollectionError('cancelled', 'the scan was cancelled') : undefined);
    try {
      const result = await runScan(request, catalogue, {
        ...(request.source.kind === 'snapshot' && { bytes: this.chunks.items(stopped) }),
        ...(benchmark && { benchmark: { ...benchmark, packs: this.packs.items(stopped) } }),
        onProgress: (progress) => send({ type: 'progress', progress }),
        onFailure: (control, failure) => {
          this.found.push({ control, failure });
          if (this.found.length === FAILURES_A_MESSAGE) this.sendFound();
        },
        signal: this.cancelling.signal,
      });
      this.sendFound();
      // Empty sets share one buffer, which the next scan needs too.
      const buffers = result.evaluations.flatMap(({ passedKeys, heldKeys }) => [passedKeys, heldKeys]).map(({ buffer }) => buffer);
      send({ type: 'done', result, heapBytes: getHeapStatistics().total_physical_size }, [...new Set([...buffers, ...result.evidence.flatMap(({ bytes }) => bytes?.buffer ?? [])].filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer && buffer.byteLength > 0))]);
    } catch (error) {
      if (error instanceof CollectionError) send({ type: 'failed', reason: error.reason, message: error.message, isUnreachable: error.isUnreachable });
      else send({ type: 'crashed', ...crashReport(error) });
    }
  }

  private sendFound(): void {
    if (this.found.length > 0) send({ type: 'failures', found: this.found });
    this.found = [];
  }
}

let scan: Scan | undefined;

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'scan': {
      const mine = new Scan();
      scan = mine;
      void mine.run(message.request, message.benchmark).finally(() => {
        if (scan === mine) scan = undefined;
      });
      return;
    }
    // What comes after the scan's last word belongs to none.
    case 'chunk':
      return scan?.chunks.take(message.bytes);
    case 'end':
      return scan?.chunks.take(undefined);
    case 'pack':
      return scan?.packs.take(message.pack);
    case 'last-pack':
      return scan?.packs.take(undefined);
    case 'cancel':
      return scan?.cancel();
  }
});
