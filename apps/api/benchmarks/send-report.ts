import type { FastifyReply } from 'fastify';
import type { BenchmarkReport } from '#application/benchmarks/benchmark-report.js';
import { benchmarkCsv } from '#application/benchmarks/exports/report-csv.js';
import { benchmarkHtml } from '#application/benchmarks/exports/report-html.js';
import { benchmarkOscal } from '#application/benchmarks/exports/report-oscal.js';
import { sendCsv } from '../http/send-csv.js';
import { BenchmarkReportView } from './benchmark-run.view.js';

export type ReportFormat = 'json' | 'csv' | 'html' | 'oscal';

/** What `format` may ask for beside JSON of ours. */
export const reportMedia = { type: ['text/csv', 'text/html', 'application/oscal+json'], about: 'The report. As CSV, as a page to print, or as OSCAL assessment results where `format` asks for it.' } as const;

/** The report as it was asked for; names are made of our ids alone. */
export function sendReport(reply: FastifyReply, report: BenchmarkReport, format: ReportFormat = 'json'): BenchmarkReportView | string {
  const name = `${report.run.benchmark}-${report.run.clusterId}`;
  switch (format) {
    case 'json': return BenchmarkReportView.of(report);
    case 'csv': return sendCsv(reply, name, benchmarkCsv(report));
    case 'html':
      // It is shown under our own address: whatever a cluster wrote into it, nothing of it may run or load.
      void reply.header('content-type', 'text/html; charset=utf-8').header('content-disposition', `inline; filename="${name}.html"`).header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
      return benchmarkHtml(report);
    case 'oscal':
      void reply.header('content-type', 'application/oscal+json; charset=utf-8').header('content-disposition', `attachment; filename="${name}.oscal.json"`);
      return JSON.stringify(benchmarkOscal(report));
  }
}

/** Formats that show subject by subject. */
export const needsSubjects = (format: ReportFormat | undefined): 'subjects' | undefined => (format === undefined || format === 'json' ? undefined : 'subjects');
