import { runProgram } from '../composition/run-program.js';
import { startWorker } from './start-worker.js';

await runProgram('worker', (settings, log) => startWorker(settings, log));
