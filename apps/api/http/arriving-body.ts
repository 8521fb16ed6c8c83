import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '../problems/protocol-error.js';

export interface Arrival {
  /** A sender that sends nothing for so long has left. */
  readonly idleMs: number;
  /** For all of it; as long as it takes where not given. */
  readonly longestMs?: number;
  /** Throws where the sender may no longer: uploads may take long. */
  readonly stillMay?: () => Promise<unknown>;
}

/**
 * The bytes as they arrive. A sender that leaves is told apart from one that is done, and a refusal leaves the line
 * open for the answer.
 */
export async function* arriving(body: IncomingMessage, { idleMs, longestMs, stillMay }: Arrival): AsyncGenerator<Uint8Array> {
  const deadline = new Deadline(longestMs);
  body.setTimeout(idleMs, () => body.destroy());
  try {
    const chunks = body.iterator({ destroyOnReturn: false });
    for (;;) {
      const next = await Promise.race([chunks.next().catch(brokenOff), deadline.passed]);
      if (next.done) break;
      yield next.value as Uint8Array;
    }
  } finally {
    deadline.clear();
    body.setTimeout(0);
  }
  await stillMay?.();
}

const brokenOff = (): never => {
  throw new ProtocolError(400, 'body-broken-off', 'The upload broke off before its end. Nothing of it was kept.');
};

class Deadline {
  private timer: NodeJS.Timeout | undefined;
  readonly passed: Promise<never>;

  constructor(ms: number | undefined) {
    this.passed = new Promise((_, reject) => {
      if (ms !== undefined) this.timer = setTimeout(() => reject(new ProtocolError(408, 'request-timeout', `The body did not arrive within ${ms / 1_000} seconds. Nothing of it was kept; send it again.`)), ms);
    });
    // Where nobody waits any more.
    this.passed.catch(() => undefined);
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}
