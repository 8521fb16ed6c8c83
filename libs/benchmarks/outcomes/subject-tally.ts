import { combined } from '../rules/combine.js';
import type { Cause, ItemOutcome, SubjectCounts } from './item-outcome.js';
import { noSubjects, type SubjectStatus, type SubjectVerdict } from './subject-verdict.js';

/** Subjects of an outcome that are kept by name, and causes: beyond that nobody reads them, and they take memory. Causes count all of theirs. */
const MOST_NAMED = 1_000;
/** What is shown to a person at most. */
const MOST_GATHERED = 200;

/** Verdicts on the subjects of one item, each subject once, of which only what a report needs is kept. */
export class SubjectTally {
  private readonly numbers: Record<SubjectStatus, number> = noSubjects();
  private readonly texts: Readonly<Record<Exclude<SubjectStatus, 'pass'>, Map<string, { readonly subjects: string[]; count: number }>>> = { fail: new Map(), unknown: new Map(), 'not-applicable': new Map(), manual: new Map() };
  private readonly named: Record<SubjectStatus, number> = noSubjects();
  private readonly shown = new Set<string>();

  add(verdict: SubjectVerdict): void {
    this.numbers[verdict.status]++;
    if (verdict.status === 'pass') return;
    const causes = this.texts[verdict.status];
    const text = causeOf(verdict);
    const cause = causes.get(text);
    if (cause) {
      cause.count++;
      if (this.named[verdict.status]++ < MOST_NAMED) cause.subjects.push(verdict.subject);
    } else if (causes.size < MOST_NAMED) causes.set(text, { subjects: this.named[verdict.status]++ < MOST_NAMED ? [verdict.subject] : [], count: 1 });
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
    return status === 'pass' ? [] : Array.from(this.texts[status], ([text, cause]) => ({ text, ...cause }));
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
