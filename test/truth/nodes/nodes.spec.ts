import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mayGiveAway } from './build-node.js';
import { corpus } from './corpus.js';
import { judgeNode } from './judge-node.js';
import { disagreementsOf, disagreementText, table, type Judged } from './report.js';

if (!mayGiveAway) console.info(`Skipped: ${corpus.length} roots of nodes have files of root, which only root can make.`);

describe.skipIf(!mayGiveAway)('roots of nodes, from files to verdicts (needs root)', () => {
  const all: Judged[] = [];

  it.each(corpus.map((root) => [root.name, root] as const))('%s', async (_, root) => {
    const judged = await judgeNode(root, (path) => expect(existsSync(join(path, 'usr/local/bin/kubelet.was-run'))).toBe(false));
    all.push(judged);
    expect(disagreementsOf(judged).map(disagreementText)).toEqual([]);
  });

  it('agree with what components do', () => {
    console.info(table(all));
    expect(all.length).toBe(corpus.length);
    expect(all.flatMap(disagreementsOf).map(disagreementText)).toEqual([]);
  });
});
