import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import { alive, canSeeProcesses, family, type Process } from './processes.js';

// Programs are started here by the dozen, perhaps beside other work.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

export const checkout = resolve(import.meta.dirname, '../../..');
export const sampleFile = join(checkout, 'apps/standalone/sample/shop.yaml');
export const isRoot = process.getuid?.() === 0;

/** An ordinary user on every system, whom root can become. */
export const nobody = { uid: 65_534, gid: 65_534 };

/** Not where Node lies in somebody's home, as its version managers put it. */
export const nobodyCanRunNode = isRoot && spawnSync(process.execPath, ['--version'], { ...nobody, cwd: '/' }).status === 0;

/** Compiles what is older than its sources. */
export const build = (folder = checkout): void => void execFileSync(process.execPath, [join(folder, 'scripts/build-if-stale.mjs')], { cwd: folder, stdio: 'inherit' });

export interface Start {
  /** Options of the program. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Another checkout than this one. */
  readonly checkout?: string;
  /** By `npm start -- …`, as a person does. */
  readonly byNpm?: boolean;
  /** On a terminal of so many columns. */
  readonly columns?: number;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly input?: string | Uint8Array;
}

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const started = new Set<Bulwark>();
// A test run that is ended by force leaves nothing behind: the database notices the end of its process by itself.
process.once('exit', () => {
  for (const one of started) one.killAll();
});

/** The program as a process, the leader of its own group as at a prompt. */
export class Bulwark {
  stdout = '';
  stderr = '';
  /** All of it in the order of arrival. */
  output = '';
  private readonly startedAt = performance.now();
  readonly exited: Promise<End>;
  private readonly child: ChildProcess;
  private end: End | undefined;
  private endedAt: number | undefined;
  private readonly members = new Map<number, Process>();

  constructor({ args = [], env = {}, checkout: folder = checkout, byNpm = false, columns, user, input }: Start = {}) {
    const program = byNpm ? ['npm', 'start', '--', ...args] : [process.execPath, join(folder, 'dist/apps/standalone/main.js'), ...args];
    const onTerminal = columns === undefined ? program : ['script', '-qefc', `stty cols ${columns} rows 40; exec ${program.map((word) => `'${word}'`).join(' ')}`, '/dev/null'];
    const [command, ...rest] = onTerminal;
    this.child = spawn(command!, rest, {
      cwd: folder,
      env: Object.fromEntries(Object.entries({ PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm', npm_config_update_notifier: 'false', ...env }).filter(([, value]) => value !== undefined)),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...user,
    });
    started.add(this);
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]!.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
        this.output += text;
      });
    }
    // It may end without reading.
    this.child.stdin!.on('error', () => undefined);
    if (input !== undefined) this.child.stdin!.end(input);
    else if (columns === undefined) this.child.stdin!.end();
    this.exited = new Promise((resolveEnd, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        started.delete(this);
        this.endedAt = performance.now();
        resolveEnd((this.end = { code, signal }));
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Milliseconds since the start, or from it to the end. */
  get age(): number {
    return (this.endedAt ?? performance.now()) - this.startedAt;
  }

  /** Waits until it has written something; fails with all that it wrote where it ends or takes too long before that. */
  async says(text: string | RegExp, withinMs = 90_000): Promise<RegExpExecArray> {
    const pattern = typeof text === 'string' ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text;
    for (const end = Date.now() + withinMs; ; await sleep(20)) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (this.end || Date.now() > end) throw new Error(`it ${this.end ? 'ended' : 'runs'} without saying ${pattern}:\n${this.output}`);
    }
  }

  /** Where it serves. */
  async url(): Promise<string> {
    return (await this.says(/serves on (\S+) until/))[1]!;
  }

  /** Waits until all that it says about going on is there. */
  async serves(): Promise<{ readonly url: string; readonly key: string }> {
    const url = await this.url();
    await this.says('--snapshot cluster.json');
    return { url, key: /API key +(\S+)/.exec(this.output)![1]! };
  }

  /** Notes who belongs to it now, for `leftBehind`. */
  look(): readonly Process[] {
    const members = canSeeProcesses ? family(this.pid) : [];
    for (const member of members) this.members.set(member.pid, member);
    return members;
  }

  /** Of those seen by `look`, who still runs although it has ended. */
  async leftBehind(): Promise<readonly string[]> {
    await this.exited;
    let left: readonly Process[] = [];
    for (const end = Date.now() + 5_000; Date.now() < end; await sleep(50)) if ((left = alive([...this.members.values()])).length === 0) break;
    return left.map(({ pid, command }) => `${pid} ${command.join(' ')}`);
  }

  /** To the one process, or to all of its group as Ctrl-C does. */
  signal(name: NodeJS.Signals, to: 'process' | 'group' = 'process'): void {
    if (!this.end) process.kill(to === 'group' ? -this.pid : this.pid, name);
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Stops listening to it, as a closed pipe does. */
  deafen(): void {
    this.child.stdout!.destroy();
    this.child.stderr!.destroy();
  }

  killAll(): void {
    if (this.end) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

/** Runs it to its end. */
export async function run(start: Start): Promise<Bulwark & { readonly code: number | null }> {
  const bulwark = new Bulwark(start);
  const { code, signal } = await bulwark.exited;
  return Object.assign(bulwark, { code: signal === null ? code : null });
}

/** A folder that everybody may pass through, so that the database may lie in it, whoever starts. */
export class Folder {
  private constructor(readonly path: string) {}

  static async make(parent = process.env['BULWARK_TEST_FOLDER'] ?? tmpdir(), prefix = 'bulwark-first-run-'): Promise<Folder> {
    const folder = new Folder(await mkdtemp(join(parent, prefix)));
    await chmod(folder.path, 0o711);
    return folder;
  }

  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  async giveTo({ uid, gid }: { readonly uid: number; readonly gid: number }): Promise<void> {
    await chown(this.path, uid, gid);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Where a data directory's database had to be put, outside of it; undefined where it lies inside. */
export function databaseElsewhere(dataDirectory: string): string | undefined {
  const pointer = join(dataDirectory, 'postgres/postgres-location');
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : undefined;
}

/** A request with the key; JSON where it is JSON. */
export async function ask(url: string, key?: string): Promise<{ readonly status: number; readonly type: string; readonly body: unknown }> {
  const response = await fetch(url, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body: /json/.test(type) ? (JSON.parse(text) as unknown) : text };
}
