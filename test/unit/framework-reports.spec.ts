import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeItems, standingOf } from '#application/frameworks/framework-report.js';
import { catalogue } from '#controls/catalogue.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { answeredItems, answerText } from '#controls/frameworks/answers.js';
import { frameworkIds } from '#controls/frameworks/frameworks.js';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';

const root = join(import.meta.dirname, '../..');
const TODAY = Date.parse('2026-11-24T12:00:00Z');

describe('reports on the sample', () => {
  const evaluations = evaluate(catalogue, inventoryOf(objectsOf(readFileSync(join(root, 'apps/standalone/sample/shop.yaml'), 'utf8'))), {}, TODAY);
  const said = { switchedOff: [], outcomes: new Map(evaluations.map(({ controlId, outcome, passed, failed, unknown, notApplicable, parts = {} }) => [controlId, { scanId: '', controlId, outcome, passed, failed, unknown, notApplicable, parts }])) };

  it('say what they said before', async () => {
    const reports = Object.fromEntries(frameworkIds.map((id) => {
      const items = judgeItems(answeredItems(id, catalogue), said);
      const words = items.map(({ number, status, answers }) => {
        const because = answers.filter(({ outcome }) => (status === 'fail' ? outcome === 'fail' : status === 'unknown' && outcome !== 'pass' && outcome !== 'not-applicable'));
        return [number, [status, ...because.map(answerText)].join(' ')];
      });
      return [id, { ...standingOf(items), items: Object.fromEntries(words) }];
    }));
    // When this changes on purpose: npx vitest run test/unit/framework-reports.spec.ts -u, and read the difference.
    await expect(`${JSON.stringify(reports, null, 1)}\n`).toMatchFileSnapshot(join(root, 'test/fixtures/sample-frameworks.json'));
  });

  it('judge a standard by its own rules: an item fails exactly where a pod breaks that rule', () => {
    const violations = evaluations.filter(({ controlId }) => controlId.startsWith('workloads/pss-')).flatMap(({ failures }) => failures.flatMap(({ detail }) => detail!['violations'] as readonly { readonly check: string }[]));
    const broken = new Set(violations.map(({ check }) => check));
    const answers = judgeItems(answeredItems('pss', catalogue), said).flatMap((item) => item.answers).filter(({ controlId }) => controlId.startsWith('workloads/pss-'));
    expect(answers).toHaveLength(18);
    expect(answers.map(({ part, outcome }) => [part, outcome])).toEqual(answers.map(({ part }) => [part, broken.has(part!) ? 'fail' : 'pass']));
  });
});
