import { closeSync, constants, fstatSync, lstatSync, openSync, opendirSync, readlinkSync, readSync, realpathSync, type Stats } from 'node:fs';
import type { Reading, Unread } from '#nodes/reading.js';
import { bytesOf, type ByteString } from './bytes-text.js';

/** What a path leads to after all its links, in the root. */
export type Look =
  | { readonly state: 'present'; readonly real: ByteString; readonly stats: Stats; readonly link?: Link }
  | (Unread & { readonly state: 'absent' | 'denied' | 'outside-root' | 'loop' | 'failed'; readonly link?: Link });

/** The path's own last part, where that is a link. */
export interface Link {
  readonly target: ByteString;
  readonly stats: Stats;
}

type Resolved = { readonly state: 'present'; readonly real: ByteString; readonly stats: Stats; readonly link?: Link } | Exclude<Look, { readonly state: 'present' }>;

const MOST_LINKS = 40;
const MOST_DIRECTORIES = 5_000;
const NOTHING = 'There is nothing at this path.';
const CHUNK = 64 * 1024;
/** O_NONBLOCK: a FIFO that takes a file's place after it was looked at must not hang the collector. */
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * The node's file system below a directory. Links are followed by its own hand, an absolute one from the root again, so no
 * path leaves it; only regular files are opened. Nothing is ever written or run. Paths are absolute and of the node.
 */
export class HostRoot {
  /** Without a slash at its end; empty for `/`. */
  readonly #prefix: ByteString;
  /** One for all files: they are read one after the other. */
  readonly #buffer = Buffer.allocUnsafe(CHUNK);
  readonly #directories = new Map<ByteString, Resolved>();

  /** Throws what the system says where `root` is no directory. */
  constructor(root: string) {
    const real = realpathSync.native(root, 'buffer').toString('latin1');
    if (!lstatSync(bytesOf(real)).isDirectory()) throw Object.assign(new Error(`${root} is no directory`), { code: 'ENOTDIR' });
    this.#prefix = real === '/' ? '' : real;
  }

  look(path: ByteString): Look {
    const at = path.lastIndexOf('/');
    // Most paths share their directory.
    const directory = path.slice(0, at);
    if (directory === '' || /(^|\/)\.{0,2}$/.test(path)) return this.#walk(path);
    let above = this.#directories.get(directory);
    if (!above) {
      above = this.#walk(directory);
      // Processes come and go, and there may be a million of them.
      if (!directory.startsWith('/proc/') && this.#directories.size < MOST_DIRECTORIES) this.#directories.set(directory, above);
    }
    if (above.state !== 'present') return { state: above.state, detail: above.detail };
    return above.stats.isDirectory() ? this.#walk(path.slice(at), above.real) : { state: 'absent', detail: NOTHING };
  }

  /** Whole files of at most so many bytes. */
  read(path: ByteString, most: number): Reading<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    const end = this.scan(path, (chunk) => {
      length += chunk.length;
      if (length > most) return false;
      parts.push(Buffer.from(chunk));
      return true;
    }, most);
    if (end.state !== 'read') return end;
    return length > most ? tooLarge(most) : { state: 'read', value: Buffer.concat(parts) };
  }

  /** Gives a file's bytes piece by piece until `take` says false; the piece is overwritten by the next file's, so `take` reads no other. */
  scan(path: ByteString, take: (chunk: Buffer) => boolean, most = Number.MAX_SAFE_INTEGER): Reading<true> {
    const found = this.look(path);
    if (found.state !== 'present') return unread(found);
    if (!found.stats.isFile()) return { state: 'not-regular', detail: `It is a ${kindOf(found.stats)}, which is not opened.` };
    if (found.stats.size > most) return tooLarge(most);
    return this.#scanOpened(found.real, found.stats, take);
  }

  /** Names in a directory in byte order; `truncated` where there are more than `most`. */
  list(path: ByteString, most: number): Reading<{ readonly names: readonly ByteString[]; readonly truncated: boolean }> {
    const found = this.look(path);
    if (found.state !== 'present') return unread(found);
    if (!found.stats.isDirectory()) return { state: 'not-regular', detail: `It is a ${kindOf(found.stats)}, no directory.` };
    try {
      const names: ByteString[] = [];
      for (const name of this.#names(found.real)) {
        if (names.length >= most) return { state: 'read', value: { names: names.toSorted(), truncated: true } };
        names.push(name);
      }
      return { state: 'read', value: { names: names.toSorted(), truncated: false } };
    } catch (error) {
      return refusal(error);
    }
  }

  /** Names one by one, for directories without an end such as /proc. Throws what the system says. */
  *#names(real: ByteString): Generator<ByteString> {
    const directory = opendirSync(bytesOf(this.#prefix + real || '/'), { encoding: 'latin1' });
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry.name;
    } finally {
      directory.closeSync();
    }
  }

  /** Numbers that name the directories of processes, as they come. An unreadable /proc gives none and says why. */
  processes(visit: (pid: number) => void): Reading<true> {
    const found = this.look('/proc');
    if (found.state !== 'present') return unread(found);
    try {
      for (const name of this.#names(found.real)) if (/^[1-9][0-9]{0,9}$/.test(name)) visit(Number(name));
      return { state: 'read', value: true };
    } catch (error) {
      return refusal(error);
    }
  }

  /** The text of a link itself, as /proc has them. */
  readLink(path: ByteString): Reading<ByteString> {
    const at = path.lastIndexOf('/');
    const above = this.look(path.slice(0, at));
    if (above.state !== 'present') return unread(above);
    try {
      return { state: 'read', value: readlinkSync(bytesOf(this.#prefix + above.real + path.slice(at)), 'latin1') };
    } catch (error) {
      return refusal(error);
    }
  }

  /** `from` is a directory that was walked to already. */
  #walk(path: ByteString, from: ByteString = '/'): Resolved {
    const pending = path.split('/').toReversed();
    const at = from.split('/').filter((part) => part !== '');
    let links = 0;
    let link: Link | undefined;
    const withLink = (result: Unread & { readonly state: 'absent' | 'denied' | 'outside-root' | 'loop' | 'failed' }): Resolved => ({ ...result, ...(link && { link }) });
    try {
      let stats: Stats | undefined;
      for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
        if (part === '' || part === '.') continue;
        if (part === '..') {
          if (at.pop() === undefined) return withLink({ state: 'outside-root', detail: 'A link climbs above the root that was given. Give the collector the whole root of the node.' });
          continue;
        }
        at.push(part);
        const full = bytesOf(`${this.#prefix}/${at.join('/')}`);
        stats = lstatSync(full);
        if (!stats.isSymbolicLink()) continue;
        if (++links > MOST_LINKS) return withLink({ state: 'loop', detail: 'Its links never end.' });
        const target = readlinkSync(full, 'latin1');
        if (pending.every((rest) => rest === '' || rest === '.')) link ??= { target, stats };
        at.pop();
        if (target.startsWith('/')) at.length = 0;
        pending.push(...target.split('/').toReversed());
      }
      // After `..` the last thing that was looked at is not where the path ends.
      const real = `/${at.join('/')}`;
      if (stats === undefined || links > 0 || path.includes('..')) stats = lstatSync(bytesOf(`${this.#prefix}${real}`));
      return { state: 'present', real, stats, ...(link && { link }) };
    } catch (error) {
      return withLink(refusal(error));
    }
  }

  #scanOpened(real: ByteString, expected: Stats, take: (chunk: Buffer) => boolean): Reading<true> {
    const full = this.#prefix + real;
    let file: number;
    try {
      file = openSync(bytesOf(full), READ_ONLY);
    } catch (error) {
      return code(error) === 'ELOOP' ? changed : refusal(error);
    }
    try {
      const stats = fstatSync(file);
      if (!stats.isFile() || stats.ino !== expected.ino || stats.dev !== expected.dev || !isOpenedAt(file, full)) return changed;
      for (;;) {
        const length = readSync(file, this.#buffer, 0, CHUNK, null);
        if (length === 0 || !take(this.#buffer.subarray(0, length))) return { state: 'read', value: true };
      }
    } catch (error) {
      return refusal(error);
    } finally {
      closeSync(file);
    }
  }
}

/** A directory above may have become a link between the look and the opening; the kernel knows what was opened. */
function isOpenedAt(file: number, full: ByteString): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${file}`, 'latin1') === full;
  } catch {
    // Without a /proc of its own there is nobody to ask.
    return true;
  }
}

const changed: Unread = { state: 'changed', detail: 'It was replaced while it was read. Collect again.' };
const tooLarge = (most: number): Unread => ({ state: 'too-large', detail: `It is longer than the ${most} bytes that are read of such a file.` });
const unread = ({ state, detail }: Unread): Unread => ({ state, detail });

const code = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error';

export function refusal(error: unknown): Unread & { readonly state: 'absent' | 'denied' | 'loop' | 'failed' } {
  const name = code(error);
  if (name === 'ENOENT' || name === 'ENOTDIR' || name === 'ESRCH') return { state: 'absent', detail: NOTHING };
  if (name === 'EACCES' || name === 'EPERM') return { state: 'denied', detail: 'The collector may not read this. Run it as root, in a container with the capability DAC_READ_SEARCH.' };
  if (name === 'ELOOP') return { state: 'loop', detail: 'Its links never end.' };
  return { state: 'failed', detail: `The system refused: ${name}.` };
}

export function kindOf(stats: Stats): 'file' | 'directory' | 'fifo' | 'socket' | 'block-device' | 'character-device' {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  return stats.isBlockDevice() ? 'block-device' : 'character-device';
}
