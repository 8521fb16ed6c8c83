import { describe, expect, it } from 'vitest';
import { catalogue, controlById } from '#controls/catalogue.js';
import { answeredItems, answerText } from '#controls/frameworks/answers.js';
import { frameworks } from '#controls/frameworks/frameworks.js';
import { itemsOf, levelText, type Assessment, type Benchmark, type BenchmarkId, type Item } from './benchmark.js';
import { benchmarks, isBenchmarkId } from './benchmarks.js';
import { evidenceOf, whereToGet } from './evidence.js';
import { compareNumbers } from './extend.js';
import { pathRow, pathTables } from './paths/path-tables.js';
import { isDecidable, rulesWithin, type Rule } from './rules/rule.js';

/** Items by section as their publishers count them: automated, manual, and without a mark. */
const published: Readonly<Record<Exclude<BenchmarkId, 'cis-2.0'>, Readonly<Record<string, readonly [automated: number, manual: number, unmarked?: number]>>>> = {
  'cis-1.12': { '1.1': [17, 4], '1.2': [22, 8], '1.3': [6, 1], '1.4': [2, 0], '2': [6, 1], '3.1': [0, 3], '3.2': [0, 2], '4.1': [6, 4], '4.2': [5, 9], '4.3': [1, 0], '5.1': [0, 13], '5.2': [0, 12], '5.3': [0, 2], '5.4': [0, 2], '5.5': [0, 1], '5.6': [0, 4] },
  'k3s-cis-1.9': { '1.1': [20, 1], '1.2': [19, 10], '1.3': [6, 1], '1.4': [2, 0], '2': [0, 7], '3.1': [0, 3], '3.2': [0, 2], '4.1': [10, 0], '4.2': [9, 4], '4.3': [1, 0], '5.1': [4, 9], '5.2': [0, 13], '5.3': [0, 2], '5.4': [0, 2], '5.5': [0, 1], '5.7': [0, 4] },
  'rke2-cis-1.8': { '1.1': [17, 4], '1.2': [22, 8], '1.3': [7, 0], '1.4': [2, 0], '2': [7, 0], '3.1': [0, 3], '3.2': [1, 1], '4.1': [9, 1], '4.2': [8, 5], '5.1': [0, 13], '5.2': [0, 13], '5.3': [0, 2], '5.4': [0, 2], '5.5': [0, 1], '5.7': [0, 4] },
  'rh-1.8': { '1.1': [0, 21], '1.2': [0, 31], '1.3': [0, 4], '1.4': [0, 2], '2': [0, 7], '3.1': [0, 1], '3.2': [0, 2], '4.1': [5, 4, 1], '4.2': [5, 7], '5.1': [0, 6], '5.2': [0, 10], '5.3': [0, 2], '5.4': [0, 2], '5.5': [0, 1], '5.7': [0, 4] },
  'eks-1.8.0': { '2.1': [0, 2], '3.1': [4, 0], '3.2': [9, 0], '4.1': [6, 6], '4.2': [5, 0], '4.3': [1, 1], '4.4': [1, 1], '4.5': [1, 1], '5.1': [0, 4], '5.2': [0, 1], '5.3': [0, 1], '5.4': [0, 5], '5.5': [0, 1] },
  'aks-1.8': { '2.1': [0, 0, 1], '3.1': [4, 0], '3.2': [9, 0], '4.1': [0, 12], '4.2': [0, 5], '4.4': [1, 1], '4.5': [1, 1], '4.6': [1, 2], '5.1': [0, 4], '5.2': [0, 1], '5.3': [0, 1], '5.4': [0, 5], '5.5': [0, 2] },
  'gke-1.9.0': { '3.1': [4, 0], '4.1': [5, 5], '4.2': [0, 1], '4.3': [1, 1], '4.4': [1, 1], '4.5': [0, 1], '4.6': [1, 3], '5.1': [1, 3], '5.2': [1, 1], '5.3': [1, 0], '5.4': [1, 0], '5.5': [7, 0], '5.6': [6, 1], '5.7': [1, 1], '5.8': [2, 1], '5.9': [1, 1], '5.10': [4, 0] },
};

const totals: Readonly<Record<BenchmarkId, number>> = { 'cis-2.0': 131, 'cis-1.12': 131, 'k3s-cis-1.9': 130, 'rke2-cis-1.8': 130, 'eks-1.8.0': 50, 'aks-1.8': 51, 'gke-1.9.0': 57, 'rh-1.8': 115 };

const all = Object.values(benchmarks);
const rulesOf = (item: Item): readonly Rule[] => [item.rule, item.otherwise].flatMap((rule) => (rule ? rulesWithin(rule) : []));
const count = (items: readonly Item[], assessment: Assessment): number => items.filter((item) => item.assessment === assessment).length;
const namesOf = ({ answeredBy = [] }: Item): readonly string[] => answeredBy.map(answerText);

describe.each(all.map((benchmark) => [benchmark.id, benchmark] as const))('%s', (id, benchmark: Benchmark) => {
  const items = itemsOf(benchmark);

  it('has as many items as were published, in their order', () => {
    expect(items).toHaveLength(totals[id]);
    const numbers = items.map((item) => item.id);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual(numbers.toSorted(compareNumbers));
    for (const section of benchmark.sections) for (const item of section.items) expect(item.id.slice(0, item.id.lastIndexOf('.'))).toBe(section.id);
  });

  it.skipIf(id === 'cis-2.0')('has them assessed as they were published', () => {
    const found = Object.fromEntries(benchmark.sections.map((section) => {
      const unmarked = count(section.items, 'unmarked');
      return [section.id, [count(section.items, 'automated'), count(section.items, 'manual'), ...(unmarked > 0 ? [unmarked] : [])]];
    }));
    expect(found).toEqual(published[id as keyof typeof published]);
  });

  it('titles each item in words of its own', () => {
    const titles = items.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    // Publishers' titles begin with what is to be done and end with how it is assessed.
    for (const title of titles) expect(title).not.toMatch(/^(Ensure|Minimi[sz]e|Verify|Avoid|Limit |Apply|Prefer|Consider|Configure|Create|Restrict|Use |Enable|If proxy|Client certificate authentication)|\((Automated|Manual)\)/);
  });

  it('guesses no level', () => {
    for (const { level } of items) expect(levelText(level)).toBe('level not known');
  });

  it('says how each item is put right', () => {
    for (const item of items) {
      expect(item.remediation, item.id).toMatch(/^[A-Z].{20,}[.`)]$/s);
      expect(item.remediation, item.id).not.toMatch(/undefined|\[object/);
    }
  });

  it('names controls and parts that exist', () => {
    for (const item of items) {
      for (const { controlId, part } of item.answeredBy ?? []) {
        const control = controlById.get(controlId);
        expect(control, `${item.id}: ${controlId}`).toBeDefined();
        if (part !== undefined) expect([...Object.keys(control!.parts ?? {}), ...(control!.rules ?? [])], `${item.id}: ${controlId}`).toContain(part);
      }
    }
  });

  it('knows where every file is that it names, or what names it', () => {
    for (const item of items) {
      const refs = [...rulesOf(item).flatMap(evidenceOf), ...item.evidence].flatMap((evidence) => (evidence.class === 'file' ? evidence.paths : []));
      for (const ref of refs) {
        const row = pathRow(ref, benchmark.platform);
        expect(row, `${item.id}: ${ref} on ${benchmark.platform}`).toBeDefined();
        if (row && !('absent' in row)) expect(row.places.length > 0 || row.named !== undefined, `${item.id}: ${ref}`).toBe(true);
      }
    }
  });

  it('says which evidence decides an item, wherever any can', () => {
    for (const item of items) {
      if (item.rule?.kind === 'not-applicable') continue;
      if (item.rule === undefined || isDecidable(item.rule)) expect(item.evidence.length, item.id).toBeGreaterThan(0);
      for (const evidence of item.evidence) expect(whereToGet(evidence, benchmark.platform), item.id).toMatch(/\S/);
    }
  });

  it('shows a person what to look at where no evidence decides', () => {
    const looks = items.flatMap((item) => rulesOf(item).flatMap((rule) => (rule.kind === 'undecidable' ? [rule.look] : [])));
    expect(looks.filter((look) => !/^[A-Z].{20,}\.$/.test(look))).toEqual([]);
  });

  it('means by an equivalent an item of CIS Kubernetes 1.12, and each of them once', () => {
    const equivalents = items.flatMap(({ equivalent }) => (equivalent === undefined ? [] : [equivalent]));
    const known = new Set(itemsOf(benchmarks['cis-1.12']).map((item) => item.id));
    for (const equivalent of equivalents) expect(known).toContain(equivalent);
    expect(new Set(equivalents).size).toBe(equivalents.length);
  });
});

describe('CIS Kubernetes 1.12', () => {
  const items = itemsOf(benchmarks['cis-1.12']);

  it('titles items as the framework of that name does', () => {
    const texts = frameworks['cis-kubernetes'].items;
    expect(Object.fromEntries(items.map(({ id, title }) => [id, title]))).toEqual(Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, typeof text === 'string' ? text : text.title])));
  });

  /** Where a control that says it answers an item asks for more than the item does. */
  const left: Readonly<Record<string, readonly string[]>> = {
    '1.2.11': ['supply-chain/image-pull-policy#always-pull-images'],
    '4.2.8': ['control-plane/kubelet-hardening#event-capture'],
    '5.2.8': ['workloads/capabilities-drop-all', 'workloads/capabilities-added'],
    '5.2.9': ['workloads/capabilities-added'],
    '5.3.2': ['network/default-deny-ingress', 'network/default-deny-egress', 'network/unselected-pods'],
  };

  /** What these find, the benchmark's rules decide node by node, with the same tables of paths for every platform. */
  const foundByControls = /^control-plane\/(component-least-privilege|audit-policy-quality)#|^control-plane\/audit-logging#policy$/;
  const isFoundOnly = (number: string, name: string): boolean => /^(1\.1|4\.1|3\.2\.2)/.test(number) && foundByControls.test(name);

  it('has its items decided by the controls that say so themselves', () => {
    for (const { number, answers } of answeredItems('cis-kubernetes', catalogue)) {
      const expected = answers.map(answerText).filter((name) => !left[number]?.includes(name) && !isFoundOnly(number, name));
      expect(namesOf(items.find(({ id }) => id === number)!).toSorted(), number).toEqual(expected.toSorted());
    }
  });

  it('tells the controller manager from the scheduler where one control judges both', () => {
    const judged = items.flatMap(({ id, answeredBy = [] }) => answeredBy.filter(({ controlId }) => controlId === 'control-plane/controller-manager-and-scheduler').map(({ component }) => [id.slice(0, 3), component] as const));
    expect(judged).toHaveLength(9);
    for (const [section, component] of judged) expect(component).toBe(section === '1.3' ? 'kube-controller-manager' : 'kube-scheduler');
  });
});

it('kept every number in 2.0', () => {
  expect(itemsOf(benchmarks['cis-2.0'])).toEqual(itemsOf(benchmarks['cis-1.12']));
});

it('files each benchmark under its id', () => {
  for (const [id, benchmark] of Object.entries(benchmarks)) expect(benchmark.id).toBe(id);
  expect(isBenchmarkId('cis-1.12')).toBe(true);
  expect(isBenchmarkId('toString')).toBe(false);
});

describe('paths', () => {
  const rows = Object.entries(pathTables).flatMap(([platform, table]) => Object.entries(table).map(([ref, row]) => [`${platform} ${ref}`, row] as const));

  it.each(rows)('%s has a source and is absolute', (_, row) => {
    expect(row.source).toMatch(/^https:\/\/\S+$/);
    if ('absent' in row) return expect(row.absent).toMatch(/\S{3}/);
    for (const place of row.places) expect('at' in place ? place.at : place.below).toMatch(/^\/[^*]+$/);
  });
});

describe('what platforms have not', () => {
  it.each(['1.1.1', '1.1.8', '4.1.1', '4.1.2'])('needs no look at nodes of k3s for %s', (id) => {
    expect(itemsOf(benchmarks['k3s-cis-1.9']).find((item) => item.id === id)?.rule).toMatchObject({ kind: 'not-applicable', reason: expect.stringContaining('k3s') });
  });

  it('leaves manifests to be looked at on RKE2, which has them', () => {
    expect(itemsOf(benchmarks['rke2-cis-1.8']).find((item) => item.id === '1.1.1')?.rule).toEqual({ kind: 'file-mode', paths: ['api-server-manifest'], max: 0o600 });
  });

  it('does not take etcd of k3s and RKE2 by its flags, which are in a file', () => {
    for (const id of ['k3s-cis-1.9', 'rke2-cis-1.8'] as const) {
      for (const item of benchmarks[id].sections.find((section) => section.id === '2')!.items) expect(item.answeredBy, `${id} ${item.id}`).toBeUndefined();
    }
  });
});
