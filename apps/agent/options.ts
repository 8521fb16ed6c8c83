import { parseArgs } from 'node:util';

/** The command line is wrong; the message says how it is right. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export interface CollectorOptions {
  readonly root: string;
  /** Name of the Node object. */
  readonly node: string;
  readonly cluster?: string;
  readonly keyFile?: string;
  readonly target: { readonly kind: 'file'; readonly path: string } | { readonly kind: 'server'; readonly url: URL; readonly caFile?: string };
  /** Milliseconds between runs; once where left out. */
  readonly every?: number;
}

/** What the process ends with. */
export const exitCodes = { done: 0, failed: 1, usage: 2, unreadable: 3, unwritable: 4, refused: 5, unreachable: 6 } as const;

export const usage = `Bulwark's node collector: reads what the CIS items of a node need, and changes nothing.

  node bulwark-node-collector.mjs --out FILE [options]            into a file to upload
  node bulwark-node-collector.mjs --server URL --cluster ID --key-file FILE [options]

What is read
  --root DIR        the node's root directory; / where left out. In a container
                    the place where it is mounted, such as /host
  --node NAME       name of the Node object; the node's host name where left out

Where it goes
  --out FILE        write a bundle, readable by its owner only; must not exist
  --server URL      send it to this server (https; http on this machine only)
  --ca-file FILE    authorities (PEM) that vouch for the server, instead of the
                    usual ones
  --cluster ID      the cluster that the node belongs to
  --key-file FILE   the cluster's enrolment key (bwe_…), which signs the bundle.
                    Without it a file is not signed, and a person uploads it
  --every TIME      go on and collect again after 30m, 12h …; at least 5m

  --help            this text
  --version         the version

Ends with 0 done, 1 failed unexpectedly, 2 wrong options, 3 the root or the key
cannot be read, 4 the file cannot be written, 5 the server refused the bundle,
6 the server was not reached.
`;

const LEAST_PERIOD = 5 * 60_000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const local = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Undefined where only help or the version was asked for, which `print` has been given. */
export function parseOptions(argv: readonly string[], hostname: () => string, version: string, print: (text: string) => void): CollectorOptions | undefined {
  const values = parsed(argv);
  if (values.help === true) return void print(usage);
  if (values.version === true) return void print(`${version}\n`);
  const { out, server, cluster, 'key-file': keyFile, 'ca-file': caFile } = values;
  if ((out === undefined) === (server === undefined)) throw new UsageError('Say where the bundle goes: either --out FILE or --server URL.');
  if (server !== undefined && (cluster === undefined || keyFile === undefined)) throw new UsageError('--server needs --cluster and --key-file: a server takes signed bundles only.');
  if (keyFile !== undefined && cluster === undefined) throw new UsageError('--key-file needs --cluster: a bundle is signed for one cluster.');
  if (caFile !== undefined && server === undefined) throw new UsageError('--ca-file belongs to --server.');
  if (values.every !== undefined && server === undefined) throw new UsageError('--every belongs to --server: a file is written once.');
  if (cluster !== undefined && !/^[\x21-\x7e]{1,253}$/.test(cluster)) throw new UsageError('--cluster is the id that the server shows for the cluster.');
  const every = values.every === undefined ? undefined : period(values.every);
  return {
    root: values.root ?? '/',
    node: nodeName(values.node ?? hostname()),
    ...(cluster !== undefined && { cluster }),
    ...(keyFile !== undefined && { keyFile }),
    target: out !== undefined ? { kind: 'file', path: out } : { kind: 'server', url: serverUrl(server!), ...(caFile !== undefined && { caFile }) },
    ...(every !== undefined && { every }),
  };
}

function parsed(argv: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const { values, tokens } = parseArgs({
      args: [...argv],
      options: { root: text, node: text, out: text, server: text, 'ca-file': text, cluster: text, 'key-file': text, every: text, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } },
      strict: true,
      allowPositionals: false,
      tokens: true,
    });
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new UsageError(`--${twice} is given twice.`);
    const empty = Object.entries(values).find(([, value]) => value === '');
    if (empty) throw new UsageError(`--${empty[0]} is empty.`);
    return values;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${(error as Error).message.replace(/\. To specify.*$/s, '.')} See --help.`);
  }
}

function nodeName(name: string): string {
  const lower = name.trim().toLowerCase();
  if (lower.length > 253 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(lower)) throw new UsageError('--node is the name of the Node object, as kubectl get nodes shows it.');
  return lower;
}

function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new UsageError('--server is the URL of the Bulwark server, such as https://bulwark.example.com.');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw new UsageError('--server has no user, password, query or fragment.');
  if (url.protocol === 'http:' && !local.has(url.hostname)) throw new UsageError('--server is to be https: what a node is made of is not for everybody on the way.');
  return url;
}

function period(text: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,5})([mhd])$/.exec(text) ?? [];
  const milliseconds = Number(count) * (units[unit ?? ''] ?? Number.NaN);
  if (!(milliseconds >= LEAST_PERIOD) || milliseconds > 30 * 86_400_000) throw new UsageError('--every is a time such as 30m, 12h or 1d, from 5m to 30d.');
  return milliseconds;
}
