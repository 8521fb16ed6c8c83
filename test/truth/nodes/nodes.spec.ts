import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasOtherOwners, mayGiveAway } from './build-node.js';
import { corpus } from './corpus.js';
import { judgeNode } from './judge-node.js';
import { disagreementsOf, disagreementText, table, type Judged } from './report.js';

/** Whoever is not root cannot make files of others, and is told how many roots that leaves out. */
const able = corpus.filter(({ plan }) => mayGiveAway || !hasOtherOwners(plan));
if (able.length < corpus.length) console.info(`Skipped: ${corpus.length - able.length} of ${corpus.length} roots have files of other owners, which only root can make.`);

describe('roots of nodes, from files to verdicts', () => {
  const all: Judged[] = [];

  it.each(able.map((root) => [root.name, root] as const))('%s', async (_, root) => {
    const judged = await judgeNode(root, (path) => expect(existsSync(join(path, 'usr/local/bin/kubelet.was-run'))).toBe(false));
    all.push(judged);
    expect(disagreementsOf(judged).map(disagreementText)).toEqual([]);
  });

  it('agree with what components do', () => {
    console.info(table(all));
    expect(all.length).toBe(able.length);
    expect(all.flatMap(disagreementsOf).map(disagreementText)).toEqual([]);
  });
});
