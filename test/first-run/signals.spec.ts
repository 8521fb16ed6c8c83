import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask, build, Bulwark, Folder, run } from './support/bulwark.js';
import { alive, canSeeProcesses, processes } from './support/processes.js';

describe.runIf(canSeeProcesses)('the end', () => {
  let folder: Folder;
  const running: Bulwark[] = [];
  const start = (...given: ConstructorParameters<typeof Bulwark>): Bulwark => {
    const bulwark = new Bulwark(...given);
    running.push(bulwark);
    return bulwark;
  };
  const args = () => ['--port', '0', '--data-dir', folder.at('data')];

  beforeAll(async () => {
    build();
    folder = await Folder.make();
    // What is measured below is the end, not the making of a database.
    expect((await run({ args: ['--once', '--data-dir', folder.at('data')] })).code).toBe(0);
  });
  afterEach(async () => {
    for (const bulwark of running.splice(0)) {
      bulwark.killAll();
      await bulwark.exited;
    }
  });
  afterAll(() => folder.remove());

  it('by Ctrl-C at the terminal of npm start leaves nobody behind, and npm has nothing to complain of', async () => {
    const bulwark = start({ args: args(), byNpm: true, columns: 100 });
    await bulwark.serves();
    expect(bulwark.look().map(({ command }) => command.join(' '))).toEqual(expect.arrayContaining([expect.stringMatching(/postgres -D /), expect.stringContaining('dist/apps/standalone/main.js')]));
    bulwark.type('\u0003');
    // The shell that npm puts between passes the signal on as its own end.
    expect([0, 130]).toContain((await bulwark.exited).code);
    expect(await bulwark.leftBehind()).toEqual([]);
    expect(bulwark.output).toMatch(/Stopping\s*$/);
    expect(guards()).toEqual([]);
  });

  it('by SIGTERM comes within seconds', async () => {
    const bulwark = start({ args: args() });
    await bulwark.serves();
    expect(bulwark.look().length).toBeGreaterThan(3);
    const at = performance.now();
    bulwark.signal('SIGTERM');
    expect(await bulwark.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - at).toBeLessThan(5_000);
    expect(await bulwark.leftBehind()).toEqual([]);
  });

  it.each([/starting the database/, /collecting/])('by Ctrl-C at %s says nothing that frightens, and the next start is none the worse', async (moment) => {
    const fresh = folder.at(`interrupted at ${moment.source}`);
    const bulwark = start({ args: ['--port', '0', '--data-dir', fresh] });
    await bulwark.says(moment);
    bulwark.look();
    bulwark.signal('SIGINT', 'group');
    // 0 where the result was out before the signal came.
    expect([0, 130]).toContain((await bulwark.exited).code);
    expect(bulwark.output).not.toMatch(/error|    at /i);
    expect(await bulwark.leftBehind()).toEqual([]);
    const next = await run({ args: ['--once', '--data-dir', fresh] });
    expect(next.code).toBe(0);
    expect(next.stdout).toContain('Open findings');
  });

  it('by kill -9 takes the database along; the next start has the key and what was found, and notices when its database dies', async () => {
    const bulwark = start({ args: args() });
    const { key } = await bulwark.serves();
    bulwark.look();
    bulwark.signal('SIGKILL');
    expect(await bulwark.leftBehind()).toEqual([]);
    const next = start({ args: args() });
    expect((await next.serves()).key).toBe(key);
    expect(next.stdout).toContain('Since the last scan: nothing changed');

    const postmaster = next.look().find(({ command }) => command.includes('-D'))!;
    process.kill(postmaster.pid, 'SIGKILL');
    expect(await next.exited).toEqual({ code: 1, signal: null });
    expect(next.stderr).toMatch(/^The database ended by itself\. What was stored is kept: start again\.$/m);
    expect(await next.leftBehind()).toEqual([]);
  });

  it('by kill -9 in the middle of a scan does not hold up the next start', async () => {
    const bulwark = start({ args: args() });
    await bulwark.says('collecting');
    bulwark.signal('SIGKILL');
    await bulwark.exited;
    const next = await run({ args: ['--once', '--data-dir', folder.at('data')] });
    expect(next.code).toBe(0);
    expect(next.age).toBeLessThan(25_000);
    expect(next.stdout).toContain('Since the last scan: nothing changed');
  });

  it('of the reader of its output is none, and a closed terminal is one', async () => {
    const bulwark = start({ args: args() });
    await bulwark.says('starting the database');
    bulwark.deafen();
    // Its key file tells that it has come so far.
    const key = readFileSync(folder.at('data/api-key'), 'utf8').trim();
    bulwark.look();
    const port = await listening(bulwark);
    expect((await ask(`http://127.0.0.1:${port}/v1/findings?first=1`, key)).status).toBe(200);
    bulwark.signal('SIGHUP', 'group');
    expect((await bulwark.exited).code).toBe(0);
    expect(await bulwark.leftBehind()).toEqual([]);
  });
});

/** Watchers over databases that are gone. */
function guards(): readonly string[] {
  const all = processes();
  return alive(all.filter(({ command }) => command.includes('bulwark-postgres-guard') && !all.some(({ pid }) => String(pid) === command.at(-1)))).map(({ command }) => command.join(' '));
}

/** The port that the process listens on, once it does. */
async function listening(bulwark: Bulwark): Promise<number> {
  let port: number | undefined;
  await expect
    .poll(
      () => {
        const sockets = new Set(readdirSync(`/proc/${bulwark.pid}/fd`).flatMap((fd) => {
          try {
            return [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${bulwark.pid}/fd/${fd}`))?.[1] ?? ''];
          } catch {
            return [];
          }
        }));
        // Local address, state 0A (listening) and inode of each TCP socket.
        for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
          const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
          if (state === '0A' && inode !== undefined && sockets.has(inode)) port = parseInt(local!.split(':')[1]!, 16);
        }
        return port;
      },
      { timeout: 30_000 },
    )
    .toBeDefined();
  return port!;
}
