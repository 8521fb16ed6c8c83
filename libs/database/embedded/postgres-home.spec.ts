import { chmod, chown, mkdir, mkdtemp, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { postgresAccount } from './postgres-account.js';
import { findHome, reachableHome } from './postgres-home.js';

const isRoot = process.getuid?.() === 0;

describe('the home of a data directory', () => {
  let folder: string;
  let lines: string[];
  const log = (line: string) => void lines.push(line);

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'bulwark-home-')));
    await chmod(folder, 0o755);
    lines = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is the directory itself where Postgres can go, whatever the umask', async () => {
    const umask = process.umask(0o077);
    try {
      const wished = join(folder, 'a', 'b');
      const home = await reachableHome(await findHome(wished), await postgresAccount(undefined), log, []);
      expect(home).toEqual({ folder: wished, cluster: join(wished, 'cluster'), owner: undefined });
    } finally {
      process.umask(umask);
    }
  });

  it.runIf(isRoot)('is elsewhere where Postgres cannot go, found again after a move, one for all who start at once', async () => {
    const [wished, elsewhere] = [join(folder, 'root', 'data'), join(folder, 'elsewhere')];
    await mkdir(join(folder, 'root'), { mode: 0o700 });
    const account = await postgresAccount(undefined);
    const homes = await Promise.all(
      [1, 2, 3].map(async () => reachableHome(await findHome(wished), account, log, ['/proc/none', elsewhere])),
    );
    expect(new Set(homes.map((home) => home.folder)).size).toBe(1);
    const home = homes[0]?.folder ?? '';
    expect(dirname(home)).toBe(elsewhere);
    expect(lines).toEqual([expect.stringContaining(home)]);
    expect(await readdir(elsewhere)).toHaveLength(1);

    await rename(wished, join(folder, 'root', 'moved'));
    expect((await findHome(join(folder, 'root', 'moved'))).folder).toBe(home);
    expect((await reachableHome(await findHome(wished), account, log, [elsewhere])).folder).not.toBe(home);
  });

  it.runIf(isRoot)('says that there is no other place', async () => {
    await mkdir(join(folder, 'root'), { mode: 0o700 });
    const home = await findHome(join(folder, 'root', 'data'));
    await expect(reachableHome(home, await postgresAccount(undefined), log, ['/proc/none'])).rejects.toMatchObject({ code: 'init-failed' });
  });

  it.runIf(isRoot)('does not follow a pointer that another user wrote', async () => {
    await writeFile(join(folder, 'postgres-location'), '/etc\n');
    await chown(join(folder, 'postgres-location'), 65_534, 65_534);
    await expect(findHome(folder)).rejects.toMatchObject({ code: 'wrong-owner' });
  });

  it('refuses a pointer that names no folder', async () => {
    await writeFile(join(folder, 'postgres-location'), '../somewhere\n');
    await expect(findHome(folder)).rejects.toMatchObject({ code: 'init-failed' });
  });

  it.skipIf(isRoot)('refuses a directory of another user', async () => {
    await expect(findHome('/etc')).rejects.toMatchObject({ code: 'wrong-owner' });
    await expect(findHome('/etc/bulwark-data')).rejects.toMatchObject({ code: 'wrong-owner' });
  });
});
