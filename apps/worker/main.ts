import { runProgram } from '../composition/run-program.js';
import { tuneForRest } from '#operations/v8-tuning.js';
import { startWorker } from './start-worker.js';

tuneForRest();
await runProgram('worker', (settings, log) => startWorker(settings, log));
