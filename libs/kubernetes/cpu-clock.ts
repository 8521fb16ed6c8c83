import { readFileSync } from 'node:fs';
import process from 'node:process';
import { performance } from 'node:perf_hooks';

/** What only newer Node releases have: the CPU time of this thread alone, in microseconds. */
const { threadCpuUsage } = process as unknown as { readonly threadCpuUsage?: () => { readonly user: number; readonly system: number } };

/** Milliseconds of CPU this thread has used since the call; where neither Node nor the system tells, the time its event loop was not idle. */
export function startCpuClock(): () => number {
  const read = threadCpuUsage ? () => nodeClock(threadCpuUsage) : linuxClock() === undefined ? undefined : () => linuxClock() ?? 0;
  if (read) {
    const start = read();
    return () => Math.round(read() - start);
  }
  const start = performance.eventLoopUtilization();
  return () => Math.round(performance.eventLoopUtilization(start).active);
}

function nodeClock(usage: () => { readonly user: number; readonly system: number }): number {
  const { user, system } = usage.call(process);
  return (user + system) / 1000;
}

/** The kernel's own count for the thread that asks, in nanoseconds. */
function linuxClock(): number | undefined {
  try {
    const nanoseconds = Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]);
    return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : undefined;
  } catch {
    // Not Linux, or no /proc in this container.
    return undefined;
  }
}
