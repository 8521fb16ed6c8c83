import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshotCommand } from '../../apps/standalone/options.js';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('the README', () => {
  it('shows the two commands', () => {
    expect(readme).toContain('npm ci && npm start\n');
    expect(readme).toContain('npm ci && npm test\n');
  });

  it('shows the example that is run in the tests, letter by letter', () => {
    expect(readme).toContain(readFileSync(join(root, 'examples/receive-webhook.mjs'), 'utf8').trim());
  });

  it('shows the snapshot command that the program prints', () => {
    expect(readme).toContain(snapshotCommand);
  });

  it('links to files that are there', () => {
    for (const [, target] of readme.matchAll(/\]\(((?!http)[^)#]+)\)/g)) expect(() => readFileSync(join(root, target!)), target).not.toThrow();
  });
});
