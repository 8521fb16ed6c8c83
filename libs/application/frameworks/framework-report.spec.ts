import { describe, expect, it } from 'vitest';
import type { Answer, AnsweredItem } from '#controls/frameworks/answers.js';
import type { Outcome } from '#controls/engine/evaluation.js';
import type { ControlOutcome } from '../scans/scan.js';
import { judgeItems, standingOf, standItems, type Said } from './framework-report.js';

const figures = { passed: 1, failed: 2, unknown: 3, notApplicable: 4 };
const said = (controlId: string, outcome: Outcome, parts: Readonly<Record<string, Outcome>> = {}): ControlOutcome =>
  ({ scanId: 's', controlId, outcome, ...figures, parts: Object.fromEntries(Object.entries(parts).map(([part, ofPart]) => [part, { outcome: ofPart, ...figures }])) });
const item = (answers: readonly Answer[], outside: string | null = null): AnsweredItem => ({ number: '1', title: 'An item', outside, answers });
const answers = (...controlIds: readonly string[]): readonly Answer[] => controlIds.map((controlId) => ({ controlId }));
const byControl = (...outcomes: readonly ControlOutcome[]): Said => ({ outcomes: new Map(outcomes.map((outcome) => [outcome.controlId, outcome])), switchedOff: [] });
const statusOf = (judged: AnsweredItem, ...outcomes: readonly ControlOutcome[]) => standItems([judged], byControl(...outcomes))[0]!.status;

describe('how a cluster stands by an item', () => {
  it.each<[string, readonly Outcome[]]>([
    ['fail', ['pass', 'fail', 'unknown', 'error']],
    ['unknown', ['pass', 'unknown', 'not-applicable']],
    ['unknown', ['pass', 'error']],
    ['pass', ['not-applicable', 'pass']],
    ['not-applicable', ['not-applicable', 'not-applicable']],
  ])('is %s where its controls say %j', (status, outcomes) => {
    const controls = outcomes.map((outcome, i) => said(`governance/c${i}`, outcome));
    expect(statusOf(item(answers(...controls.map(({ controlId }) => controlId))), ...controls)).toBe(status);
  });

  it('is unknown while the scan says nothing of one of its controls', () => {
    expect(statusOf(item(answers('governance/a', 'governance/new')), said('governance/a', 'pass'))).toBe('unknown');
    expect(statusOf(item(answers('governance/a', 'governance/new')), said('governance/a', 'fail'))).toBe('fail');
    expect(statusOf(item(answers('governance/a')))).toBe('unknown');
  });

  it('is manual or not covered where no control answers it, whatever was seen', () => {
    expect(statusOf(item([]), said('governance/a', 'fail'))).toBe('not-covered');
    expect(statusOf(item([], 'it is about people'))).toBe('manual');
  });

  it('goes by the part that answers it, not by its neighbours', () => {
    const control = said('governance/a', 'fail', { one: 'fail', two: 'pass' });
    expect(statusOf(item([{ controlId: 'governance/a', part: 'one' }]), control)).toBe('fail');
    expect(statusOf(item([{ controlId: 'governance/a', part: 'two' }]), control)).toBe('pass');
    // As in scans from before the part was there.
    expect(statusOf(item([{ controlId: 'governance/a', part: 'three' }]), control)).toBe('unknown');
  });

  it('is unknown where the organisation keeps a control from looking, whatever is said of the rest', () => {
    const found = { ...byControl(said('governance/a', 'pass'), said('governance/off', 'not-applicable')), switchedOff: ['governance/off'] };
    const [judged] = judgeItems([item(answers('governance/a', 'governance/off'))], found);
    expect(judged).toMatchObject({ status: 'unknown', answers: [{ outcome: 'pass', isSwitchedOff: false }, { outcome: null, isSwitchedOff: true }] });
  });

  it('shows what each control said, and no figures of one that said nothing', () => {
    const [judged] = judgeItems([item([{ controlId: 'governance/a', part: 'one' }, { controlId: 'governance/b' }])], byControl(said('governance/a', 'fail', { one: 'pass' })));
    expect(judged!.answers).toEqual([
      { controlId: 'governance/a', part: 'one', outcome: 'pass', ...figures, isSwitchedOff: false },
      { controlId: 'governance/b', outcome: null, passed: 0, failed: 0, unknown: 0, notApplicable: 0, isSwitchedOff: false },
    ]);
  });
});

describe('what the items come to', () => {
  const standing = (...statuses: readonly Parameters<typeof standingOf>[0][number]['status'][]) => standingOf(statuses.map((status) => ({ status })));

  it('has a ratio of what was decided, beside how much that was', () => {
    expect(standing('pass', 'pass', 'pass', 'fail', 'unknown', 'manual', 'not-covered', 'not-covered', 'not-applicable')).toEqual({
      counts: { pass: 3, fail: 1, unknown: 1, 'not-applicable': 1, manual: 1, 'not-covered': 2 }, passRatio: 0.75, coverage: 0.5,
    });
  });

  it('has none where nothing was decided', () => {
    expect(standing('unknown', 'manual')).toMatchObject({ passRatio: null, coverage: 0 });
    expect(standing('not-applicable')).toMatchObject({ passRatio: null, coverage: null });
  });
});
