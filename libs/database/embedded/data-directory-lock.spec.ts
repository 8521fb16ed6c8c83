import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { lockDataDirectory, lockHolder } from './data-directory-lock.js';
import { ownMark } from './process-life.js';

describe('lockDataDirectory', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulwark lock '));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('refuses a directory that is held and names the holder', async () => {
    await lockDataDirectory(directory);
    await expect(lockDataDirectory(directory)).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    expect(await lockHolder(directory)).toEqual(ownMark());
  });

  it('gives it to the next one after release, and leaves one file', async () => {
    for (let round = 0; round < 3; round++) await (await lockDataDirectory(directory)).release();
    expect(await lockHolder(directory)).toBeUndefined();
    expect(await readdir(directory)).toEqual(['lock.3']);
  });

  it('gives it to exactly one of many who start at once on a dead claim', async () => {
    const child = spawn('/bin/sh', ['-c', ':']);
    await once(child, 'close');
    await writeFile(join(directory, 'lock.7'), JSON.stringify({ pid: child.pid, started: 'long ago' }));
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDirectory(directory)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['lock.8']);
  });

  it('is not held by a later process that got the number of the dead holder', async () => {
    await writeFile(join(directory, 'lock.1'), JSON.stringify({ ...ownMark(), started: 'before the last reboot' }));
    await expect(lockDataDirectory(directory)).resolves.toBeDefined();
  });

  it.each(['', '{', 'null', '[]', '{"pid":-1,"started":"x"}', '{"pid":"1","started":"x"}'])(
    'is not held by the torn claim %j',
    async (text) => {
      await writeFile(join(directory, 'lock.1'), text);
      await expect(lockDataDirectory(directory)).resolves.toBeDefined();
    },
  );

  it('can be released after the directory is gone', async () => {
    const lock = await lockDataDirectory(directory);
    await rm(directory, { recursive: true });
    await expect(lock.release()).resolves.toBeUndefined();
  });
});
