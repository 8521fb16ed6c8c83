import { runProgram } from '../composition/run-program.js';
import { tuneForJudging } from '#operations/v8-tuning.js';
import { startWorker } from './start-worker.js';

tuneForJudging();
await runProgram('worker', (settings, log) => startWorker(settings, log));
