import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#application/app-error.js';
import type { Cluster } from '#application/clusters/cluster.js';
import type { Finding } from '#application/findings/finding.js';
import { isActive, type Scan } from '#application/scans/scan.js';
import { controlById } from '#controls/catalogue.js';
import { EmbeddedPostgresError } from '#database/embedded/embedded-postgres.js';
import { createLogger } from '#operations/logger.js';
import { bringIn } from './bring-in.js';
import { Installation } from './installation.js';
import { DEFAULT_PORT, parseOptions, snapshotCommand, UsageError, type StandaloneOptions } from './options.js';
import { ProgressLine } from './progress-line.js';
import { printable, renderResult, type ResultInput } from './render-result.js';
import { startService, type Service } from './start-service.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

/** Exit codes: 0 judged, 1 broken, 2 could not be judged or wrong usage. */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), process.env, (text) => void process.stdout.write(text));
  if (!options) return 0;
  const interrupt = interruption();
  const log = createLogger({ level: process.env['BULWARK_LOG_LEVEL'] === 'debug' ? 'debug' : 'warn', format: 'auto', service: 'standalone' });
  const installation = new Installation(options.dataDirectory);
  say(`Bulwark is starting, data in ${options.dataDirectory}`);
  const service = await startService(installation, { fresh: options.fresh, port: options.port, isPortWished: options.port !== DEFAULT_PORT, log, say });
  try {
    const outcome = await Promise.race([scanOnce(service, options), interrupt]);
    if (outcome === 'interrupted') return 130;
    if (options.once) return outcome ? 0 : 2;
    say(whereToGoOn(service, installation));
    const ended = await Promise.race([interrupt, service.postgres.exited]);
    if (ended !== 'interrupted') {
      complain('The database ended by itself; start again. What was stored is kept.');
      return 1;
    }
    say('stopping …');
    return 0;
  } finally {
    await service.stop();
  }
}

/** Brings in the evidence, waits for its scan and prints the result. False where it could not be judged. */
async function scanOnce(service: Service, { source }: StandaloneOptions): Promise<boolean> {
  let cluster: Cluster;
  let scan: Scan;
  try {
    ({ cluster, scan } = await bringIn(source, service));
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    complain(`The cluster could not be brought in: ${reason}`);
    return false;
  }
  service.work.nudge();
  const line = new ProgressLine(process.stderr);
  while (isActive(scan.state)) {
    line.show(scan.progress);
    await sleep(150);
    scan = await service.services.scans.get(service.caller, scan.id);
  }
  line.end();
  if (scan.state !== 'finished') {
    complain(`The scan could not judge ${printable(cluster.name)}: ${printable(scan.failure?.detail ?? `it was ${scan.state}`)}`);
    return false;
  }
  say(`\n${renderResult(await resultOf(service, cluster.id, scan))}\n`);
  return true;
}

async function resultOf({ services, caller }: Service, clusterId: string, scan: Scan): Promise<ResultInput> {
  const cluster = await services.clusters.get(caller, clusterId);
  const { results } = await services.scans.results(caller, scan.id);
  const findings: Finding[] = [];
  for (let after: string | undefined; findings.length < 500; ) {
    const page = await services.findings.list(caller, { clusterId, state: 'open' }, { first: 100, ...(after !== undefined && { after }) });
    findings.push(...page.edges.map(({ node }) => node));
    if (!page.hasNextPage || page.endCursor === null) break;
    after = page.endCursor;
  }
  const earlier = await services.scans.list(caller, { clusterId, state: 'finished' }, { first: 2 });
  return {
    cluster, scan, results, findings, controlById,
    ...(earlier.edges.length > 1 && { changes: await changesOf({ services, caller }, scan) }),
    columns: process.stdout.columns ?? 100,
    color: process.stdout.isTTY && !process.env['NO_COLOR'],
  };
}

/** The findings that this scan opened or closed. */
async function changesOf({ services, caller }: Pick<Service, 'services' | 'caller'>, scan: Scan): Promise<NonNullable<ResultInput['changes']>> {
  const state = async (wanted: 'open' | 'resolved') => (await services.findings.list(caller, { clusterId: scan.clusterId, state: wanted }, { first: 100 })).edges.map(({ node }) => node);
  const { opened, reopened, regressed, resolved } = scan.summary!.findings;
  const found = [...(opened + reopened + regressed > 0 ? await state('open') : []), ...(resolved > 0 ? await state('resolved') : [])];
  return found
    .filter((finding) => finding.changedAt >= (scan.startedAt ?? scan.requestedAt) && finding.lastScanId === scan.id)
    .map((finding) => ({ transition: finding.transition, severity: finding.severity, text: `${finding.controlId}  ${finding.kind} ${finding.namespace === '' ? '' : `${finding.namespace}/`}${finding.name}${finding.part === '' ? '' : ` (${finding.part})`}` }));
}

function whereToGoOn({ url }: Service, installation: Installation): string {
  return [
    `Bulwark serves on ${url} until Ctrl-C`,
    `  REST     ${url}/docs   (OpenAPI: ${url}/openapi.json)`,
    `  GraphQL  ${url}/graphiql`,
    `  key      ${installation.apiKey() ?? ''}   (also in ${installation.apiKeyFile})`,
    `  try      curl -H "Authorization: Bearer $(cat ${installation.apiKeyFile})" '${url}/v1/findings?first=5'`,
    '  plain http and private networks are allowed here, on this machine only: webhook endpoints of that kind are marked insecure',
    '',
    'A cluster of your own:',
    '  npm start -- --kubeconfig ~/.kube/config',
    'or, without giving Bulwark access (Secrets stay out):',
    `  ${snapshotCommand}`,
    '  npm start -- --snapshot cluster.json',
  ].join('\n');
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    const once = (): void => {
      resolve('interrupted');
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    };
    process.once('SIGINT', once);
    process.once('SIGTERM', once);
    process.once('SIGHUP', once);
  });
}

/** What a person can act on; undefined for what is our own fault. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof AppError) return [error.message, ...error.errors.map(({ pointer, detail }) => `  ${pointer}: ${detail}`)].join('\n');
  if (error instanceof Error && (error.name === 'CollectionError' || error.name === 'OperatorKubeconfigError')) return error.message;
  if (error instanceof Error && 'code' in error && ['ENOENT', 'EACCES', 'EISDIR'].includes(String(error.code))) return error.message;
  return undefined;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UsageError) {
    complain(error.message);
    process.exitCode = 2;
  } else if (error instanceof EmbeddedPostgresError) {
    complain(`${error.message}\n${error.hint}`);
    process.exitCode = 1;
  } else {
    complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  }
}
