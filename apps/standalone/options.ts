import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface StandaloneOptions {
  readonly source:
    | { readonly kind: 'sample' }
    | { readonly kind: 'kubeconfig'; readonly file: string; readonly context?: string }
    /** `-` is standard input. */
    | { readonly kind: 'snapshot'; readonly file: string };
  readonly once: boolean;
  readonly fresh: boolean;
  /** Wished port; another is taken where it is busy. */
  readonly port: number;
  readonly dataDirectory: string;
}

/** The command line is wrong; the message says how it is right. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export const DEFAULT_PORT = 3000;

/** Options that npm takes for its own where the two dashes are forgotten, and that nobody sets for npm. */
const keptByNpm = ['kubeconfig', 'snapshot', 'once', 'fresh', 'data-dir', 'help-snapshot'] as const;

export const usage = `Bulwark: scans a Kubernetes cluster and serves what it found.

  npm start                                         a bundled sample shop
  npm start -- --kubeconfig FILE [--context NAME]   a cluster of your own
  npm start -- --snapshot FILE|-                    what kubectl wrote

Options
  --kubeconfig FILE    scan the cluster of this kubeconfig; credential plugins
                       that it names are run, for it is your own file
  --context NAME       the context in it; its current one where left out
  --snapshot FILE|-    scan objects from a file or standard input: JSON, YAML or
                       NDJSON, plain or packed by gzip or zstd
  --once               exit after the result: 0 judged; 2 not, and said why
  --fresh              start from empty data
  --port N             port to serve on (${DEFAULT_PORT}; BULWARK_PORT)
  --data-dir DIR       where data is kept (~/.bulwark; BULWARK_DATA_DIR)
  --help               this text
  --help-snapshot      the command that writes a whole cluster, without Secrets
`;

/**
 * One line for kubectl: every listable kind but Secrets and what changes all the time. Secrets are left out whole,
 * so no value can leave the cluster.
 */
export const snapshotCommand =
  `kubectl get "$(kubectl api-resources --verbs=list -o name | grep -vxE 'secrets|events|events.events.k8s.io|leases.coordination.k8s.io|componentstatuses|.*metrics.k8s.io' | paste -sd,)" -A -o json > cluster.json`;

/** Undefined where only help was asked for; then it has been given to `print`. */
export function parseOptions(argv: readonly string[], env: NodeJS.ProcessEnv, print: (text: string) => void): StandaloneOptions | undefined {
  const kept = keptByNpm.find((name) => env[`npm_config_${name.replaceAll('-', '_')}`]);
  if (kept !== undefined) throw new UsageError(`npm has kept --${kept} for itself. Write two dashes before the options: npm start -- --${kept}`);
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        snapshot: { type: 'string' },
        once: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        port: { type: 'string' },
        'data-dir': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        'help-snapshot': { type: 'boolean', default: false },
      },
      strict: true,
    }));
  } catch (error) {
    throw new UsageError(`${(error as Error).message.replace(/\. To specify.*$/s, '')}. See npm start -- --help`);
  }
  if (values.help) return void print(usage);
  if (values['help-snapshot']) return void print(`${snapshotCommand}\n\nthen:  npm start -- --snapshot cluster.json\n`);
  if (values.kubeconfig !== undefined && values.snapshot !== undefined) throw new UsageError('--kubeconfig and --snapshot are two sources: give one');
  if (values.context !== undefined && values.kubeconfig === undefined) throw new UsageError('--context needs --kubeconfig FILE');
  for (const name of ['kubeconfig', 'context', 'snapshot', 'data-dir'] as const) if (values[name] === '') throw new UsageError(`--${name} is empty. See npm start -- --help`);
  return {
    source:
      values.kubeconfig !== undefined
        ? { kind: 'kubeconfig', file: resolve(values.kubeconfig), ...(values.context !== undefined && { context: values.context }) }
        : values.snapshot !== undefined
          ? { kind: 'snapshot', file: values.snapshot === '-' ? '-' : resolve(values.snapshot) }
          : { kind: 'sample' },
    once: values.once,
    fresh: values.fresh,
    port: portOf(values.port ?? env['BULWARK_PORT']),
    dataDirectory: resolve(values['data-dir'] ?? (env['BULWARK_DATA_DIR'] || join(homedir(), '.bulwark'))),
  };
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`--port (or BULWARK_PORT) is ${JSON.stringify(text)}; a number from 0 to 65535 was expected`);
  return port;
}
