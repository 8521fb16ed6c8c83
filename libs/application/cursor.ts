import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from './app-error.js';

/** What a cursor remembers of a row: the values that its list is ordered by. */
export type CursorParts = readonly (string | number)[];

const MAC_BYTES = 16;
const VERSION = 1;

/**
 * Cursors as callers see them: opaque, and of use only in the list and organisation they were made for.
 * base64url of a MAC and of versioned JSON.
 */
export class Cursors {
  constructor(private readonly key: Uint8Array) {}

  write(list: string, tenantId: string, parts: CursorParts): string {
    const body = Buffer.from(JSON.stringify([VERSION, ...parts]));
    return Buffer.concat([this.mac(list, tenantId, body), body]).toString('base64url');
  }

  /** Throws `bad-cursor` on anything that this installation did not write for this list. */
  read(list: string, tenantId: string, cursor: string): CursorParts {
    const bytes = /^[\w-]{1,1000}$/.test(cursor) ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0);
    const body = bytes.subarray(MAC_BYTES);
    if (body.length === 0 || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), this.mac(list, tenantId, body))) throw badCursor();
    // Ours, so it parses; a newer or older release may have written another version.
    const [version, ...parts] = JSON.parse(body.toString()) as [number, ...CursorParts];
    if (version !== VERSION) throw badCursor();
    return parts;
  }

  private mac(list: string, tenantId: string, body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(`${list}\0${tenantId}\0`).update(body).digest().subarray(0, MAC_BYTES);
  }
}

const badCursor = () =>
  invalid('bad-cursor', 'This cursor was not made for this list. Start again without one.', [{ pointer: '/after', detail: 'not a cursor of this list' }]);
