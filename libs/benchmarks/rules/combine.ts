import type { SubjectStatus } from '../outcomes/subject-verdict.js';

export const worstFirst: readonly SubjectStatus[] = ['fail', 'unknown', 'manual', 'pass', 'not-applicable'];

/** What `all` and `any` come to, worst or best first. A rule that does not apply says nothing for or against. */
const orders = {
  all: worstFirst,
  any: ['pass', 'unknown', 'manual', 'fail', 'not-applicable'],
} as const satisfies Record<string, readonly SubjectStatus[]>;

/** Which of several statuses of one subject counts. Of none at all nothing is known. */
export const combined = (how: keyof typeof orders, statuses: readonly SubjectStatus[]): SubjectStatus => orders[how].find((status) => statuses.includes(status)) ?? 'unknown';
