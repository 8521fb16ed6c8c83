import { readFileSync } from 'node:fs';

/** Ticks a second of the times in /proc: a constant of the kernel's interface. */
const USER_HZ = 100;

/** CPU seconds of a process with all its threads, those that have ended included. */
export function cpuSeconds(pid) {
  // The name in the second field may hold spaces; what follows its bracket does not.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / USER_HZ;
}

const statusBytes = (pid, name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) * 1024;

/** The most memory it had resident since it began. */
export const peakRss = (pid) => statusBytes(pid, 'VmHWM');
export const rss = (pid) => statusBytes(pid, 'VmRSS');
