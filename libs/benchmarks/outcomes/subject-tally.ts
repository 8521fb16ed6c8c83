import { combined } from '../rules/combine.js';
import type { Cause, ItemOutcome, SubjectCounts } from './item-outcome.js';
import { noSubjects, type SubjectStatus, type SubjectVerdict } from './subject-verdict.js';

/** What is shown to a person at most. */
const MOST_GATHERED = 200;

/** Verdicts on the subjects of one item, each subject once, of which only what a report needs is kept. */
export class SubjectTally {
  private readonly numbers: Record<SubjectStatus, number> = noSubjects();
  private readonly texts: Readonly<Record<Exclude<SubjectStatus, 'pass'>, Map<string, string[]>>> = { fail: new Map(), unknown: new Map(), 'not-applicable': new Map(), manual: new Map() };
  private readonly shown = new Set<string>();

  add(verdict: SubjectVerdict): void {
    this.numbers[verdict.status]++;
    if (verdict.status === 'pass') return;
    const causes = this.texts[verdict.status];
    const text = causeOf(verdict);
    const subjects = causes.get(text);
    if (subjects) subjects.push(verdict.subject);
    else causes.set(text, [verdict.subject]);
    if (verdict.status === 'manual') for (const one of verdict.gathered ?? []) if (this.shown.size < MOST_GATHERED) this.shown.add(one);
  }

  /** More of a status whose subjects and causes are not kept. */
  addMore(status: SubjectStatus, count = 1): void {
    this.numbers[status] += count;
  }

  get outcome(): ItemOutcome {
    return combined('all', (Object.keys(this.numbers) as SubjectStatus[]).filter((status) => this.numbers[status] > 0));
  }

  get counts(): SubjectCounts {
    const { pass, fail, unknown, manual, 'not-applicable': notApplicable } = this.numbers;
    return { pass, fail, unknown, notApplicable, manual, total: pass + fail + unknown + manual + notApplicable };
  }

  /** Causes of one status; of a pass there are none. */
  causes(status: SubjectStatus): readonly Cause[] {
    return status === 'pass' ? [] : Array.from(this.texts[status], ([text, subjects]) => ({ text, subjects }));
  }

  get gathered(): readonly string[] {
    return [...this.shown];
  }
}

function causeOf(verdict: Exclude<SubjectVerdict, { status: 'pass' }>): string {
  switch (verdict.status) {
    case 'fail': return verdict.message;
    case 'unknown': return verdict.missing;
    case 'not-applicable': return verdict.reason;
    case 'manual': return verdict.look;
  }
}
