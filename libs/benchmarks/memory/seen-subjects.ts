import type { JudgedItem, SubjectResult } from '../judge/judgement.js';

export type SeenSubject = Pick<SubjectResult, 'subject' | 'status' | 'text'> & Partial<SubjectResult>;

/**
 * Every subject whose status is known by name: those that are listed, and all that fail. One of which several controls say
 * something is listed with each, the worst first, and that counts.
 */
export function seenSubjects({ outcome, causes, subjects }: Pick<JudgedItem, 'outcome' | 'causes' | 'subjects'>): ReadonlyMap<string, SeenSubject> {
  const seen = new Map<string, SeenSubject>();
  for (const subject of subjects) if (!seen.has(subject.subject)) seen.set(subject.subject, subject);
  for (const cause of outcome === 'fail' ? causes : []) {
    for (const subject of cause.subjects) if (!seen.has(subject)) seen.set(subject, { subject, status: 'fail', text: cause.text });
  }
  return seen;
}

/**
 * The regressed subjects are all seen to pass by now; or the item passes or asks for nothing, where somebody listed the
 * nodes. What is not seen mends nothing.
 */
export function isMended(item: JudgedItem, subjects: readonly string[], areNodesListed: boolean): boolean {
  if (areNodesListed && (item.outcome === 'pass' || item.outcome === 'not-applicable')) return true;
  const seen = seenSubjects(item);
  return subjects.length > 0 && subjects.every((subject) => seen.get(subject)?.status === 'pass');
}
