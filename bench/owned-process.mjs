import { once } from 'node:events';

/** Ends a child and waits for it; by force where it does not listen. */
export async function stopProcess(child, graceMs = 10_000) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await end;
  clearTimeout(timer);
}
