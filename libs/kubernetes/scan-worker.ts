import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { CollectionError, type ScanResult } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import { crashReport } from './crash-report.js';
import { runScan } from './run-scan.js';
import { CHUNKS_AHEAD, FAILURES_A_BATCH, type FromThread, type ToThread } from './scan-messages.js';
import type { ScanRequest } from './scan-request.js';

// The entry of a scan's thread: it starts with the request as workerData and ends once the result is sent.
if (!parentPort) throw new Error('this file is the entry of a scan thread');
const port = parentPort;
const cancel = new AbortController();
const queue: (Uint8Array | 'end')[] = [];
let wake = (): void => undefined;

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
    case 'next':
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
    signal: cancel.signal,
  });
  await sendResult(result);
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

async function sendResult({ evaluations, ...rest }: ScanResult): Promise<void> {
  const keys = evaluations.flatMap(({ passedKeys, unknownKeys }) => [passedKeys, unknownKeys]).map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
  send({ type: 'head', head: { ...rest, evaluations: evaluations.map((evaluation) => ({ ...evaluation, failures: undefined })) } }, [...new Set(keys)]);
  for (const [index, { failures }] of evaluations.entries()) {
    for (let from = 0; from < failures.length; from += FAILURES_A_BATCH) {
      send({ type: 'failures', evaluation: index, failures: failures.slice(from, from + FAILURES_A_BATCH) });
      await once(port, 'message');
    }
  }
  send({ type: 'done' });
}
