import { parentPort } from 'node:worker_threads';
import { unpackEvidence } from '#application/nodes/unpack-evidence.js';
import { BundleError } from '#nodes/wire/bundle-error.js';
import { crashReport } from '#operations/crash-report.js';
import type { FromUnpacking, ToUnpacking } from './unpacking-messages.js';

// The entry of the thread that looks into bundles.
if (!parentPort) throw new Error('this file is the entry of a thread');
const port = parentPort;
const send = (message: FromUnpacking): void => port.postMessage(message);

port.on('message', ({ id, bundle }: ToUnpacking) => {
  unpackEvidence(bundle).then(
    (unpacked) => send({ type: 'unpacked', id, unpacked }),
    (error: unknown) => send(error instanceof BundleError ? { type: 'refused', id, code: error.code, message: error.message } : { type: 'failed', id, ...crashReport(error) }),
  );
});
