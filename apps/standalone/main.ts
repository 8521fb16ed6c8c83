import { setTimeout as sleep } from 'node:timers/promises';
import { isActive } from '#application/scans/scan.js';
import { EmbeddedPostgresError, startEmbeddedPostgres, type EmbeddedPostgres } from '#database/embedded/embedded-postgres.js';
import { createLogger } from '#operations/logger.js';
import { printable } from '#operations/printable.js';
import { bringIn, checkSource } from './bring-in.js';
import { Installation } from './installation.js';
import { interruption } from './interruption.js';
import { parseOptions, UsageError, type StandaloneOptions } from './options.js';
import { ProgressLine } from './progress-line.js';
import type { Service } from './start-service.js';
import { sentence, toldBy } from './told-error.js';
import { whereToGoOn } from './where-to-go-on.js';

const terminal = process.env['TERM'];
const progress = new ProgressLine(process.stderr, terminal);
const writer = (stream: NodeJS.WriteStream) => (text: string): void => {
  progress.end();
  stream.write(`${text}\n`);
};
const say = writer(process.stdout);
const complain = writer(process.stderr);

const interrupted = interruption();

/** Exit codes: 0 judged; 1 broken; 2 not judged, and said why; 130 interrupted before that. */
async function main(options: StandaloneOptions): Promise<number> {
  checkSource(options.source);
  const installation = new Installation(options.dataDirectory);
  say(`Bulwark keeps its data in ${printable(installation.directory)}`);
  progress.show('starting the database');
  // Postgres starts on the other core while this one loads the rest.
  const starting = startEmbeddedPostgres({ dataDirectory: installation.postgresDirectory, fresh: options.fresh, log: complain });
  const [{ startService }, postgres] = await Promise.all([import('./start-service.js'), starting]);
  let service: Service | undefined;
  try {
    // Not before: the database's lock says that nobody else uses this directory.
    if (options.fresh) installation.forget();
    if (interrupted.hasCome) return 130;
    const log = createLogger({ level: process.env['BULWARK_LOG_LEVEL'] === 'debug' ? 'debug' : 'warn', format: 'auto', service: 'standalone', sink: process.stderr });
    service = await startService(installation, postgres, { log, say });
    return await run(service, postgres, installation, options);
  } finally {
    await stop(service, postgres);
  }
}

async function run(service: Service, postgres: EmbeddedPostgres, installation: Installation, options: StandaloneOptions): Promise<number> {
  const ended = Promise.race([interrupted.promise, postgres.exited.then(() => 'died' as const)]);
  const judging = judge(service, options);
  // Where it is cut short, what it stands on is taken away; otherwise its error is thrown below.
  judging.catch(() => undefined);
  const outcome = await Promise.race([judging, ended]);
  if (outcome === 'interrupted') return 130;
  if (outcome === 'died') return databaseDied();
  if (!outcome) return 2;
  if (options.once) return 0;
  const url = await service.serve(options.port);
  say(whereToGoOn({ url, apiKey: installation.apiKey() ?? '', apiKeyFile: installation.apiKeyFile }));
  if ((await ended) === 'died') return databaseDied();
  say('Stopping');
  return 0;
}

/** Brings in the evidence, waits for its scan and prints the result. False where it could not be judged. */
async function judge(service: Service, { source }: StandaloneOptions): Promise<boolean> {
  const { services, caller } = service;
  progress.show('reading');
  const feedBefore = await services.events.lastPosition(caller);
  const brought = await bringIn(source, service, say);
  let { scan } = brought;
  await service.work();
  while (isActive(scan.state)) {
    progress.scan(scan.progress);
    await sleep(100);
    scan = await services.scans.get(caller, scan.id);
  }
  if (scan.state !== 'finished') {
    const advice = source.kind === 'snapshot' ? ' How to write one: npm start -- --help-snapshot' : '';
    complain(`${printable(brought.cluster.name)} could not be judged. ${sentence(scan.failure?.detail ?? 'its scan was cancelled')}${advice}`);
    return false;
  }
  const [{ resultOf }, { renderResult }] = await Promise.all([import('./result-of.js'), import('./render-result.js')]);
  const isColored = process.stdout.isTTY && !process.env['NO_COLOR'] && terminal !== 'dumb';
  say(`\n${renderResult(await resultOf(service, scan, feedBefore), { columns: process.stdout.columns ?? 100, color: isColored })}\n`);
  return true;
}

function databaseDied(): number {
  complain('The database ended by itself. What was stored is kept: start again.');
  return 1;
}

async function stop(service: Service | undefined, postgres: EmbeddedPostgres): Promise<void> {
  try {
    await service?.stop();
  } finally {
    await postgres.stop();
  }
}

/** Tells what went wrong; the exit code. */
function failed(error: unknown): number {
  // Ctrl-C is also sent to the programs that make the database.
  if (interrupted.hasCome && error instanceof EmbeddedPostgresError) return 130;
  const told = error instanceof UsageError ? error.message : toldBy(error);
  complain(told ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
  return told === undefined ? 1 : 2;
}

// A reader that went away (`| head`, a closed terminal) is no reason to leave the database behind.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

try {
  const options = parseOptions(process.argv.slice(2), process.env, (text) => void process.stdout.write(text));
  process.exitCode = options ? await main(options) : 0;
} catch (error) {
  process.exitCode = failed(error);
}
// Nothing holds the process any more; should something, nobody is to wait for it.
setTimeout(() => process.exit(), 2_000).unref();
