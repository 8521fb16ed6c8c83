import { describe, expect, it } from 'vitest';
import { catalogue } from '../catalogue.js';
import { answered, answeredItems, answerText } from './answers.js';
import { frameworkIds, frameworks, type Framework } from './frameworks.js';

describe.each(frameworkIds)('%s', (id) => {
  const { title, version, source, about }: Framework = frameworks[id];
  const items = answeredItems(id, catalogue);

  it('says what it is, of which version, and where it comes from', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(title).toMatch(/^[A-Z]/);
    expect(version).not.toBe('');
    expect(source).toMatch(/^https:\/\//);
    expect(about).toMatch(/\.$/);
  });

  it('has a title of our own for every item', () => {
    for (const item of items) expect(item.title, item.number).toMatch(/^[A-Za-z].{8,120}[^.]$/);
    expect(new Set(items.map((item) => item.title)).size).toBe(items.length);
  });

  it('says why of what no cluster can answer, and has no control answer that', () => {
    for (const { number, outside, answers } of items) {
      if (outside === null) continue;
      expect(outside, number).toMatch(/^[a-z].{10,}[^.]$/);
      expect(answers.map(answerText), number).toEqual([]);
    }
  });

  it('is answered somewhere', () => {
    expect(items.filter(({ answers }) => answers.length > 0).length).toBeGreaterThan(items.filter(({ outside }) => outside === null).length / 3);
  });
});

describe('frameworks', () => {
  it.each(catalogue.map((control) => [control.id, control] as const))('%s answers SP 800-53 and SOC 2, which ask for something of everything', (_id, { frameworks: items }) => {
    expect(items['nist-800-53']?.length ?? 0).toBeGreaterThan(0);
    expect(items.soc2?.length ?? 0).toBeGreaterThan(0);
  });

  it('have every check of the Pod Security Standards answered by the rule itself', () => {
    for (const { number, answers } of answeredItems('pss', catalogue)) expect(answers.filter(({ part }) => part !== undefined), number).not.toEqual([]);
  });

  it('read an item with its part', () => {
    expect(answered('1.3.2')).toEqual({ number: '1.3.2' });
    expect(answered('1.3.2#profiling')).toEqual({ number: '1.3.2', part: 'profiling' });
    expect(['control-plane/a', 'control-plane/a#b']).toEqual([answerText({ controlId: 'control-plane/a' }), answerText({ controlId: 'control-plane/a', part: 'b' })]);
  });
});
