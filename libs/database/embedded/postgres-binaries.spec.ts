import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { postgresAccount } from './postgres-account.js';
import { installedPackage, postgresBinaries } from './postgres-binaries.js';

const isRoot = process.getuid?.() === 0;

describe('postgresBinaries', () => {
  let folder: string;
  let cache: string;
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);

  beforeEach(async () => {
    lines.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'bulwark-binaries-'));
    await chmod(folder, 0o755);
    cache = join(folder, 'cache');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The package as npm unpacks it, without the links that its install script makes. */
  async function unlinkedPackage(path: string): Promise<string> {
    await cp(installedPackage(), path, { recursive: true, filter: async (source) => !(await lstat(source)).isSymbolicLink() });
    return path;
  }

  it('uses the installed programs where they are', async () => {
    const account = await postgresAccount(undefined);
    const binaries = await postgresBinaries(account, log, installedPackage(), [cache]);
    expect(binaries.majorVersion).toMatch(/^\d\d$/);
    if (binaries.postgres.startsWith(installedPackage())) expect(lines).toEqual([]);
  });

  it('makes the library links that a blocked install script has not made', async () => {
    const unlinked = await unlinkedPackage(join(folder, 'package with space'));
    const binaries = await postgresBinaries(await postgresAccount(undefined), log, unlinked, [cache]);
    expect(binaries.postgres).toBe(join(unlinked, 'native', 'bin', 'postgres'));
    await expect(stat(cache)).rejects.toThrow('ENOENT');
  });

  it('copies them to the cache once if their path cannot go through a shell', async () => {
    const odd = await unlinkedPackage(join(folder, 'pack$HOME`age'));
    const account = await postgresAccount(undefined);
    const first = await postgresBinaries(account, log, odd, [cache]);
    expect(first.postgres.startsWith(`${cache}/postgres-`)).toBe(true);
    const copied = await stat(first.postgres);
    const second = await postgresBinaries(account, log, odd, [cache]);
    expect((await stat(second.postgres)).ino).toBe(copied.ino);
    expect(lines).toEqual([`Postgres cannot be run from ${odd}; its programs were copied to ${cache}.`]);
  });

  it('replaces a copy that is damaged', async () => {
    const odd = await unlinkedPackage(join(folder, 'pack$age'));
    const account = await postgresAccount(undefined);
    const { postgres } = await postgresBinaries(account, log, odd, [cache]);
    await rm(postgres);
    expect(await postgresBinaries(account, log, odd, [cache])).toMatchObject({ postgres });
    expect((await stat(postgres)).size).toBeGreaterThan(1_000_000);
  });

  it('does not trust a cache folder that others can write', async () => {
    const odd = await unlinkedPackage(join(folder, 'pack$age'));
    await mkdir(cache);
    await chmod(cache, 0o777);
    await expect(postgresBinaries(await postgresAccount(undefined), log, odd, [cache])).rejects.toMatchObject({
      code: 'binaries-missing',
      message: expect.stringContaining(cache),
    });
    const next = join(folder, 'next');
    const binaries = await postgresBinaries(await postgresAccount(undefined), log, odd, [cache, next]);
    expect(binaries.postgres.startsWith(next)).toBe(true);
  });

  it('says which programs are missing', async () => {
    const unlinked = await unlinkedPackage(join(folder, 'package'));
    await rm(join(unlinked, 'native', 'bin', 'postgres'));
    await expect(postgresBinaries(await postgresAccount(undefined), log, unlinked, [cache])).rejects.toMatchObject({
      code: 'binaries-missing',
    });
  });

  it.runIf(isRoot)('copies them for an account that may not enter the checkout, whatever the umask was', async () => {
    const umask = process.umask(0o077);
    try {
      const home = join(folder, 'root');
      await mkdir(home);
      const unlinked = await unlinkedPackage(join(home, 'package'));
      const binaries = await postgresBinaries(await postgresAccount(undefined), log, unlinked, [cache]);
      expect(binaries.postgres.startsWith(cache)).toBe(true);
      expect((await readFile(binaries.initdb)).length).toBeGreaterThan(1_000);
    } finally {
      process.umask(umask);
    }
  });
});
