import { spawn, spawnSync } from 'node:child_process';

const tailLength = 6_000;

/** A child that does not outlive this process, however this process ends. */
export type OwnedProcess = {
  readonly name: string;
  readonly pid: number;
  /** Settles when the child has ended, with how it ended. Never rejects. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  /** The last few kilobytes that the child wrote to stderr. */
  stderrTail(): string;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, then waits until the child is gone. Safe to call again. */
  kill(): Promise<void>;
};

/** Starts `command` and gives it over once it runs. Rejects when it cannot be started at all. */
export async function startOwned(name: string, command: string, args: readonly string[]): Promise<OwnedProcess> {
  const [file, ...rest] = hasSetpriv() ? ['setpriv', '--pdeathsig', 'KILL', '--', command, ...args] : [command, ...args];
  const child = spawn(file, rest, {
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: '/nonexistent', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve).once('error', (cause) => reject(new Error(`${name} (${command}) did not start`, { cause })));
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} has no process id`);

  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-tailLength)));

  let over = false;
  const killWithParent = () => child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      process.off('exit', killWithParent);
      resolve(signal ? `signal ${signal}` : `exit code ${code}`);
    });
  });

  return {
    name,
    pid,
    ended,
    hasEnded: () => over,
    stderrTail: () => tail.trim(),
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

let setpriv: boolean | undefined;

// Linux alone can tie a child to its parent's death; elsewhere the exit listener covers all but a SIGKILL.
function hasSetpriv(): boolean {
  setpriv ??= process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).status === 0;
  return setpriv;
}
