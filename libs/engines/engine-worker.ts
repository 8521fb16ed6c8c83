import { parentPort } from 'node:worker_threads';
import { engineCapacity } from './engine-capacity.js';
import { EngineHost } from './engine-host.js';
import type { AskMessage, FromEngine, ToEngine } from './engine-messages.js';

// The entry of the engines' thread.
if (!parentPort) throw new Error('this file is the entry of an engine thread');
const port = parentPort;
const host = new EngineHost(engineCapacity);
/** Questions that wait for evidence. */
const waiting = new Map<number, { readonly asked: AskMessage; readonly brought: Set<string> }>();

const send = (message: FromEngine): void => port.postMessage(message);

port.on('message', (message: ToEngine) => {
  const { id } = message;
  try {
    switch (message.type) {
      case 'ask':
        waiting.set(id, { asked: message, brought: new Set() });
        return goOn(id);
      case 'evidence': {
        const { scanId, pieces } = message;
        const wait = waiting.get(id);
        if (!wait) return;
        wait.brought.add(scanId);
        // Another question may have brought it meanwhile.
        if (host.missing(wait.asked.engine, [scanId]) !== undefined) host.build(wait.asked.engine, scanId, pieces);
        return goOn(id);
      }
      case 'forget':
        waiting.delete(id);
    }
  } catch (error) {
    waiting.delete(id);
    // The kind of error and the place in our code; never the message, which may repeat what the cluster wrote.
    const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12).join('\n') : '';
    send({ type: 'failed', id, name: error instanceof Error ? error.name : 'something that is no error', frames });
  }
});

/** Answers, or asks for what is missing. */
function goOn(id: number): void {
  const { asked, brought } = waiting.get(id)!;
  const { engine, scanIds, ask, question } = asked;
  const missing = host.missing(engine, scanIds);
  if (missing === undefined) {
    waiting.delete(id);
    return send({ type: 'answer', id, answer: host.answer(engine, scanIds, ask, question) });
  }
  if (!brought.has(missing)) return send({ type: 'need', id, scanId: missing, sorts: host.sortsOf(engine) });
  // It was here, and had to go for the other.
  waiting.delete(id);
  return send({ type: 'too-large', id });
}
