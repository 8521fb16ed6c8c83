import type { Cluster } from '#application/clusters/cluster.js';
import type { Finding } from '#application/findings/finding.js';
import type { ControlResult, LayerSummary, Scan } from '#application/scans/scan.js';
import { severities, type Control, type Severity } from '#controls/engine/control.js';
import { printable } from '#operations/printable.js';
import { atMost, clipped, counted, firstSentence, wrapped } from './listing.js';

/** A control with open findings. */
export interface OpenControl {
  readonly id: string;
  readonly severity: Severity;
  /** Absent for one that this version does not know any more. */
  readonly control: Pick<Control, 'title' | 'why' | 'remediation'> | undefined;
  readonly count: number;
}

/** What a finished scan has to say. */
export interface Result {
  readonly cluster: Cluster;
  readonly scan: Scan;
  readonly results: readonly ControlResult[];
  /** Worst first, each with one of its findings. */
  readonly worst: readonly (OpenControl & { readonly example: Finding | undefined })[];
  /** The other ones with open findings, worst first. */
  readonly others: readonly OpenControl[];
  /** What this scan opened or closed, worst first; absent where there is no earlier one. */
  readonly changes?: readonly Finding[];
}

export interface Page {
  readonly columns: number;
  readonly color: boolean;
}

/** Changes shown; of them, resolved ones where there are more of the others. */
const CHANGES = 10;
const CLOSED = 3;
const REASONS = 6;
/** Longer lines are hard to read. */
const WIDEST = 110;

const colors = { red: '31', yellow: '33', green: '32', cyan: '36', dim: '2', bold: '1' } as const;
type Paint = (color: keyof typeof colors, text: string) => string;

const severityColor: Readonly<Record<Severity, keyof typeof colors>> = { critical: 'red', high: 'red', medium: 'yellow', low: 'cyan', info: 'dim' };

/** The result as people read it: verdicts by layer, what changed, the worst with why and fix, and what could not be judged. */
export function renderResult(result: Result, { columns, color }: Page): string {
  const paint: Paint = (name, text) => (color ? `\u001b[${colors[name]}m${text}\u001b[0m` : text);
  const width = Math.max(40, Math.min(columns, WIDEST));
  const blocks = [headline, layerTable, changesOf, worstOf, notJudged];
  return blocks.map((block) => block(result, paint, width)).filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n');
}

type Block = (result: Result, paint: Paint, width: number) => readonly string[];

const headline: Block = ({ cluster, scan }, paint, width) => {
  const { counts, score } = scan.summary!;
  const { ratio } = scan.coverage!;
  const pieces = [
    ...(cluster.platform === null || cluster.platform === 'unknown' ? [] : [cluster.platform]),
    ...(cluster.version === null ? [] : [cluster.version]),
    counted(counts.nodes, 'node'), counted(counts.namespaces, 'namespace'), counted(counts.workloads, 'workload'), counted(counts.pods, 'pod'),
  ];
  const scored = score === null || ratio === null ? 'Nothing could be judged' : `Score ${score.toFixed(1)} of 100, judged on ${(ratio * 100).toFixed(1)} % of what applies`;
  const [name, ...rest] = wrapped(`${printable(cluster.name)}: ${printable(pieces.join(', '))}`, '', width);
  return [paint('bold', name!), ...rest, scored];
};

const layerTable: Block = ({ scan }, paint) => {
  const titles = ['layer', 'pass', 'fail', 'unknown', 'n/a', 'pass', 'fail', 'unknown'];
  const rows = scan.summary!.layers.map(({ layer, controls, passed, failed, unknown }: LayerSummary) =>
    [layer, controls.pass, controls.fail, controls.unknown + controls.error, controls['not-applicable'], passed, failed, unknown].map(String),
  );
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)) + (column === firstOfResources ? 3 : 0));
  const line = (cells: readonly string[], painted: (cell: string, column: number) => string = (cell) => cell): string =>
    cells.map((cell, column) => painted(column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!), column)).join('  ');
  const above = (from: number, to: number, title: string): string => title.padEnd(widths.slice(from, to).reduce((sum, width) => sum + width + 2, 0));
  return [
    paint('dim', `${above(0, 1, '')}${above(1, firstOfResources, 'controls')}   ${above(firstOfResources, titles.length, 'resources').trimEnd()}`),
    paint('dim', line(titles)),
    ...rows.map((row) => line(row, (cell, column) => (Number(cell) === 0 ? paint('dim', cell) : column === 2 ? paint('red', cell) : column === 3 ? paint('yellow', cell) : cell))),
  ];
};

/** Column of the table where the second group begins. */
const firstOfResources = 5;

const changesOf: Block = ({ scan, changes }, paint, width) => {
  if (!changes) return [];
  const { opened, reopened, regressed, resolved, stillOpen } = scan.summary!.findings;
  const title = paint('bold', 'Since the last scan');
  const total = opened + reopened + regressed + resolved;
  if (total === 0) return [`${title}: nothing changed, ${counted(stillOpen, 'finding')} still open`];
  const counts = Object.entries({ opened, reopened, regressed, resolved, 'still open': stillOpen }).filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`);
  const closed = changes.filter(({ state }) => state === 'resolved');
  // Good news gets its place too.
  const news = changes.filter(({ state }) => state === 'open').slice(0, CHANGES - Math.min(closed.length, CLOSED));
  const lines = [...news, ...closed.slice(0, CHANGES - news.length)].map((finding) => {
    const isResolved = finding.state === 'resolved';
    const line = `${finding.transition.padEnd(9)}  ${finding.severity.padEnd(8)}  ${finding.controlId}: ${nameOf(finding)}${finding.part === '' ? '' : ` (${finding.part})`}`;
    return `${isResolved ? paint('green', '  -') : paint('red', '  +')} ${clipped(printable(line), width - 4)}`;
  });
  return [`${title}: ${counts.join(', ')}`, ...lines, ...(total > lines.length ? [paint('dim', `    … and ${total - lines.length} more, see /v1/events`)] : [])];
};

const worstOf: Block = ({ scan, worst, others }, paint, width) => {
  const { open } = scan.summary!.findings;
  const counts = severities.filter((severity) => open[severity] > 0).map((severity) => paint(severityColor[severity], `${open[severity]} ${severity}`));
  if (counts.length === 0) return [paint('green', 'No finding is open.')];
  return [
    `${paint('bold', 'Open findings')}: ${counts.join(', ')}. The worst:`,
    ...worst.flatMap((group) => ['', ...advice(group, paint, width)]),
    ...(others.length === 0 ? [] : ['', ...atMost(3, wrapped(`And ${counted(others.length, 'more control')}: ${others.map(({ id, count }) => `${id} (${count})`).join(', ')}`, '', width), width)]),
  ];
};

/** One block a control: the same advice ten times is no advice. */
function advice({ id, severity, control, count, example }: Result['worst'][number], paint: Paint, width: number): readonly string[] {
  return [
    `${paint(severityColor[severity], severity.toUpperCase().padEnd(8))}  ${paint('bold', id)}  ${counted(count, 'finding')}`,
    ...(control ? wrapped(`${control.title}.`, '  want  ', width) : []),
    ...(example ? atMost(2, wrapped(printable(`${nameOf(example)}: ${example.message}`), '  seen  ', width), width) : []),
    ...(control ? wrapped(firstSentence(control.why), '  why   ', width).map((line) => paint('dim', line)) : []),
    ...(control ? wrapped(firstSentence(control.remediation), '  fix   ', width) : []),
  ];
}

const nameOf = ({ kind, namespace, name }: Finding): string => (kind === 'Cluster' ? 'the cluster' : `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`);

const notJudged: Block = ({ scan, results }, paint, width) => {
  const reasons = new Map<string, Set<string>>();
  const note = (reason: string, controlId: string): unknown => reasons.get(reason)?.add(controlId) ?? reasons.set(reason, new Set([controlId]));
  for (const { controlId, error, unknowns } of results) {
    if (error !== null) note(`the control itself broke (${error}), which is a bug`, controlId);
    for (const { missing } of unknowns) note(missing.detail, controlId);
  }
  if (reasons.size === 0) return [];
  const left = reasons.size - REASONS;
  return [
    paint('bold', 'Not judged, and why'),
    ...[...reasons].slice(0, REASONS).flatMap(([reason, ids]) => {
      const [first, ...rest] = ids;
      return wrapped(`${printable(reason)} (${first!}${rest.length > 0 ? ` and ${rest.length} more` : ''})`, '  - ', width);
    }),
    ...(left > 0 ? [`  - and ${left} more, see /v1/scans/${scan.id}/results`] : []),
  ];
};
