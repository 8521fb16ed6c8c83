import type { StartedProgram } from '../facts.js';

/** Programs that start the one whose name follows them or a `--`. */
const wrappers: ReadonlySet<string> = new Set(['tini', 'dumb-init', 'env', 'exec', 'nice', 'nohup', 'setsid', 'catatonit', 's6-setuidgid']);

const nameOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** Where a shell starts a program: at the beginning, behind what ends a command, and behind words that take one. */
const inScript = /(?:^|[\n;&|({]|\b(?:exec|then|do|else|nohup|env)\s)[^\S\n]*(?:[\w.-]*\/)*(sudo|sshd)(?=[\s;&|)]|$)/g;
/** By its service script. */
const sshService = /(?:^|[\s;&|/])(?:service\s+sshd?\s+start|init\.d\/sshd?\s+start|systemctl\s+start\s+sshd?)\b/;

const order: readonly StartedProgram[] = ['sshd', 'sudo'];

/** Which of the programs a command line starts, itself or by a script in it; undefined where it starts none. The command itself is no fact: it may hold secrets. */
export function programsOf(command: readonly string[]): readonly StartedProgram[] | undefined {
  let found: Set<StartedProgram> | undefined;
  for (let i = 0; i < command.length; i++) {
    const word = command[i]!;
    // Most words mention neither, and some are long.
    if (!word.includes('sudo') && !word.includes('ssh')) continue;
    if (/\s/.test(word)) {
      for (const match of word.matchAll(inScript)) (found ??= new Set()).add(match[1] as StartedProgram);
      if (sshService.test(word)) (found ??= new Set()).add('sshd');
      continue;
    }
    const program = nameOf(word);
    const before = i === 0 ? undefined : command[i - 1]!;
    const isStarted = before === undefined || before === '--' || before === '-c' || wrappers.has(nameOf(before));
    if (isStarted && (program === 'sudo' || program === 'sshd')) (found ??= new Set()).add(program);
  }
  const programs = found;
  return programs && order.filter((program) => programs.has(program));
}
