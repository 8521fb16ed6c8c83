import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeRoot } from '../../apps/agent/testing/node-root.js';
import { Folder } from '../first-run/support/bulwark.js';
import { makeRunFolder } from '../support/run-folder.js';

describe('the folder of a run', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'bulwark-runs-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('takes what tests make and do not remove', async () => {
    const folder = process.env['BULWARK_TEST_FOLDER']!;
    expect(dirname(new NodeRoot().path)).toBe(folder);
    expect(dirname((await Folder.make()).path)).toBe(folder);
  });

  it('goes with the run and all that is in it', () => {
    const run = makeRunFolder(parent);
    mkdirSync(join(run.path, 'bulwark-node-x/etc'), { recursive: true });
    run.remove();
    expect(readdirSync(parent)).toEqual([]);
  });

  it('goes with the next run where its own was killed, and not while that goes on', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const [killed, going, other] = [`bulwark-run-${pid}-a`, `bulwark-run-${process.ppid}-b`, 'bulwark-running'].map((name) => join(parent, name));
    for (const path of [killed!, going!, other!]) mkdirSync(join(path, 'x'), { recursive: true });
    makeRunFolder(parent);
    expect([killed, going, other].map((path) => existsSync(path!))).toEqual([false, true, true]);
  });
});
