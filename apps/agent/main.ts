import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnrolmentKey, type EnrolmentKey } from '#nodes/wire/enrolment-key.js';
import { writeBundle } from '#nodes/wire/write-bundle.js';
import { collectNode } from './node/collect-node.js';
import { exitCodes, parseOptions, UsageError, type CollectorOptions } from './options.js';
import { patience, upload, UploadError } from './upload.js';
import { version } from './version.js';

/** Something that the person who runs this can mend. */
class Failure extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function bundleOf(options: CollectorOptions, key: EnrolmentKey | undefined): { readonly bytes: Buffer; readonly summary: string } {
  let evidence;
  try {
    evidence = collectNode(options.root, options.cluster);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Failure(`The root ${options.root} cannot be read: ${code}. Give --root the directory where the node's root is mounted.`, exitCodes.unreadable);
  }
  const bundle = writeBundle(evidence, { node: options.node, collector: version, collectedAt: new Date(), ...(options.cluster !== undefined && { cluster: options.cluster }), ...(key && { key }) });
  const { processes, files, configs, collection } = bundle.evidence;
  const denied = files.items.filter(({ state }) => state === 'denied').length;
  return {
    bytes: bundle.bytes,
    summary: [
      `${options.node}: ${processes.items.length} components, ${files.items.length} paths, ${configs.items.length} configuration files, ${bundle.bytes.length} bytes.`,
      ...(denied > 0 ? [`${denied} paths could not be looked at; run it as root to decide more.`] : []),
      ...collection.notes,
    ].join('\n'),
  };
}

function keyOf({ keyFile }: CollectorOptions): EnrolmentKey | undefined {
  if (keyFile === undefined) return undefined;
  const key = parseEnrolmentKey(textOf(keyFile, '--key-file'));
  if (!key) throw new Failure('--key-file holds no enrolment key. It is one line that begins with bwe_, as the server showed it.', exitCodes.unreadable);
  return key;
}

function textOf(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${option} cannot be read: ${(error as NodeJS.ErrnoException).code}.`, exitCodes.unreadable);
  }
}

function write(path: string, bytes: Buffer): void {
  try {
    // Never through a link, never over something.
    writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(code === 'EEXIST' ? '--out exists already. Name a file that does not.' : `--out cannot be written: ${code}.`, exitCodes.unwritable);
  }
}

async function run(options: CollectorOptions, signal: AbortSignal): Promise<void> {
  const key = keyOf(options);
  const { target, every } = options;
  if (target.kind === 'file') {
    const { bytes, summary } = bundleOf(options, key);
    write(target.path, bytes);
    say(summary);
    return;
  }
  const authorities = target.caFile === undefined ? undefined : textOf(target.caFile, '--ca-file');
  const send = async (): Promise<void> => {
    const { bytes, summary } = bundleOf(options, key);
    say(summary);
    try {
      await upload(bytes, { url: target.url, cluster: options.cluster!, userAgent: `bulwark-node-collector/${version}`, ...(authorities !== undefined && { authorities }) }, { ...patience, signal });
    } catch (error) {
      if (!(error instanceof UploadError)) throw error;
      throw new Failure(error.message, error.isFinal ? exitCodes.refused : exitCodes.unreachable);
    }
    say(`Taken by ${target.url.host}.`);
  };
  if (every === undefined) return send();
  while (!signal.aborted) {
    // One run that failed does not end those to come: the server says how fresh its evidence is.
    await send().catch((error: unknown) => {
      if (!(error instanceof Failure) || signal.aborted) throw error;
      say(error.message);
    });
    await sleep(every * (0.9 + Math.random() / 5), undefined, { signal });
  }
}

const stop = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());

try {
  const options = parseOptions(process.argv.slice(2), hostname, version, (text) => void process.stdout.write(text));
  if (options) await run(options, stop.signal);
} catch (error) {
  if (stop.signal.aborted) process.exitCode = exitCodes.done;
  else if (error instanceof UsageError || error instanceof Failure) {
    say(error.message);
    process.exitCode = error instanceof Failure ? error.exitCode : exitCodes.usage;
  } else {
    say(`The collector failed: ${error instanceof Error ? `${error.name}: ${error.message}` : 'for no reason that it knows'}. Please report this.`);
    process.exitCode = exitCodes.failed;
  }
}
