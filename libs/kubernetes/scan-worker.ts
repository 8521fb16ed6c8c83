import { parentPort, workerData } from 'node:worker_threads';
import { CollectionError } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import { crashReport } from './crash-report.js';
import { runScan } from './run-scan.js';
import { CHUNKS_AHEAD, FAILURES_A_MESSAGE, type FoundFailure, type FromThread, type ToThread } from './scan-messages.js';
import type { ScanRequest } from './scan-request.js';

// The entry of a scan's thread: it starts with the request as workerData and ends once the result is sent.
if (!parentPort) throw new Error('this file is the entry of a scan thread');
const port = parentPort;
const cancel = new AbortController();
const queue: (Uint8Array | 'end')[] = [];
let wake = (): void => undefined;
let found: FoundFailure[] = [];

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'chunk':
      queue.push(message.bytes);
      break;
    case 'end':
      queue.push(message.type);
      break;
    case 'cancel':
      cancel.abort();
      break;
  }
  wake();
});

const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer);

try {
  const request = workerData as ScanRequest;
  const result = await runScan(request, catalogue, {
    ...(request.source.kind === 'snapshot' && { bytes: upload() }),
    onProgress: (progress) => send({ type: 'progress', progress }),
    onFailure(control, failure) {
      found.push({ control, failure });
      if (found.length === FAILURES_A_MESSAGE) sendFound();
    },
    signal: cancel.signal,
  });
  sendFound();
  const keys = result.evaluations.flatMap(({ passedKeys, unknownKeys }) => [passedKeys, unknownKeys]).map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
  send({ type: 'done', result }, [...new Set(keys)]);
} catch (error) {
  if (error instanceof CollectionError) send({ type: 'failed', reason: error.reason, message: error.message, isUnreachable: error.isUnreachable });
  else send({ type: 'crashed', ...crashReport(error) });
}
port.close();

async function* upload(): AsyncGenerator<Uint8Array> {
  for (let ahead = 0; ahead < CHUNKS_AHEAD; ahead++) send({ type: 'want' });
  for (;;) {
    while (queue.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (cancel.signal.aborted) throw new CollectionError('cancelled', 'the scan was cancelled');
    }
    const next = queue.shift()!;
    if (next === 'end') return;
    yield next;
    send({ type: 'want' });
  }
}

function sendFound(): void {
  if (found.length > 0) send({ type: 'failures', found });
  found = [];
}
