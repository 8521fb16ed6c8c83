import { AppError } from '#application/app-error.js';
import { CollectionError } from '#application/ports/cluster-collector.js';
import { EmbeddedPostgresError } from '#database/embedded/embedded-postgres-error.js';
import { printable } from '#operations/printable.js';

/** Something that the person at the keyboard can mend; the message says how. */
export class ToldError extends Error {
  override readonly name = 'ToldError';
}

/** What to tell about an error that a person can act on; undefined for what is our own fault. */
export function toldBy(error: unknown): string | undefined {
  if (error instanceof ToldError) return error.message;
  if (error instanceof EmbeddedPostgresError) return `${error.message}\n${error.hint}`;
  if (error instanceof CollectionError) return sentence(error.message);
  if (error instanceof AppError) return [error.message, ...error.errors.map(({ pointer, detail }) => `  ${pointer.split('/').at(-1)!}: ${detail}`)].map(printable).join('\n');
  return undefined;
}

/** With a capital at its start and a full stop at its end, on one line. */
export const sentence = (text: string): string => {
  const line = printable(text.trim());
  return `${line.slice(0, 1).toUpperCase()}${line.slice(1)}${/[.!?]$/.test(line) ? '' : '.'}`;
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no directory',
  EISDIR: 'it is a directory',
  EEXIST: 'there is a file of that name',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
};

/** Why the system refused something, in words; undefined where it was not the system that refused. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return reasons[String(error.code)] ?? String(error.code);
}
