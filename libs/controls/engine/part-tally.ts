import type { Control } from './control.js';
import type { Outcome, PartResult } from './evaluation.js';

export type Counted = 'passed' | 'failed' | 'unknown' | 'notApplicable';
type Counts = Record<Counted, number>;

const noCounts = (): Counts => ({ passed: 0, failed: 0, unknown: 0, notApplicable: 0 });

/** What the results of a control say of each of its parts and rules, told apart: items of frameworks ask for one setting, not for its neighbours. */
export class PartTally {
  private readonly parts: ReadonlyMap<string, Counts>;
  private readonly rules: ReadonlySet<string>;
  /** Of results that name no part, which are about all of them. */
  private readonly ofAll: Counts = noCounts();

  private constructor(parts: readonly string[], rules: readonly string[]) {
    this.parts = new Map([...parts, ...rules].map((part) => [part, noCounts()]));
    this.rules = new Set(rules);
  }

  /** Undefined where a control has neither. */
  static of({ parts = {}, rules = [] }: Pick<Control, 'parts' | 'rules'>): PartTally | undefined {
    const names = Object.keys(parts);
    return names.length + rules.length === 0 ? undefined : new PartTally(names, rules);
  }

  count(status: Counted, part: string | undefined): void {
    if (part !== undefined) this.add(status, part);
    else this.ofAll[status]++;
  }

  /** A failure: of rules only those that it breaks, all of them where it names none. */
  fail(part: string | undefined, broken: readonly string[] | undefined): void {
    if (part !== undefined) this.add('failed', part);
    else for (const [name, counts] of this.parts) counts[this.rules.has(name) && broken?.includes(name) === false ? 'passed' : 'failed']++;
  }

  /** `isShort`: there may be subjects that nobody saw. `broke`: the control itself threw. */
  results({ isShort, broke }: { readonly isShort: boolean; readonly broke: boolean }): Readonly<Record<string, PartResult>> {
    const { ofAll } = this;
    return Object.fromEntries([...this.parts].map(([part, own]) => {
      const counts = { passed: own.passed + ofAll.passed, failed: own.failed + ofAll.failed, unknown: own.unknown + ofAll.unknown, notApplicable: own.notApplicable + ofAll.notApplicable };
      const outcome: Outcome = broke ? 'error' : counts.failed > 0 ? 'fail' : counts.unknown > 0 || isShort ? 'unknown' : counts.passed > 0 ? 'pass' : 'not-applicable';
      return [part, { outcome, ...counts }];
    }));
  }

  /** Other parts, such as names of containers, are no settings. */
  private add(status: Counted, part: string): void {
    const counts = this.parts.get(part);
    if (counts) counts[status]++;
  }
}
