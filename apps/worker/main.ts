import { runProgram } from '../composition/run-program.js';
import { compileThriftily } from '#operations/v8-tuning.js';
import { startWorker } from './start-worker.js';

compileThriftily();
await runProgram('worker', (settings, log) => startWorker(settings, log));
