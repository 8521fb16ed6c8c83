import { parentPort } from 'node:worker_threads';
import { unpackEvidence } from '#application/nodes/unpack-evidence.js';
import { unpackKubeBench } from '#application/nodes/unpack-kube-bench.js';
import { KubeBenchError } from '#kube-bench/kube-bench-error.js';
import { BundleError } from '#nodes/wire/bundle-error.js';
import { crashReport } from '#operations/crash-report.js';
import type { FromUnpacking, ToUnpacking, Unpacked, Upload } from './unpacking-messages.js';

// The entry of the thread that looks into what was uploaded.
if (!parentPort) throw new Error('this file is the entry of a thread');
const port = parentPort;
const send = (message: FromUnpacking): void => port.postMessage(message);

const unpack = (upload: Upload): Promise<Unpacked[Upload['kind']]> => (upload.kind === 'bundle' ? unpackEvidence(upload.bundle) : unpackKubeBench(upload.file, upload.options));

function failure(id: number, error: unknown): FromUnpacking {
  if (error instanceof BundleError) return { type: 'refused', id, by: 'bundle', code: error.code, message: error.message };
  if (error instanceof KubeBenchError) return { type: 'refused', id, by: 'kube-bench', code: error.reason, message: error.message };
  return { type: 'failed', id, ...crashReport(error) };
}

port.on('message', ({ id, upload }: ToUnpacking) => {
  unpack(upload).then((unpacked) => send({ type: 'unpacked', id, unpacked }), (error: unknown) => send(failure(id, error)));
});
