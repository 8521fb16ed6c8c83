// The worker as it is built, but for its patience: what a killed one leaves is taken over in seconds instead of a minute.
import { runProgram } from '../../dist/apps/composition/run-program.js';
import { startWorker } from '../../dist/apps/worker/start-worker.js';

await runProgram('worker', (settings, log) => startWorker(settings, log, { workMs: 2_000, queue: { lockMs: 1_500, stalledCheckMs: 500 } }));
