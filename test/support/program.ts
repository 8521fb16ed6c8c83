import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

const running = new Set<ChildProcess>();
// A test run that is ended by force leaves nothing behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program of ours as a process of its own. It gets the given environment and nothing else of this process's but PATH. */
export class Program {
  /** All that it wrote. */
  output = '';
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcess;
  private end: Exit | undefined;
  private lineStart = 0;
  private readonly parsed: LogLine[] = [];

  constructor(
    readonly name: string,
    [program = 'node', ...args]: readonly string[],
    { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
  ) {
    this.child = spawn(program === 'node' ? process.execPath : program, args, { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.child);
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => (this.output += text));
    }
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        running.delete(this.child);
        resolve((this.end = { code, signal }));
      });
    });
    // Whoever awaits it hears of it; an unobserved one is told by `until`.
    this.exited.catch(() => undefined);
  }

  get pid(): number {
    return this.child.pid!;
  }

  get hasEnded(): boolean {
    return this.end !== undefined;
  }

  /** Entries of its log so far; other lines are left out. */
  get log(): readonly LogLine[] {
    for (let at; (at = this.output.indexOf('\n', this.lineStart)) >= 0; this.lineStart = at + 1) {
      const line = this.output.slice(this.lineStart, at);
      if (line.startsWith('{')) this.parsed.push(JSON.parse(line) as LogLine);
    }
    return this.parsed;
  }

  /** The first entry of the log with this message; throws with the output where it ended or took too long. */
  async logged(message: string, withinMs = 30_000): Promise<LogLine> {
    for (const end = Date.now() + withinMs; ; await sleep(20)) {
      const found = this.log.find(({ msg }) => msg === message);
      if (found) return found;
      if (this.hasEnded || Date.now() > end) throw new Error(`${this.name} ${this.hasEnded ? 'ended' : 'runs'} without saying "${message}":\n${this.output}`);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}
