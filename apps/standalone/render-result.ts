import type { Cluster } from '#application/clusters/cluster.js';
import type { Finding } from '#application/findings/finding.js';
import type { ControlResult, LayerSummary, Scan } from '#application/scans/scan.js';
import type { Control, Severity } from '#controls/engine/control.js';

export interface ResultInput {
  readonly cluster: Cluster;
  readonly scan: Scan;
  readonly results: readonly ControlResult[];
  /** Open findings, worst first; enough for the list. */
  readonly findings: readonly Finding[];
  /** Transitions of this scan, where an earlier one is known. */
  readonly changes?: readonly { readonly transition: string; readonly severity: Severity | null; readonly text: string }[];
  readonly controlById: ReadonlyMap<string, Control>;
  readonly columns: number;
  readonly color: boolean;
}

const WORST = 8;
const CHANGES = 12;

const colors = { red: '31', yellow: '33', green: '32', cyan: '36', dim: '2', bold: '1' } as const;
type Paint = (color: keyof typeof colors, text: string) => string;

const severityColor: Readonly<Record<Severity, keyof typeof colors>> = { critical: 'red', high: 'red', medium: 'yellow', low: 'cyan', info: 'dim' };

/** What a cluster wrote may hold control characters; none reaches the terminal. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '\uFFFD');

/** The result as people read it: verdicts by layer, what changed, the worst first with why and fix, and what could not be judged. */
export function renderResult(input: ResultInput): string {
  const paint: Paint = (color, text) => (input.color ? `\u001b[${colors[color]}m${text}\u001b[0m` : text);
  return [headline(input, paint), layerTable(input, paint), changesOf(input, paint), worst(input, paint), coverage(input, paint)].filter((block) => block !== '').join('\n\n');
}

function headline({ cluster, scan }: ResultInput, paint: Paint): string {
  const counts = scan.summary!.counts;
  const what = [cluster.platform === 'unknown' || cluster.platform === null ? undefined : cluster.platform, cluster.version ?? undefined, `${counts.nodes} nodes`, `${counts.namespaces} namespaces`, `${counts.workloads} workloads`, `${counts.pods} pods`].filter((piece) => piece !== undefined);
  const { score } = scan.summary!;
  const ratio = scan.coverage!.ratio;
  const scored = score === null || ratio === null ? 'nothing could be judged' : `score ${score.toFixed(1)} of 100, judged on ${(ratio * 100).toFixed(1)} % of what applies`;
  return `${paint('bold', `Cluster ${printable(cluster.name)}`)}  ${paint('dim', printable(what.join(', ')))}\n${scored}`;
}

function layerTable({ scan }: ResultInput, paint: Paint): string {
  const rows = scan.summary!.layers.map((layer: LayerSummary) => [
    layer.layer,
    String(layer.controls.pass), String(layer.controls.fail), String(layer.controls.unknown + layer.controls.error), String(layer.controls['not-applicable']),
    `${layer.passed} pass, ${layer.failed} fail${layer.unknown > 0 ? `, ${layer.unknown} unknown` : ''}`,
  ]);
  const head = ['layer', 'pass', 'fail', 'unknown', 'n/a', 'resources'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[], painted: (cell: string, column: number) => string = (cell) => cell): string =>
    cells.map((cell, column) => painted(column === 0 || column === 5 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!), column)).join('  ').trimEnd();
  return [
    paint('dim', line(head)),
    ...rows.map((row) => line(row, (cell, column) => (Number(cell) > 0 && column === 2 ? paint('red', cell) : Number(cell) > 0 && column === 3 ? paint('yellow', cell) : cell))),
  ].join('\n');
}

function changesOf({ scan, changes }: ResultInput, paint: Paint): string {
  if (!changes) return '';
  const { findings } = scan.summary!;
  const total = findings.opened + findings.reopened + findings.regressed + findings.resolved;
  if (total === 0) return `${paint('bold', 'Since the last scan')}: nothing changed, ${findings.stillOpen} findings are still open`;
  const head = `${paint('bold', 'Since the last scan')}: ${findings.opened} opened, ${findings.reopened} reopened, ${findings.regressed} regressed, ${findings.resolved} resolved, ${findings.stillOpen} still open`;
  const lines = changes.slice(0, CHANGES).map((change) => `  ${(change.transition === 'resolved' ? paint('green', '-') : paint('red', '+'))} ${change.transition.padEnd(9)} ${(change.severity ?? '').padEnd(8)} ${printable(change.text)}`);
  return [head, ...lines, ...(total > CHANGES ? [paint('dim', `  … and ${total - CHANGES} more`)] : [])].join('\n');
}

function worst({ scan, findings, controlById, columns }: ResultInput, paint: Paint): string {
  const open = scan.summary!.findings.open;
  const count = Object.values(open).reduce((sum, n) => sum + n, 0);
  if (count === 0) return paint('green', 'No finding is open.');
  const bySeverity = (['critical', 'high', 'medium', 'low', 'info'] as const).filter((severity) => open[severity] > 0).map((severity) => paint(severityColor[severity], `${open[severity]} ${severity}`));
  const lines = [`${paint('bold', 'Open findings')}: ${bySeverity.join(', ')}. The worst first:`];
  // One block a control: the same advice ten times is no advice.
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.controlId}`;
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  for (const group of [...groups.values()].slice(0, WORST)) {
    const first = group[0]!;
    const control = controlById.get(first.controlId);
    lines.push('', `${paint(severityColor[first.severity], first.severity.toUpperCase().padEnd(8))} ${paint('bold', control?.title ?? first.controlId)}  ${paint('dim', first.controlId)}`);
    for (const finding of group.slice(0, 3)) lines.push(...wrapped(`${printable(resourceText(finding))}: ${printable(finding.message)}`, '    ', columns));
    if (group.length > 3) lines.push(paint('dim', `    … and ${group.length - 3} more`));
    if (control) lines.push(...wrapped(`why  ${control.why}`, '    ', columns).map((line) => paint('dim', line)), ...wrapped(`fix  ${control.remediation}`, '    ', columns));
  }
  if (groups.size > WORST) lines.push('', paint('dim', `… and ${groups.size - WORST} more controls have findings of this or a lower severity: see /v1/findings`));
  return lines.join('\n');
}

const resourceText = (finding: Finding): string => `${finding.kind} ${finding.namespace === '' ? '' : `${finding.namespace}/`}${finding.name}`;

function coverage({ results, scan, columns }: ResultInput, paint: Paint): string {
  const lines: string[] = [];
  const reasons = new Map<string, string[]>();
  for (const result of results) {
    if (result.error !== null) lines.push(`  ${result.controlId}: the control broke (${printable(result.error)})`);
    for (const group of result.unknowns) {
      const reason = group.missing.detail;
      const list = reasons.get(reason);
      if (!list) reasons.set(reason, [result.controlId]);
      else if (!list.includes(result.controlId)) list.push(result.controlId);
    }
  }
  for (const [reason, controls] of reasons) lines.push(...wrapped(`${printable(reason)}: ${controls.slice(0, 4).join(', ')}${controls.length > 4 ? ` and ${controls.length - 4} more` : ''}`, '  ', columns));
  if (lines.length === 0) return scan.isComplete ? '' : 'Some lists were not read to their end; nothing was resolved by them.';
  return [paint('bold', 'Not judged, and why'), ...lines].join('\n');
}

/** Lines of at most `columns` characters, broken at spaces. */
function wrapped(text: string, indent: string, columns: number): string[] {
  const width = Math.max(40, Math.min(columns, 110)) - indent.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}
