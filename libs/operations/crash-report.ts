/** What may be told of an error that nobody expected: its kind and its place in our code. */
export function crashReport(error: unknown): { readonly name: string; readonly frames: string } {
  if (!(error instanceof Error)) return { name: 'something that is no error', frames: '' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, frames: frames.slice(0, 12).join('\n') };
}
