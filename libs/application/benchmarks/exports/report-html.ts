import { levelText, type Section } from '#benchmarks/benchmark.js';
import { outcomeWords } from '#benchmarks/outcomes/attestation.js';
import type { BenchmarkReport, ReportedItem } from '../benchmark-report.js';
import type { BenchmarkRun } from '../benchmark-run.js';
import { html, Html, type HtmlPart } from './html.js';
import { styles } from './report-styles.js';

/** Subjects of an item that are shown; the report as CSV and JSON has more. */
const SHOWN = 25;

/**
 * The auditor's page: one file to print or keep, which loads nothing and runs nothing. Every item with its evidence, when and by
 * what it was judged, and how it is put right.
 */
export function benchmarkHtml(report: BenchmarkReport): string {
  const { run, benchmark, cluster, items } = report;
  const title = `${benchmark?.title ?? run.benchmark}: ${cluster.name}`;
  const bySection = new Map<string, ReportedItem[]>();
  for (const item of items) {
    const known = bySection.get(item.section);
    if (known) known.push(item);
    else bySection.set(item.section, [item]);
  }
  const sections = benchmark?.sections ?? [...bySection.keys()].map((id): Pick<Section, 'id' | 'title'> => ({ id, title: '' }));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light">
<title>${title}</title>
<style>${new Html(styles)}</style>
</head>
<body>
${masthead(report)}
<main>
${summary(report)}
${needsAttention(items)}
${sections.map(({ id, title: name }) => sectionOf(id, name, bySection.get(id) ?? []))}
</main>
<footer>
<p>Items, numbers and rules follow ${benchmark?.title ?? run.benchmark}; titles and remediation are Bulwark's own words. Levels are not part of what is carried and are not guessed.</p>
<p>Run ${run.id}, judged ${time(run.judgedAt)} by ${run.judgedBy}. Attestations as of ${time(report.asOf)}.</p>
</footer>
</body>
</html>
`.text;
}

function masthead({ run, benchmark, cluster, asOf }: BenchmarkReport): Html {
  const facts: readonly (readonly [string, string])[] = [
    ['Cluster', cluster.environment === null ? cluster.name : `${cluster.name} (${cluster.environment})`],
    ['Kubernetes', [cluster.version, cluster.platform === 'unknown' ? null : cluster.platform].filter((known) => known !== null).join(', ') || 'not known: see why this benchmark'],
    ['Benchmark', benchmark?.title ?? run.benchmark],
    ['Evidence of the API', sources[run.source](time(run.gatheredAt))],
    ['Evidence of nodes', nodesText(run)],
    ['Judged', `${time(run.judgedAt)} by ${run.judgedBy}`],
    ['Printed', time(asOf)],
  ];
  return html`<header>
<p class="kind">Benchmark report</p>
<h1>${benchmark?.title ?? run.benchmark}</h1>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="reason">${run.reason}</p>
${run.caveat !== null && html`<p class="caveat">${run.caveat}</p>`}
</header>`;
}

const sources: Readonly<Record<BenchmarkRun['source'], (at: string) => string>> = {
  live: (at) => `read from the cluster ${at}`,
  kept: (at) => `kept of ${at}`,
  nodes: () => 'none: nobody could ask the API',
};

const nodesText = ({ nodesListed, nodesWithEvidence }: BenchmarkRun): string => (nodesListed === null ? `${nodesWithEvidence === 1 ? 'one node' : `${nodesWithEvidence} nodes`}; nobody could list all there are` : `${nodesWithEvidence} of ${nodesListed} nodes`);

function summary({ run, counts, standing: { score, coverage, decided, applicable } }: BenchmarkReport): Html {
  const tiles: readonly (readonly [string, number, string])[] = [
    ['pass', counts.pass, 'pass, by evidence'], ['fail', counts.fail, 'fail, by evidence'], ['attested', counts.passAttested, 'pass, as attested'], ['fail', counts.failAttested, 'fail, as attested'],
    ['unknown', counts.unknown, 'unknown'], ['manual', counts.manual, 'manual'], ['na', counts.notApplicable, 'not applicable'],
  ];
  return html`<section class="summary">
<h2>How the cluster stands</h2>
<p class="score"><strong>${score === null ? 'Nothing was decided' : `${score.toFixed(1)} %`}</strong>${score !== null && ' of what was decided passes'};
<strong>${coverage === null ? 'nothing applies' : `${percent(coverage)} %`}</strong>${coverage !== null && ` of what applies was decided (${decided} of ${applicable} items)`}.</p>
<p class="note">Manual and unknown items count as neither pass nor fail. What a person attested is counted apart, and is not in the score.</p>
<ul class="tiles">${tiles.map(([kind, count, name]) => html`<li class="${kind}"><b>${count}</b> ${name}</li>`)}</ul>
${run.advice.length > 0 && html`<h3>What would decide more</h3><ul class="advice">${run.advice.map((advice) => html`<li>${advice}</li>`)}</ul>`}
</section>`;
}

/** Rounded down: 100 is said where all was decided only. */
const percent = (ratio: number): string => (Math.floor(ratio * 1000) / 10).toFixed(1);

function needsAttention(items: readonly ReportedItem[]): Html {
  const failing = items.filter(({ standsAs }) => standsAs === 'fail');
  if (failing.length === 0) return html`<section><h2>What fails</h2><p>No item fails by what could be decided.</p></section>`;
  return html`<section class="failing"><h2>What fails</h2>
<table><thead><tr><th scope="col">Item</th><th scope="col">Asks for</th><th scope="col">Found</th></tr></thead>
<tbody>${failing.map(({ itemId, item, says, regression }) => html`<tr><td><a href="#${anchor(itemId)}">${itemId}</a></td><td>${item?.title}</td><td>${says}${regression && html` <em>Passed before ${time(regression.at)}.</em>`}</td></tr>`)}</tbody></table></section>`;
}

function sectionOf(id: string, title: string, items: readonly ReportedItem[]): Html {
  if (items.length === 0) return html``;
  return html`<section class="items"><h2>${id} ${title}</h2>${items.map(itemOf)}</section>`;
}

function itemOf(reported: ReportedItem): Html {
  const { itemId, item, standsAs, shownAs, outcome, says, nodes, subjects, gathered, kubeBench, attestation, regression } = reported;
  return html`<article id="${anchor(itemId)}" class="${classes[standsAs]}">
<h3><span class="number">${itemId}</span> ${item?.title} <span class="outcome">${shownAs}</span></h3>
<p class="says">${says}</p>
<p class="meta">${[item && `${item.assessment} assessment`, levelText(item?.level), item && `about: ${item.target}`, nodes.total > 1 && `${nodes.pass} pass, ${nodes.fail} fail, ${nodes.unknown} unknown of ${nodes.total}`].filter(Boolean).join(' · ')}</p>
${regression && html`<p class="regressed">Regressed: it passed in run ${regression.beforeRunId} and failed on ${time(regression.at)}${regression.subjects.length > 0 && `, on ${regression.subjects.slice(0, 5).map(({ subject }) => subject).join(', ')}${regression.subjectCount > 5 ? ` and ${regression.subjectCount - 5} more` : ''}`}. Not seen to be mended since.</p>`}
${attestation && html`<p class="attestation">${attestation.person} on ${day(attestation.attestedAt)}, until ${day(attestation.expiresAt)}${attestation.state === 'expired' && ' (expired: it counts for nothing)'}${attestation.state === 'unused' && ' (not needed: evidence decided)'}: ${attestation.verdict}. “${attestation.statement}”${attestation.attachmentName !== null && html` Attachment ${attestation.attachmentName}, SHA-256 <code>${attestation.attachmentSha256}</code>.`}</p>`}
${evidenceOf(subjects, nodes.total)}
${gathered.length > 0 && html`<details open><summary>To look at</summary><ul>${gathered.slice(0, SHOWN).map((one) => html`<li>${one}</li>`)}</ul>${more(gathered.length)}</details>`}
${kubeBench && html`<p class="other">kube-bench says ${kubeBench.status}${kubeBench.agrees ? ', and agrees' : kubeBench.because === undefined ? '; the two differ' : `; the two differ: ${kubeBench.because}`}.</p>`}
${item && (outcome === 'fail' || outcome === 'manual' || outcome === 'unknown') && html`<p class="remediation"><b>${outcome === 'fail' ? 'Put it right' : 'As it should be'}:</b> ${prose(item.remediation)}</p>`}
${item?.caveat !== undefined && html`<p class="note">${prose(item.caveat)}</p>`}${item?.note !== undefined && html`<p class="note">${prose(item.note)}</p>`}
</article>`;
}

function evidenceOf(subjects: ReportedItem['subjects'], total: number): Html {
  if (subjects === undefined) return html`<p class="note">What single subjects said is no longer kept.</p>`;
  if (subjects.length === 0) return html``;
  return html`<table class="evidence"><thead><tr><th scope="col">Subject</th><th scope="col">Verdict</th><th scope="col">Found</th><th scope="col">Where</th><th scope="col">Gathered</th></tr></thead>
<tbody>${subjects.slice(0, SHOWN).map(({ subject, status, text, found, source, at, gatheredAt }) => html`<tr class="${classes[status]}"><td>${subject}</td><td>${outcomeWords[status]}</td><td>${found !== undefined && html`<code>${found}</code> `}${text}</td><td>${[source, at].filter(Boolean).join(': ')}</td><td>${gatheredAt !== undefined && time(new Date(gatheredAt))}</td></tr>`)}</tbody></table>${more(total)}`;
}

const more = (total: number): Html | false => total > SHOWN && html`<p class="note">${SHOWN} of ${total}, the worst first; the report as CSV has up to a hundred.</p>`;

/** What stands between backquotes is code. */
const prose = (text: string): readonly HtmlPart[] => text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`));

const classes = { pass: 'pass', fail: 'fail', unknown: 'unknown', manual: 'manual', 'not-applicable': 'na' } as const;

const anchor = (itemId: string): string => `item-${itemId.replace(/[^\w.-]/g, '-')}`;

const time = (at: Date): string => (Number.isNaN(at.getTime()) ? 'at a time not known' : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`);
const day = (at: Date): string => at.toISOString().slice(0, 10);
