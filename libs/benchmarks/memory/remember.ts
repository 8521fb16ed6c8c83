import type { BenchmarkId } from '../benchmark.js';
import { meaningIn } from '../editions.js';
import { differenceOf } from '../item-history.js';
import type { JudgedItem, SubjectResult } from '../judge/judgement.js';
import type { ClusterMemory, ItemMemory, SubjectMemory } from './cluster-memory.js';
import { seenSubjects, type SeenSubject } from './seen-subjects.js';

/** A run as memory takes it. */
export interface JudgedRun {
  readonly runId: string;
  readonly benchmark: BenchmarkId;
  readonly items: readonly JudgedItem[];
  /** Nodes with evidence of their own. */
  readonly nodes: readonly string[];
  /** Somebody listed the nodes: where not, a whole that passes is only what was looked at, and another node is no news of it. */
  readonly areNodesListed: boolean;
}

/** A subject that was decided as pass and is decided as fail. */
export interface Regressed extends Pick<SubjectResult, 'subject' | 'text' | 'at' | 'source'> {
  /** The value as it was; undefined where it was not kept, or the subject was not there. */
  readonly before?: string;
  readonly after?: string;
}

/** An item that passed when it was last decided, as a whole or on these subjects, and fails. */
export interface Regression {
  readonly itemId: string;
  readonly meaning: string;
  /** The run that last said pass. */
  readonly beforeRunId: string;
  readonly subjects: readonly Regressed[];
  /** How many there are: of very many not all are known by name. */
  readonly subjectCount: number;
}

export interface Remembered {
  readonly memory: ClusterMemory;
  readonly regressions: readonly Regression[];
}

/** Longest value that is remembered. */
const LONGEST = 200;

/**
 * Compares a run with what is remembered, and remembers it. Pass to fail is a regression however many runs in between
 * could not tell; what was never decided regresses from nothing. Where another benchmark asks for something else under
 * the same meaning, that item begins anew.
 */
export function remember(known: ClusterMemory | undefined, run: JudgedRun): Remembered {
  const asksOtherwise = known ? changedMeanings(known.benchmark, run.benchmark) : new Set<string>();
  const regressions: Regression[] = [];
  // What this benchmark does not ask for may be asked for again by the next.
  const items = new Map(Object.entries(known?.items ?? {}).filter(([meaning]) => !asksOtherwise.has(meaning)));
  for (const item of run.items) {
    const meaning = meaningIn(run.benchmark, item.id);
    const before = knownItem(items.get(meaning), known?.nodes ?? {});
    const seen = seenSubjects(item);
    const regression = before && regressionOf(before, item, seen);
    if (regression) regressions.push({ itemId: item.id, meaning, ...regression });
    const after = remembered(before, item, seen, run);
    if (after) items.set(meaning, after);
    else items.delete(meaning);
  }
  return { memory: { version: 1, benchmark: run.benchmark, nodes: nodesOf(items.values(), known, run), items: Object.fromEntries(items) }, regressions };
}

/** An item's memory, ready to be asked. */
interface Known {
  readonly passedIn: string | undefined;
  readonly subjects: ReadonlyMap<string, SubjectMemory>;
  readonly restPassedIn: string | undefined;
  readonly rest: ReadonlySet<string>;
}

function knownItem(item: ItemMemory | undefined, nodes: ClusterMemory['nodes']): Known | undefined {
  if (!item) return undefined;
  const { passedIn, restPassedIn } = item;
  return { passedIn, restPassedIn, subjects: new Map(item.subjects.map((memory) => [memory[0], memory])), rest: new Set(restPassedIn === undefined ? [] : nodes[restPassedIn]) };
}

function passedIn({ subjects, rest, restPassedIn }: Known, subject: string): string | undefined {
  const memory = subjects.get(subject);
  if (memory) return memory[1] === 'p' ? memory[2] : undefined;
  return rest.has(subject) ? restPassedIn : undefined;
}

function regressionOf(before: Known, { outcome, nodes }: JudgedItem, seen: ReadonlyMap<string, SeenSubject>): Pick<Regression, 'beforeRunId' | 'subjects' | 'subjectCount'> | undefined {
  if (outcome !== 'fail') return undefined;
  const failing = [...seen.values()].filter(({ status }) => status === 'fail');
  // A whole that passed had evidence of every subject, so that one which nobody knew then is new.
  const regressed = before.passedIn === undefined ? failing.filter(({ subject }) => passedIn(before, subject) !== undefined) : failing;
  const beforeRunId = before.passedIn ?? (regressed[0] && passedIn(before, regressed[0].subject));
  if (beforeRunId === undefined || regressed.length === 0) return undefined;
  return {
    beforeRunId, subjects: regressed.map((subject) => changed(subject, before.subjects.get(subject.subject)?.[3] ?? undefined)),
    subjectCount: before.passedIn === undefined ? regressed.length : Math.max(regressed.length, nodes.fail),
  };
}

const changed = ({ subject, text, found, at, source }: SeenSubject, before: string | undefined): Regressed => ({
  subject, text, ...(before !== undefined && { before }), ...(found !== undefined && { after: found }), ...(at !== undefined && { at }), ...(source !== undefined && { source }),
});

function remembered(before: Known | undefined, { outcome, nodes }: JudgedItem, seen: ReadonlyMap<string, SeenSubject>, { runId, areNodesListed }: JudgedRun): ItemMemory | undefined {
  if (outcome === 'not-applicable') return undefined;
  const isDecided = outcome === 'pass' || outcome === 'fail';
  const areAllSeen = seen.size >= nodes.total;
  const areFailuresNamed = [...seen.values()].filter(({ status }) => status === 'fail').length >= nodes.fail;
  const restPassed = !areAllSeen && isDecided && areFailuresNamed && nodes.unknown + nodes.manual + nodes.notApplicable === 0;
  const subjects = new Map(before?.subjects);
  // Where every subject is accounted for, those that are not there any more are forgotten; where some fail that have no name, who passed is not known.
  if ((areAllSeen && areNodesListed) || restPassed || !areFailuresNamed) for (const subject of subjects.keys()) if (!seen.has(subject)) subjects.delete(subject);
  for (const { subject, status, found = '' } of seen.values()) {
    if (status === 'pass' || status === 'fail') subjects.set(subject, [subject, status === 'pass' ? 'p' : 'f', runId, found === '' ? null : found.slice(0, LONGEST)]);
    else if (status === 'not-applicable') subjects.delete(subject);
  }
  const wholePassedIn = outcome === 'pass' && areNodesListed ? runId : outcome === 'fail' ? undefined : before?.passedIn;
  const restPassedIn = restPassed ? runId : areAllSeen || !areFailuresNamed ? undefined : before?.restPassedIn;
  if (subjects.size === 0 && wholePassedIn === undefined) return undefined;
  return { ...(wholePassedIn !== undefined && { passedIn: wholePassedIn }), subjects: [...subjects.values()], ...(restPassedIn !== undefined && { restPassedIn }) };
}

function nodesOf(items: Iterable<ItemMemory>, known: ClusterMemory | undefined, { runId, nodes }: JudgedRun): ClusterMemory['nodes'] {
  const runs = new Set([...items].flatMap(({ restPassedIn }) => restPassedIn ?? []));
  return Object.fromEntries([...runs].map((run) => [run, run === runId ? nodes : (known?.nodes[run] ?? [])]));
}

/** Meanings that the two ask for in different ways. */
function changedMeanings(from: BenchmarkId, to: BenchmarkId): ReadonlySet<string> {
  return from === to ? new Set() : new Set(differenceOf(from, to).changed.map(({ id }) => meaningIn(to, id)));
}
