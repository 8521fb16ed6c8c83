import type { Answer, AnsweredItem } from '#controls/frameworks/answers.js';
import type { FrameworkId } from '#controls/frameworks/frameworks.js';
import type { Outcome, PartResult } from '#controls/engine/evaluation.js';
import type { ControlOutcome, Scan } from '../scans/scan.js';

/** `manual`: no evidence of a cluster can answer the item. `not-covered`: some could, and no control looks at it. */
export const itemStatuses = ['pass', 'fail', 'unknown', 'not-applicable', 'manual', 'not-covered'] as const;
export type ItemStatus = (typeof itemStatuses)[number];

export type StatusCounts = Readonly<Record<ItemStatus, number>>;

/** What a control, or the part that answers, said in the scan. */
export interface AnswerResult extends Answer, Omit<PartResult, 'outcome'> {
  /** Null where the scan knew no such control or part, or the organisation's policy had it switched off: nobody looked. */
  readonly outcome: Outcome | null;
  readonly isSwitchedOff: boolean;
}

export interface ItemResult extends Omit<AnsweredItem, 'answers'> {
  readonly status: ItemStatus;
  readonly answers: readonly AnswerResult[];
}

/** Items by status, and what that comes to. Never show one ratio without the other. */
export interface Standing {
  readonly counts: StatusCounts;
  /** pass / (pass + fail), 0 to 1; null where nothing was decided. */
  readonly passRatio: number | null;
  /** Decided items of all that are not known to be not applicable, 0 to 1; null where there are none. */
  readonly coverage: number | null;
}

/** The scan that a report is made of. */
export interface ReportedScan {
  readonly scanId: string;
  /** When it looked at the cluster. */
  readonly scannedAt: Date;
  /** Nothing that was to be read was lost on the way. */
  readonly isComplete: boolean;
}

/** One cluster by one framework, in a word an item. Without a scan nothing is known of it. */
export interface ClusterStanding<I = Pick<ItemResult, 'number' | 'status'>> {
  readonly clusterId: string;
  readonly frameworkId: FrameworkId;
  readonly scan: ReportedScan | null;
  readonly standing: Standing;
  readonly items: readonly I[];
}

/** The same with what each control said. */
export type FrameworkReport = ClusterStanding<ItemResult>;

/** All clusters by one framework: items with how many clusters stand how. */
export interface FleetReport {
  readonly frameworkId: FrameworkId;
  readonly clusters: number;
  readonly neverScanned: number;
  /** When the cluster was looked at whose latest scan is the oldest; null where there is none. */
  readonly oldestScanAt: Date | null;
  readonly items: readonly (AnsweredItem & { readonly counts: StatusCounts })[];
}

/** What one scan said. */
export interface Said {
  readonly outcomes: ReadonlyMap<string, ControlOutcome>;
  /** Controls that the organisation's policy kept from being judged. */
  readonly switchedOff: readonly string[];
}

const none: Omit<AnswerResult, keyof Answer | 'isSwitchedOff'> = { outcome: null, passed: 0, failed: 0, unknown: 0, notApplicable: 0 };

/** The items as one scan saw them, with what each control said. */
export const judgeItems = (items: readonly AnsweredItem[], said: Said): readonly ItemResult[] =>
  items.map((item) => ({ number: item.number, title: item.title, outside: item.outside, status: statusOf(item, said), answers: item.answers.map((answer) => resultOf(answer, said)) }));

/** The same in a word an item: of a fleet, that is enough, and much less. */
export const standItems = (items: readonly AnsweredItem[], said: Said): readonly Pick<ItemResult, 'number' | 'status'>[] => items.map((item) => ({ number: item.number, status: statusOf(item, said) }));

function resultOf(answer: Answer, said: Said): AnswerResult {
  const { outcome, passed, failed, unknown, notApplicable } = saidOf(answer, said) ?? none;
  return { ...answer, outcome, passed, failed, unknown, notApplicable, isSwitchedOff: said.switchedOff.includes(answer.controlId) };
}

/** Undefined where nobody looked. */
function saidOf({ controlId, part }: Answer, { outcomes, switchedOff }: Said): PartResult | undefined {
  if (switchedOff.includes(controlId)) return undefined;
  const said = outcomes.get(controlId);
  return part === undefined ? said : said?.parts[part];
}

/** One failure fails it; short of that, one thing that could not be judged leaves it open. */
function statusOf({ outside, answers }: AnsweredItem, said: Said): ItemStatus {
  if (answers.length === 0) return outside === null ? 'not-covered' : 'manual';
  let isOpen = false;
  let isPassed = false;
  for (const answer of answers) {
    switch (saidOf(answer, said)?.outcome) {
      case 'fail': return 'fail';
      case 'pass': isPassed = true; break;
      case 'not-applicable': break;
      default: isOpen = true;
    }
  }
  return isOpen ? 'unknown' : isPassed ? 'pass' : 'not-applicable';
}

export function countStatuses(statuses: readonly ItemStatus[]): StatusCounts {
  const counts: Record<ItemStatus, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, manual: 0, 'not-covered': 0 };
  for (const status of statuses) counts[status]++;
  return counts;
}

export function standingOf(items: readonly Pick<ItemResult, 'status'>[]): Standing {
  const counts = countStatuses(items.map(({ status }) => status));
  const decided = counts.pass + counts.fail;
  const asked = items.length - counts['not-applicable'];
  return { counts, passRatio: decided === 0 ? null : counts.pass / decided, coverage: asked === 0 ? null : decided / asked };
}

/** `source`: whose evidence was judged once more. */
export const reportedScan = ({ id, isComplete, startedAt, requestedAt }: Scan, source: Scan | undefined): ReportedScan =>
  ({ scanId: id, isComplete, scannedAt: source?.startedAt ?? source?.requestedAt ?? startedAt ?? requestedAt });
