import { cidrList, flag, folder, host, integer, key32, keyRing, name, oneOf, postgresUrl, publicUrl, ratio, secretOf, urlOf } from './setting-types.js';
import type { SettingType } from './setting-types.js';

/** The programs that read settings. */
export const roles = ['api', 'worker', 'migrate', 'standalone'] as const;
export type Role = (typeof roles)[number];

export interface Setting<Value = unknown, NeededBy extends Role = Role, Default extends string | undefined = string | undefined> {
  readonly env: `BULWARK_${string}`;
  readonly type: SettingType<Value>;
  /** As it would stand in the environment. */
  readonly default: Default;
  /** Who does not start without it (where there is no default). */
  readonly neededBy: readonly NeededBy[];
  /** Who reads it; the others ignore it. */
  readonly usedBy: readonly Role[];
  /** Never shown in a message; may also come from the file that `<env>_FILE` names. */
  readonly isSecret: boolean;
  readonly section: 'Storage' | 'Serving' | 'Secrets' | 'Outbound' | 'Work' | 'Logs and traces';
  readonly about: string;
}

const serving: readonly Role[] = ['api', 'standalone'];
const running: readonly Role[] = ['api', 'worker', 'standalone'];
const working: readonly Role[] = ['worker', 'standalone'];

interface Rest<Value, NeededBy extends Role, Default extends string | undefined> {
  readonly section: Setting['section'];
  readonly type: SettingType<Value>;
  readonly usedBy: readonly Role[];
  readonly about: string;
  readonly neededBy?: readonly NeededBy[];
  readonly default?: Default;
  readonly isSecret?: boolean;
}

const setting = <Value, NeededBy extends Role = never, const Default extends string | undefined = undefined>(
  env: `BULWARK_${string}`,
  rest: Rest<Value, NeededBy, Default>,
): Setting<Value, NeededBy, Default> => ({ neededBy: [], isSecret: false, ...rest, default: rest.default as Default, env });

/** Every setting there is. A property name is what the code says, `env` what an operator sets. */
export const catalogue = {
  databaseUrl: setting('BULWARK_DATABASE_URL', {
    section: 'Storage',
    type: postgresUrl,
    usedBy: roles,
    neededBy: ['api', 'worker', 'migrate'],
    isSecret: true,
    about: 'Postgres (15 or newer) as the role that the service works with. It must own no table; the migration grants it what it needs. Without it the standalone starts an embedded Postgres.',
  }),
  adminDatabaseUrl: setting('BULWARK_ADMIN_DATABASE_URL', {
    section: 'Storage',
    type: postgresUrl,
    usedBy: ['migrate'],
    neededBy: ['migrate'],
    isSecret: true,
    about: 'The same database as the role that owns the tables. For the migration step only: keep it away from the other programs.',
  }),
  databasePoolSize: setting('BULWARK_DATABASE_POOL_SIZE', {
    section: 'Storage',
    type: integer(2, 200),
    default: '10',
    usedBy: running,
    about: 'Most connections to Postgres of one process; a scan holds one while it judges a cluster without findings, if four others are left. A queue on Postgres takes up to 10 more.',
  }),
  redisUrl: setting('BULWARK_REDIS_URL', {
    section: 'Storage',
    type: urlOf('redis', 'rediss'),
    usedBy: running,
    isSecret: true,
    about: 'Redis (7 or newer, policy `noeviction`) or Valkey for the queue. Without it the queue lives in Postgres, which is right up to some hundred jobs a second and needs LISTEN: no pooler in transaction mode in between. The same for API and workers. The queue may be lost at any time: Postgres remembers what is due.',
  }),
  queuePrefix: setting('BULWARK_QUEUE_PREFIX', {
    section: 'Storage',
    type: name,
    default: 'bulwark',
    usedBy: running,
    about: 'Tells installations apart that share a Redis. The same for API and workers.',
  }),
  dataDir: setting('BULWARK_DATA_DIR', {
    section: 'Storage',
    type: folder,
    usedBy: ['standalone'],
    about: 'Where the standalone keeps its embedded Postgres, its keys and the first API key. Without it a folder of the user that runs it.',
  }),
  host: setting('BULWARK_HOST', {
    section: 'Serving',
    type: host,
    default: '127.0.0.1',
    usedBy: running,
    about: 'Address to listen on; `0.0.0.0` or `::` in a container.',
  }),
  port: setting('BULWARK_PORT', {
    section: 'Serving',
    type: integer(0, 65_535),
    default: '3000',
    usedBy: serving,
    about: 'Port of the API; 0 takes any free one.',
  }),
  workerPort: setting('BULWARK_WORKER_PORT', {
    section: 'Serving',
    type: integer(0, 65_535),
    default: '3001',
    usedBy: ['worker'],
    about: 'Port on which a worker answers `/healthz`, `/readyz` and `/metrics`; 0 takes any free one.',
  }),
  publicUrl: setting('BULWARK_PUBLIC_URL', {
    section: 'Serving',
    type: publicUrl,
    usedBy: running,
    about: 'How users reach the API, for links in answers and webhooks. Without it links are relative.',
  }),
  operatorKey: setting('BULWARK_OPERATOR_KEY', {
    section: 'Secrets',
    type: secretOf(32),
    usedBy: serving,
    neededBy: ['api'],
    isSecret: true,
    about: 'Bearer key that creates organisations with their first API key, lists them by name and reads `/metrics`. It sees nothing inside an organisation.',
  }),
  keyEncryptionKeys: setting('BULWARK_KEY_ENCRYPTION_KEYS', {
    section: 'Secrets',
    type: keyRing,
    usedBy: running,
    neededBy: ['api', 'worker'],
    isSecret: true,
    about: "Keys that wrap each organisation's data key. To rotate, put a new key first and keep the old ones behind it; the workers wrap every data key anew within two hours of their restart. Whoever loses them loses all cluster credentials and webhook secrets.",
  }),
  apiKeyPepper: setting('BULWARK_API_KEY_PEPPER', {
    section: 'Secrets',
    type: secretOf(32),
    usedBy: serving,
    neededBy: ['api'],
    isSecret: true,
    about: 'Goes into the stored digest of every API key. Changing it makes all API keys invalid.',
  }),
  cursorKey: setting('BULWARK_CURSOR_KEY', {
    section: 'Secrets',
    type: key32,
    usedBy: serving,
    isSecret: true,
    about: 'Signs list cursors. Without it, it is derived from the pepper. Changing it makes open cursors invalid, nothing else.',
  }),
  allowedPrivateRanges: setting('BULWARK_ALLOWED_PRIVATE_RANGES', {
    section: 'Outbound',
    type: cidrList,
    usedBy: running,
    about: 'Private ranges that clusters and webhook endpoints may lie in. Without it every private, loopback and link-local address is refused. Whoever may register a cluster or a webhook can then reach these ranges from here.',
  }),
  allowLoopbackHttp: setting('BULWARK_ALLOW_LOOPBACK_HTTP', {
    section: 'Outbound',
    type: flag,
    default: 'false',
    usedBy: running,
    about: 'Opens loopback addresses, and allows plain http to them and to nothing else. For tests and one machine; such a webhook is marked `isInsecure`.',
  }),
  scanConcurrency: setting('BULWARK_SCAN_CONCURRENCY', {
    section: 'Work',
    type: integer(1, 64),
    default: '2',
    usedBy: working,
    about: 'Scans that one process runs at once. Memory grows with it.',
  }),
  deliveryConcurrency: setting('BULWARK_DELIVERY_CONCURRENCY', {
    section: 'Work',
    type: integer(1, 256),
    default: '10',
    usedBy: working,
    about: 'Webhook deliveries that one process sends at once.',
  }),
  shutdownGraceMs: setting('BULWARK_SHUTDOWN_GRACE_MS', {
    section: 'Work',
    type: integer(0, 600_000, 'milliseconds'),
    default: '20000',
    usedBy: running,
    about: 'How long running requests and jobs may go on after SIGTERM; what is given up then is done again elsewhere. Keep it 5 s below what the orchestrator allows.',
  }),
  logLevel: setting('BULWARK_LOG_LEVEL', {
    section: 'Logs and traces',
    type: oneOf(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    usedBy: roles,
    about: 'Least severe entry that is written.',
  }),
  logFormat: setting('BULWARK_LOG_FORMAT', {
    section: 'Logs and traces',
    type: oneOf(['json', 'pretty', 'auto']),
    default: 'auto',
    usedBy: roles,
    about: '`auto` is `pretty` on a terminal and `json` elsewhere. One line an entry in both.',
  }),
  otelEndpoint: setting('BULWARK_OTEL_ENDPOINT', {
    section: 'Logs and traces',
    type: urlOf('http', 'https'),
    usedBy: running,
    about: 'OTLP/HTTP collector that gets the traces, such as `http://collector:4318`. Without it, and without `OTEL_EXPORTER_OTLP_ENDPOINT`, nothing is traced and nothing of it is loaded. The other `OTEL_*` variables of the standard hold too.',
  }),
  otelSampleRatio: setting('BULWARK_OTEL_SAMPLE_RATIO', {
    section: 'Logs and traces',
    type: ratio,
    default: '1',
    usedBy: running,
    about: 'Share of the traces begun here that are kept; a caller that sends a trace context has decided already.',
  }),
} as const;

export type SettingName = keyof typeof catalogue;
