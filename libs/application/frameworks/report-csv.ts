import { answerText } from '#controls/frameworks/answers.js';
import { csv, type CsvCell } from '../csv.js';
import type { FleetReport, FrameworkReport } from './framework-report.js';
import type { FrameworkEntry } from './frameworks.service.js';

/** A row for each control that answers an item, and one for an item that none answers. */
export function reportCsv({ title, version }: FrameworkEntry, { clusterId, scan, items }: FrameworkReport): string {
  const rows: CsvCell[][] = [['framework', 'version', 'item', 'title', 'status', 'control', 'outcome', 'passed', 'failed', 'unknown', 'notApplicable', 'outside', 'clusterId', 'scanId', 'scannedAt']];
  for (const { number, title: asked, status, outside, answers } of items) {
    const head = [title, version, number, asked, status];
    const tail = [outside, clusterId, scan?.scanId ?? null, scan?.scannedAt ?? null];
    if (answers.length === 0) rows.push([...head, null, null, null, null, null, null, ...tail]);
    for (const { outcome, passed, failed, unknown, notApplicable, isSwitchedOff, ...answer } of answers) rows.push([...head, answerText(answer), isSwitchedOff ? 'switched-off' : outcome, passed, failed, unknown, notApplicable, ...tail]);
  }
  return csv(rows);
}

/** A row an item. */
export function fleetCsv({ title, version }: FrameworkEntry, { clusters, neverScanned, oldestScanAt, items }: FleetReport): string {
  return csv([
    ['framework', 'version', 'item', 'title', 'pass', 'fail', 'unknown', 'notApplicable', 'manual', 'notCovered', 'controls', 'outside', 'clusters', 'neverScanned', 'oldestScanAt'],
    ...items.map(({ number, title: asked, outside, answers, counts }): CsvCell[] => [
      title, version, number, asked, counts.pass, counts.fail, counts.unknown, counts['not-applicable'], counts.manual, counts['not-covered'],
      answers.map(answerText).join(' '), outside, clusters, neverScanned, oldestScanAt,
    ]),
  ]);
}
