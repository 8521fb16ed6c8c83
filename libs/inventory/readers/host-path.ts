/**
 * A path on a node in the one form in which two of them can be compared: no doubled or trailing slash, no `.`, no
 * `..`; `/var/run`, which is a link to `/run` on every node of today, as `/run`; Windows paths without their drive,
 * with slashes, in lower case.
 */
export function normalHostPath(path: string): string {
  const isWindows = /^[a-zA-Z]:/.test(path) || path.includes('\\');
  const text = isWindows ? path.replace(/^[a-zA-Z]:/, '').replaceAll('\\', '/').toLowerCase() : path;
  const pieces: string[] = [];
  for (const piece of text.split('/')) {
    if (piece === '' || piece === '.') continue;
    if (piece === '..') pieces.pop();
    else pieces.push(piece);
  }
  if (pieces[0] === 'var' && pieces[1] === 'run') pieces.shift();
  return `/${pieces.join('/')}`;
}

/** Whether the first of two normal paths is the second or a directory above it. */
export const contains = (above: string, below: string): boolean => above === '/' || above === below || below.startsWith(`${above}/`);

/** Whether one of two normal paths lies within the other. */
export const overlap = (a: string, b: string): boolean => contains(a, b) || contains(b, a);
