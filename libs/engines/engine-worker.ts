import { parentPort } from 'node:worker_threads';
import { engineCapacity } from './engine-capacity.js';
import { EngineHost } from './engine-host.js';
import type { AskMessage, FromEngine, ToEngine } from './engine-messages.js';

// The entry of the engines' thread.
if (!parentPort) throw new Error('this file is the entry of an engine thread');
const port = parentPort;
const host = new EngineHost(engineCapacity);
/** Questions that wait for evidence. */
const waiting = new Map<number, AskMessage>();

const send = (message: FromEngine): void => port.postMessage(message);

port.on('message', (message: ToEngine) => {
  const { id } = message;
  try {
    switch (message.type) {
      case 'ask':
        if (host.has(message.engine, message.scanId)) return answer(message);
        waiting.set(id, message);
        return send({ type: 'need', id, sorts: host.sortsOf(message.engine) });
      case 'evidence': {
        const asked = waiting.get(id);
        waiting.delete(id);
        if (!asked) return;
        // Another question may have brought it meanwhile.
        if (!host.has(asked.engine, asked.scanId)) host.build(asked.engine, asked.scanId, message.pieces);
        return answer(asked);
      }
      case 'forget':
        waiting.delete(id);
    }
  } catch (error) {
    // The kind of error and the place in our code; never the message, which may repeat what the cluster wrote.
    const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12).join('\n') : '';
    send({ type: 'failed', id, name: error instanceof Error ? error.name : 'something that is no error', frames });
  }
});

function answer({ id, engine, scanId, ask, question }: AskMessage): void {
  send({ type: 'answer', id, answer: host.answer(engine, scanId, ask, question) });
}
