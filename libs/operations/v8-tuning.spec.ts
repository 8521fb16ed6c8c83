import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { flags } from './v8-tuning.js';

/** V8 only complains of a flag that it does not have, and the process goes on without. */
describe('what is told to V8', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  const isOld = Number(process.versions.v8.split('.', 1)[0]) < 12;

  it.each([['parallel', true], ['pretenuring', true], ['budget', isOld], ['inlined', true]] as const)('it knows: %s', (name, isTold) => {
    expect(known.includes(` ${flags[name]} (`)).toBe(isTold);
  });
});
