import type { Item } from '../benchmark.js';
import { resultOfTally } from '../outcomes/item-outcome.js';
import { SubjectTally } from '../outcomes/subject-tally.js';
import type { SubjectStatus, SubjectVerdict } from '../outcomes/subject-verdict.js';
import { worstFirst } from '../rules/combine.js';
import type { Finding } from './finding.js';
import { LISTED_SUBJECTS, type JudgedItem, type OtherOpinion, type SubjectResult } from './judgement.js';

/** One item while its subjects are judged: counts of all, and a bounded list of them. */
export class ItemRecord {
  private readonly tally = new SubjectTally();
  private readonly listed: Record<SubjectStatus, SubjectResult[]> = { fail: [], unknown: [], manual: [], pass: [], 'not-applicable': [] };
  /** What would decide what is unknown, with how many subjects of each. */
  readonly needs = new Map<string, number>();
  opinion: OtherOpinion | undefined;

  constructor(readonly item: Item) {}

  get isEmpty(): boolean {
    return this.tally.counts.total === 0;
  }

  add(subject: string, finding: Finding, gatheredAt: string | undefined): void {
    const { status, text, found, source, at } = finding;
    if (finding.need && status === 'unknown') {
      const key = finding.need.of === 'right' ? `right ${finding.need.resource}` : finding.need.of === 'other' ? `other ${finding.need.name}` : finding.need.of;
      this.needs.set(key, (this.needs.get(key) ?? 0) + 1);
    }
    this.tally.add(verdictOf(subject, finding));
    const list = this.listed[status];
    if (list.length >= LISTED_SUBJECTS) return;
    list.push({
      subject, status, text, ...(found !== undefined && { found }), ...(source && { source }), ...(at !== undefined && { at }), ...(gatheredAt !== undefined && { gatheredAt }),
    });
  }

  addMore(status: SubjectStatus, count: number): void {
    if (count > 0) this.tally.addMore(status, count);
  }

  result(): JudgedItem {
    const subjects = worstFirst.flatMap((status) => this.listed[status]).slice(0, LISTED_SUBJECTS);
    return { ...resultOfTally(this.item, this.tally), subjects, ...(this.opinion && { kubeBench: this.opinion }) };
  }
}

function verdictOf(subject: string, { status, text, gathered }: Finding): SubjectVerdict {
  switch (status) {
    case 'pass': return { subject, status };
    case 'fail': return { subject, status, message: text };
    case 'unknown': return { subject, status, missing: text };
    case 'not-applicable': return { subject, status, reason: text };
    case 'manual': return { subject, status, look: text, ...(gathered && { gathered }) };
  }
}
