import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Process group. */
  readonly group: number;
  readonly command: readonly string[];
}

/** Where processes can be looked at; tests that count them need it. */
export const canSeeProcesses = process.platform === 'linux';

/** All that run now; those that have ended and wait to be collected are left out. */
export function processes(): readonly Process[] {
  const found: Process[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The program's name may hold spaces and brackets.
      const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z') continue;
      found.push({ pid: Number(name), parent: Number(parent), group: Number(group), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, -1) });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** A process and everything that it or its children have started and not left behind. */
export function family(pid: number): readonly Process[] {
  const all = processes();
  const members = new Set([pid]);
  for (let size = 0; size !== members.size; ) {
    size = members.size;
    for (const one of all) if (members.has(one.parent)) members.add(one.pid);
  }
  return all.filter((one) => members.has(one.pid));
}

/** Those of the given that still run. */
export const alive = (marks: readonly Process[]): readonly Process[] => {
  const now = processes();
  return marks.filter(({ pid, command }) => now.some((one) => one.pid === pid && one.command.join('\0') === command.join('\0')));
};
