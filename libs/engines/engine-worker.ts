import { parentPort } from 'node:worker_threads';
import type { KeptPiece } from '#inventory/evidence/piece.js';
import { crashReport } from '#operations/crash-report.js';
import { engineCapacity } from './engine-capacity.js';
import { EngineHost, IndexesTooLarge } from './engine-host.js';
import type { AskMessage, FromEngine, ToEngine } from './engine-messages.js';

// The entry of the engines' thread.
if (!parentPort) throw new Error('this file is the entry of an engine thread');
const port = parentPort;
const host = new EngineHost(engineCapacity);
/** Questions that wait for evidence. */
const waiting = new Map<number, { readonly resolve: (pieces: readonly KeptPiece[]) => void; readonly reject: (error: Error) => void }>();

const send = (message: FromEngine): void => port.postMessage(message);

port.on('message', (message: ToEngine) => {
  const wait = waiting.get(message.id);
  waiting.delete(message.id);
  switch (message.type) {
    case 'ask':
      return void answer(message);
    case 'evidence':
      return wait?.resolve(message.pieces);
    case 'lost':
      return wait?.reject(new Error('the evidence cannot be had'));
  }
});

send({ type: 'ready', id: 0 });

async function answer({ id, engine, ask, question, scanIds }: AskMessage): Promise<void> {
  try {
    const given = await host.ask({
      engine, ask, question, scanIds,
      load: (sorts, scanId) => new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        send({ type: 'need', id, scanId, sorts });
      }),
      onBusy: () => send({ type: 'busy', id }),
    });
    send({ type: 'answer', id, answer: given });
  } catch (error) {
    send(error instanceof IndexesTooLarge ? { type: 'too-large', id } : { type: 'failed', id, ...crashReport(error) });
  }
}
