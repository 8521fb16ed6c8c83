import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

import { isAlive, isPostmasterOf, isRunning, ownMark } from './process-life.js';

describe('process life', () => {
  it('tells our process from a dead one and from a later one with its number', async () => {
    const child = spawn('/bin/sh', ['-c', ':']);
    await once(child, 'close');
    expect(isRunning(ownMark())).toBe(true);
    expect(isRunning({ ...ownMark(), started: 'earlier' })).toBe(false);
    expect(isRunning({ pid: child.pid ?? 0, started: '' })).toBe(false);
  });

  it('does not count a process that has ended and only waits to be collected', async () => {
    // The shell's child ends at once; `exec` makes its new parent one that never collects it.
    const parent = spawn('/bin/sh', ['-c', ': & echo $!; exec sleep 20']);
    try {
      const [line] = await once(parent.stdout.setEncoding('utf8'), 'data');
      await expect.poll(() => isAlive(Number(line)), { timeout: 5_000 }).toBe(false);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('does not take another program for a Postgres server', () => {
    expect(isPostmasterOf('/nonexistent/cluster', process.pid)).toBe(false);
  });
});
