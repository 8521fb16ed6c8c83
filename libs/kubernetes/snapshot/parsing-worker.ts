import { workerData } from 'node:worker_threads';
import type { ParsingBatch, ParsingData } from './parsing-messages.js';
import { parseBatch } from './parse-batch.js';

// The entry of a thread that parses documents of one upload.
const { port } = workerData as ParsingData;

port.on('message', (batch: ParsingBatch) => port.postMessage(parseBatch(batch), []));
port.postMessage('ready', []);
