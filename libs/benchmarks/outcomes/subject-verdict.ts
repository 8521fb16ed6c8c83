import type { PartResult } from '#controls/engine/evaluation.js';

/** What evidence says of one subject: a node, a process of the control plane, or the cluster. */
export type SubjectVerdict =
  | { readonly subject: string; readonly status: 'pass' }
  | { readonly subject: string; readonly status: 'fail'; readonly message: string }
  /** `missing`: which file, process or right would tell. */
  | { readonly subject: string; readonly status: 'unknown'; readonly missing: string }
  | { readonly subject: string; readonly status: 'not-applicable'; readonly reason: string }
  /** A person must look; `gathered` is what is there to look at. */
  | { readonly subject: string; readonly status: 'manual'; readonly look: string; readonly gathered?: readonly string[] };

export type SubjectStatus = SubjectVerdict['status'];

/** Counts by status, before anything is counted. */
export const noSubjects = (): Record<SubjectStatus, number> => ({ pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, manual: 0 });

/** The subject of items that are about the cluster as a whole. */
export const clusterSubject = 'cluster';

/** What a control, or a part of one, comes to for a whole cluster. Undefined where nobody judged it. */
export function verdictOfPart(control: string, result: PartResult | undefined): SubjectVerdict {
  const subject = clusterSubject;
  switch (result?.outcome) {
    case 'pass': return { subject, status: 'pass' };
    case 'fail': return { subject, status: 'fail', message: `${result.failed} of ${result.passed + result.failed} that ${control} judged fail` };
    case 'not-applicable': return { subject, status: 'not-applicable', reason: `there is nothing that ${control} is about` };
    case 'unknown': return { subject, status: 'unknown', missing: `what ${control} could not read` };
    case 'error': return { subject, status: 'unknown', missing: `a result of ${control}, which broke` };
    case undefined: return { subject, status: 'unknown', missing: `a result of ${control}, which was not judged` };
  }
}
