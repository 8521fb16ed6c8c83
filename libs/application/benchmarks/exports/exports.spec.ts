import { describe, expect, it } from 'vitest';
import { meaningIn } from '#benchmarks/editions.js';
import { itemsOf } from '#benchmarks/benchmark.js';
import { benchmarks } from '#benchmarks/benchmarks.js';
import { benchmarkReport } from '../benchmark-report.js';
import type { BenchmarkRun, RunItem } from '../benchmark-run.js';
import { countsOf } from '../record-run.js';
import { html } from './html.js';
import { benchmarkCsv } from './report-csv.js';
import { benchmarkHtml } from './report-html.js';
import { benchmarkOscal } from './report-oscal.js';
import { uuidV5 } from './uuid-v5.js';

const hostile = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', "' onmouseover='alert(1)", '=HYPERLINK("http://x","y")', '\u202egnp.exe', '</style><script>', '\u001b[31mred', '{{7*7}}', '`<b>`', ' \n '];
const at = new Date('2026-11-03T08:00:00Z');

const items: readonly RunItem[] = itemsOf(benchmarks['cis-1.12']).map(({ id }, position) => {
  const text = hostile[position % hostile.length]!;
  return {
    itemId: id, position, meaning: meaningIn('cis-1.12', id), outcome: position % 2 === 0 ? 'fail' : 'manual', decidedByMachine: false, nodes: { pass: 0, fail: 1, unknown: 0, notApplicable: 0, manual: 0, total: 1 },
    sentence: text, causes: [{ text, subjects: [text], count: 1 }], gathered: [text], kubeBench: { status: text, agrees: false, because: text },
    subjects: [{ subject: text, status: 'fail', text, found: text, source: 'node', at: text, gatheredAt: at.toISOString() }],
  };
});
const run: BenchmarkRun = {
  id: '00000000-0000-4000-8000-000000000001', tenantId: '00000000-0000-4000-8000-000000000002', clusterId: '00000000-0000-4000-8000-000000000003', benchmark: 'cis-1.12', reason: hostile[0]!, caveat: hostile[1]!,
  source: 'live', gatheredAt: at, judgedAt: at, judgedBy: 'Bulwark', requestedBy: 'key', previousRunId: null, ...countsOf(items), regressed: 0, nodesListed: 1, nodesWithEvidence: 1, advice: hostile,
};
const report = benchmarkReport({
  run, cluster: { id: run.clusterId, name: hostile[1]!, environment: hostile[2]!, platform: 'kubeadm', version: hostile[0]! }, items, regressions: [], asOf: at,
  attestations: [{
    id: '00000000-0000-4000-8000-000000000004', tenantId: run.tenantId, clusterId: run.clusterId, meaning: items[1]!.meaning, benchmark: 'cis-1.12', itemId: items[1]!.itemId, person: hostile[0]!, verdict: 'pass', statement: hostile[1]!,
    attachmentName: hostile[1]!, attachmentSha256: 'ab'.repeat(32), attestedAt: at, expiresAt: new Date('2027-01-01T00:00:00Z'), recordedBy: 'key', createdAt: at, revokedAt: null, revokedBy: null, revokeReason: null,
  }],
});

describe('the page for auditors', () => {
  const page = benchmarkHtml(report);

  it('shows what hostile texts are, and runs nothing of them', () => {
    const tags = new Set(page.replace(/<style>[^<]*<\/style>/, '').match(/<\/?[a-z!][a-z0-9]*/gi)!.map((tag) => tag.replace(/[</]/g, '').toLowerCase()));
    for (const tag of ['script', 'img', 'iframe', 'link', 'object', 'svg', 'form']) expect(tags).not.toContain(tag);
    expect(page.match(/<[^>]*\son\w+=/i)).toBeNull();
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    // oxlint-disable-next-line no-control-regex
    expect(page).not.toMatch(/[\u0000-\u0008\u001b\u202a-\u202e]/);
  });

  it('has every item with its evidence, its remediation and how it was decided', () => {
    for (const { itemId, item } of report.items) {
      expect(page).toContain(`id="item-${itemId}"`);
      expect(page).toContain(html`${item!.title}`.text);
    }
    expect(page.match(/class="evidence"/g)).toHaveLength(items.length);
    expect(page).toContain('pass (attested)');
    expect(page).toContain('ab'.repeat(32));
  });

  it('shows a score only beside its coverage, and manual as no pass', () => {
    expect(page).toMatch(/<strong>0\.0 %<\/strong> of what was decided passes;\s*<strong>\d+\.\d %<\/strong> of what applies was decided/);
    const nothing = benchmarkHtml(benchmarkReport({ ...report, items: [], attestations: [], regressions: [], run: { ...run, pass: 0, fail: 0, manual: 2, unknown: 1, notApplicable: 0 } }));
    expect(nothing).toContain('Nothing was decided');
    expect(nothing).not.toContain('of what was decided passes');
  });
});

it('CSV has one record a subject, and no formula', () => {
  const text = benchmarkCsv(report);
  expect(text).toContain("\"'=HYPERLINK(");
  expect(text).not.toMatch(/(^|,)"?=/m);
});

it('OSCAL has no finding that is satisfied but by a pass, and the same ids each time', () => {
  const text = JSON.stringify(benchmarkOscal(report));
  expect(JSON.stringify(benchmarkOscal(report))).toBe(text);
  const [result] = (JSON.parse(text) as { 'assessment-results': { results: [{ findings: readonly { target: { status: { state: string } } }[] }] } })['assessment-results'].results;
  expect(result.findings.filter(({ target }) => target.status.state === 'satisfied')).toHaveLength(1);
});

it('UUIDs of version 5 tell their parts apart', () => {
  expect(uuidV5('a', 'bc')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set([uuidV5('a', 'bc'), uuidV5('ab', 'c'), uuidV5('abc')]).size).toBe(3);
});
