import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { chown, mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, build, Bulwark, checkout, databaseElsewhere, Folder, isRoot, nobody, nobodyCanRunNode, run } from './support/bulwark.js';
import { canSeeProcesses } from './support/processes.js';

/** A checkout of its own, with the same packages; nothing in those is ever written. */
function copyCheckout(to: string): void {
  mkdirSync(to, { recursive: true });
  const copy = (from: string, ...how: readonly string[]): unknown => execFileSync('cp', [...how, from, to], { stdio: 'ignore' });
  for (const name of ['apps', 'libs', 'migrations', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json']) copy(join(checkout, name), '-a');
  const packages = join(checkout, 'node_modules');
  try {
    copy(packages, '-aHl');
  } catch {
    // Another disk.
    rmSync(join(to, 'node_modules'), { recursive: true, force: true });
    copy(packages, '-aH');
  }
}

function copyBuiltCheckout(to: string): void {
  copyCheckout(to);
  execFileSync('cp', ['-a', join(checkout, 'dist'), to]);
  // It is fresh, unless somebody works on the sources at this moment.
  build(to);
}

/** Takes the right to write from every folder. The files are another user's already. */
function makeReadOnly(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) makeReadOnly(join(folder, entry.name));
  chmodSync(folder, 0o555);
}

const whatAScanSays = /Open findings: \d+ critical/;

describe('the program runs', () => {
  let folder: Folder;
  const elsewhere: string[] = [];

  beforeAll(async () => {
    build();
    folder = await Folder.make();
  });
  afterAll(async () => {
    for (const database of elsewhere) await rm(database, { recursive: true, force: true });
    await folder.remove();
  });

  it('twice at once, from a checkout that is not built yet', async () => {
    const here = folder.at('not built');
    copyCheckout(here);
    const both = [1, 2].map((number) => new Bulwark({ checkout: here, byNpm: true, args: ['--port', '0', '--data-dir', folder.at(`twin ${number}`)] }));
    try {
      const [one, other] = await Promise.all(both.map((bulwark) => bulwark.serves()));
      expect(both.map(({ output }) => output.includes('building …')).filter(Boolean)).toHaveLength(1);
      expect((await ask(`${one!.url}/v1/clusters`, one!.key)).status).toBe(200);
      // Each has data of its own.
      expect((await ask(`${one!.url}/v1/clusters`, other!.key)).status).toBe(401);
    } finally {
      for (const bulwark of both) bulwark.signal('SIGTERM', 'group');
      await Promise.all(both.map(({ exited }) => exited));
    }
  });

  describe.runIf(isRoot)('as root', () => {
    it('with the checkout and the data below a folder that nobody else may enter', async () => {
      const closed = await Folder.make(homedir(), '.bulwark-first-run-');
      chmodSync(closed.path, 0o700);
      try {
        copyBuiltCheckout(closed.at('checkout'));
        const first = await run({ checkout: closed.at('checkout'), args: ['--once'], env: { HOME: closed.path } });
        elsewhere.push(...[databaseElsewhere(closed.at('.bulwark'))].filter((path) => path !== undefined));
        expect(first.stderr).not.toContain('    at ');
        expect(first.code).toBe(0);
        expect(first.stdout).toMatch(whatAScanSays);
        expect(first.stdout).toContain(`Bulwark keeps its data in ${closed.at('.bulwark')}`);
        expect(statSync(closed.at('.bulwark/secrets.json')).mode & 0o777).toBe(0o600);
        const second = await run({ checkout: closed.at('checkout'), args: ['--once'], env: { HOME: closed.path } });
        expect(second.stdout).toContain('Since the last scan: nothing changed');
      } finally {
        await closed.remove();
      }
    });
  });

  describe.runIf(canSeeProcesses && nobodyCanRunNode)('as an ordinary user', () => {
    let home: string;
    let here: string;

    beforeAll(async () => {
      here = folder.at('of root');
      home = folder.at('home');
      copyBuiltCheckout(here);
      await mkdir(home, { mode: 0o700 });
      await chown(home, nobody.uid, nobody.gid);
      makeReadOnly(here);
    });

    const asNobody = (args: readonly string[], byNpm = false, env: Readonly<Record<string, string>> = {}) => ({ checkout: here, byNpm, user: nobody, args, env: { HOME: home, ...env } });

    it('from a checkout that cannot be written, by npm start', async () => {
      const bulwark = new Bulwark(asNobody(['--port', '0'], true));
      try {
        const { url, key } = await bulwark.serves();
        expect(bulwark.stdout).toContain(`Bulwark keeps its data in ${home}/.bulwark`);
        expect(bulwark.output).not.toContain('building');
        expect(statSync(join(home, '.bulwark/api-key'))).toMatchObject({ uid: nobody.uid });
        expect((await ask(`${url}/v1/clusters`, key)).status).toBe(200);
        expect(new Set(bulwark.look().map(({ pid }) => statSync(`/proc/${pid}`).uid))).toEqual(new Set([nobody.uid]));
      } finally {
        bulwark.signal('SIGINT', 'group');
      }
      // What npm makes of its own end by the same signal is npm's business.
      expect(await bulwark.leftBehind()).toEqual([]);
    });

    it('and says what to do where such a checkout is not built, or the data is somebody else’s', async () => {
      const data = folder.at('of root data');
      await mkdir(data, { mode: 0o755 });
      const foreign = await run(asNobody(['--once', '--data-dir', data]));
      expect(foreign.code).toBe(2);
      expect(foreign.stderr.trimEnd()).toMatch(/^Data cannot be kept in .*: this user may not\. Choose another directory with --data-dir or BULWARK_DATA_DIR\.$/);
      const homeless = await run(asNobody(['--once'], false, { HOME: '/nonexistent' }));
      expect(homeless.code).toBe(2);
      expect(homeless.stderr.trimEnd()).toMatch(/^Data cannot be kept in \/nonexistent\/\.bulwark: /);

      chmodSync(join(here, 'dist'), 0o755);
      await rm(join(here, 'dist/.built'));
      chmodSync(join(here, 'dist'), 0o555);
      const stale = await run(asNobody(['--once'], true));
      expect(stale.code).toBe(1);
      expect(stale.stderr).toContain(`${here} has to be built first, and this user cannot write there. Run \`npm run build\` as one who can.`);
      expect(stale.output).not.toContain('    at ');
    });
  });
});
