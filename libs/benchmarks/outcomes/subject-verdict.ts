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
