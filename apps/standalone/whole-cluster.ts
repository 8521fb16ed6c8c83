import { decompress } from '#kubernetes/snapshot/decompress.js';
import { SnapshotError } from '#kubernetes/snapshot/snapshot-error.js';

/** Every cluster has objects of these kinds, and no command for a few objects writes all of them. */
const kinds = ['Namespace', 'ServiceAccount', 'ClusterRoleBinding'] as const;

/** Unpacked. So much is no selection of objects any more, whatever its first part holds. */
const LOOK_AHEAD = 64 * 1024 * 1024;
/** Longer than what is looked for, so that it is also found where two chunks meet. */
const OVERLAP = 64;

/** The kinds that a whole cluster would have and an upload lacks, and all bytes of that upload. */
export interface Look {
  readonly missing: readonly string[];
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Tells a whole cluster from some objects of one: in the first alone it means something that an object is not there.
 * Damage is left for the scan to find, which says where it is.
 */
export async function lookAhead(given: AsyncIterable<Uint8Array>): Promise<Look> {
  const source = given[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  const pull = async (): Promise<boolean> => {
    const next = await source.next();
    if (next.done !== true) seen.push(next.value);
    return next.done !== true;
  };
  // An unpacker that is stopped may have asked for more already.
  let pending = Promise.resolve(true);
  async function* remembered(): AsyncGenerator<Uint8Array> {
    while (await (pending = pull())) yield seen.at(-1)!;
  }

  const missing = new Set<string>(kinds);
  try {
    let size = 0;
    let tail = '';
    for await (const chunk of decompress(remembered(), Number.MAX_SAFE_INTEGER)) {
      const text = tail + chunk.toString('latin1');
      for (const kind of missing) if (patterns[kind]!.test(text)) missing.delete(kind);
      size += chunk.length;
      if (size > LOOK_AHEAD) missing.clear();
      if (missing.size === 0) break;
      tail = text.slice(-OVERLAP);
    }
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    let isMore = await pending;
    do yield* seen.splice(0);
    while (isMore && (isMore = await pull()));
  }
  return { missing: [...missing], bytes: whole() };
}

const patterns: Readonly<Record<string, RegExp>> = Object.fromEntries(kinds.map((kind) => [kind, new RegExp(`(?:^|[\\s{,"])kind"?\\s*:\\s*"?${kind}(?:List)?(?:["\\s,}]|$)`)]));
