import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { score } from './score.js';

const truth = process.env['BULWARK_TRUTH'] ?? '';
const isThere = truth !== '' && existsSync(join(truth, 'score.py'));
if (!isThere) console.info('Skipped: BULWARK_TRUTH names no folder with the suites of other projects.');

describe.skipIf(!isThere)('verdicts of other projects', () => {
  it('are ours in at least 95 of 100 cases of a topic that means the same', () => {
    const out = mkdtempSync(join(tmpdir(), 'bulwark-truth-'));
    try {
      const { report, topics } = score(truth, out);
      console.info(report);
      expect(topics.length).toBeGreaterThan(0);
      const agreed = topics.reduce((sum, topic) => sum + topic.agreed, 0);
      const disagreed = topics.reduce((sum, topic) => sum + topic.falseAlarms + topic.missed, 0);
      expect(agreed / (agreed + disagreed)).toBeGreaterThanOrEqual(0.95);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});
