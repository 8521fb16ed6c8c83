import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#database/embedded/embedded-postgres.js';
import { composeFile, interpolated, root, type ComposeFile } from './compose-file.js';
import { Program, type Exit } from './program.js';
import { findRedis, startTestRedis, type TestRedis } from './redis.js';

/** Why the topology cannot be had on this machine; undefined where it can. */
export function topologyMissing(): string | undefined {
  // One that is given by URL is not ours to stop.
  const found = findRedis({ PATH: process.env['PATH'] });
  return found.kind === 'none' ? 'neither redis-server nor valkey-server is on PATH' : undefined;
}

/** Compiles what is older than its sources. */
export const build = (): void => void execFileSync(process.execPath, [join(root, 'scripts/build-if-stale.mjs')], { cwd: root, stdio: 'inherit' });

const secret = (): string => randomBytes(24).toString('hex');
const ownerRole = 'bulwark_owner';
const databaseName = 'bulwark';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export class Api {
  constructor(
    readonly program: Program,
    readonly url: string,
  ) {}

  get(path: string, token?: string): Promise<Answer> {
    return this.ask('GET', path, token);
  }

  post(path: string, token: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    if (body instanceof Uint8Array) return this.ask('POST', path, token, body, headers);
    return this.ask('POST', path, token, body === undefined ? undefined : JSON.stringify(body), body === undefined ? {} : { 'content-type': 'application/json' });
  }

  private async ask(method: string, path: string, token?: string, body?: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: body as RequestInit['body'] }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: /json/.test(response.headers.get('content-type') ?? '') ? (JSON.parse(text) as unknown) : text };
  }
}

export interface Worker {
  readonly program: Program;
  /** Of its health server. */
  readonly url: string;
}

/**
 * The production shape without containers: the commands and settings that docker-compose.yml gives each service, as
 * processes, on a Postgres and a Redis of their own. Only addresses and ports differ.
 */
export class Topology {
  /** Values that may stand in no log, no table and no queue. */
  readonly canaries = new Map<string, string>();
  readonly programs: Program[] = [];
  private readonly values: Readonly<Record<string, string>>;

  private constructor(
    private readonly compose: ComposeFile,
    private readonly folder: string,
    private postgres: EmbeddedPostgres,
    readonly redis: TestRedis,
    secrets: Readonly<Record<string, string>>,
  ) {
    this.values = { ...secrets, BULWARK_ALLOWED_PRIVATE_RANGES: '127.0.0.0/8', BULWARK_PUBLIC_URL: 'https://bulwark.example' };
    for (const [name, value] of Object.entries(secrets)) this.canaries.set(name, value.replace(/^\w+:/, ''));
  }

  /** Starts Postgres and Redis; nothing of ours runs yet. */
  static async open(): Promise<Topology> {
    build();
    const compose = composeFile();
    const secrets = {
      POSTGRES_PASSWORD: secret(),
      BULWARK_APP_PASSWORD: secret(),
      VALKEY_PASSWORD: secret(),
      BULWARK_KEY_ENCRYPTION_KEYS: `first:${randomBytes(32).toString('base64')}`,
      BULWARK_OPERATOR_KEY: secret(),
      BULWARK_API_KEY_PEPPER: secret(),
    };
    const folder = await mkdtemp(join(tmpdir(), 'bulwark-topology-'));
    // The database's account must be able to pass through, or the data is put elsewhere.
    await chmod(folder, 0o711);
    const postgres = await startEmbeddedPostgres({ dataDirectory: join(folder, 'postgres') });
    // As a managed Postgres gives it: an owner of its database that may make roles, and no superuser.
    await onPostgres(postgres.adminUrl, async (client) => {
      await client.query(`create role ${ownerRole} login createrole nosuperuser password ${client.escapeLiteral(secrets.POSTGRES_PASSWORD)}`);
      await client.query(`create database ${databaseName} owner ${ownerRole}`);
    });
    const [, ...args] = compose.services['valkey']!.command!;
    const redis = await startTestRedis(findRedis({ PATH: process.env['PATH'] }), { args: args.map((arg) => interpolated(arg, secrets)), password: secrets.VALKEY_PASSWORD });
    return new Topology(compose, folder, postgres, redis, secrets);
  }

  /** The settings that compose gives a service; `changes` win, undefined takes one away. */
  settings(service: string, changes: Readonly<Record<string, string | undefined>> = {}): Readonly<Record<string, string>> {
    const given = Object.entries(this.compose.services[service]!.environment ?? {}).map(([name, text]) => [name, this.addressed(interpolated(text, this.values))] as const);
    const ours = { NODE_ENV: 'production', BULWARK_HOST: '127.0.0.1', ...(service === 'api' ? { BULWARK_PORT: '0' } : {}), ...(service === 'worker' ? { BULWARK_WORKER_PORT: '0' } : {}) };
    const merged: Readonly<Record<string, string | undefined>> = { ...Object.fromEntries(given), ...(service === 'migrate' ? { NODE_ENV: 'production' } : ours), ...changes };
    return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  private addressed(text: string): string {
    return text.replace('@postgres:5432', `@127.0.0.1:${this.postgres.port}`).replace('@valkey:6379', `@127.0.0.1:${new URL(this.redis.url).port}`);
  }

  start(service: string, changes: Readonly<Record<string, string | undefined>> = {}): Program {
    const number = this.programs.filter(({ name }) => name.startsWith(`${service}-`)).length + 1;
    const program = new Program(`${service}-${number}`, this.compose.services[service]!.command!, { env: this.settings(service, changes), cwd: root });
    this.programs.push(program);
    return program;
  }

  async startApi(): Promise<Api> {
    const program = this.start('api', this.trust);
    return new Api(program, String((await program.logged('api listens'))['url']));
  }

  async startWorker(): Promise<Worker> {
    const program = this.start('worker', this.trust);
    return { program, url: `http://127.0.0.1:${String((await program.logged('worker runs'))['port'])}` };
  }

  replicas(service: string): number {
    return this.compose.services[service]!.deploy?.replicas ?? 1;
  }

  gracePeriod(service: string): string {
    return this.compose.services[service]!.stop_grace_period ?? '10s';
  }

  private trust: Readonly<Record<string, string>> = {};

  /** Programs started from now on trust this authority, as a container's CA bundle would. */
  trustAuthority(certificate: string): void {
    const file = join(this.folder, 'authority.pem');
    writeFileSync(file, certificate);
    this.trust = { NODE_EXTRA_CA_CERTS: file };
  }

  /** URL of the service's database as its superuser, as its owner, as the app. */
  databaseUrl(as: 'superuser' | 'owner' | 'app'): string {
    const url = new URL(this.postgres.adminUrl);
    url.pathname = `/${databaseName}`;
    if (as !== 'superuser') {
      url.username = as === 'owner' ? ownerRole : 'bulwark_app';
      url.password = this.values[as === 'owner' ? 'POSTGRES_PASSWORD' : 'BULWARK_APP_PASSWORD']!;
    }
    return url.href;
  }

  sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return onPostgres(this.databaseUrl('superuser'), async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  /** SIGKILL to the postmaster: its sessions end, what was acknowledged must come back. */
  async crashPostgres(): Promise<void> {
    process.kill(this.postgres.pid, 'SIGKILL');
    await this.postgres.exited;
  }

  /** Starts it again on the same data and port. */
  async recoverPostgres(): Promise<void> {
    const { port } = this.postgres;
    this.postgres = await startEmbeddedPostgres({ dataDirectory: join(this.folder, 'postgres'), port });
    if (this.postgres.port !== port) throw new Error(`port ${port} was taken by another program`);
  }

  /** All rows of all tables of the service and its queue, one text a row, bytes also as text. */
  async wholeDatabase(): Promise<readonly { readonly table: string; readonly text: string }[]> {
    return onPostgres(this.databaseUrl('superuser'), async (client) => {
      const tables = await client.query<{ table: string; bytes: readonly string[] }>(
        `select format('%I.%I', n.nspname, c.relname) as table,
           array(select quote_ident(attname) from pg_attribute where attrelid = c.oid and atttypid = 'bytea'::regtype and attnum > 0 and not attisdropped) as bytes
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`,
      );
      const rows: { table: string; text: string }[] = [];
      for (const { table, bytes } of tables.rows) {
        const text = ['t::text', ...bytes.map((column) => `coalesce(encode(t.${column}, 'escape'), '')`)].join(` || ' ' || `);
        const found = await client.query<{ text: string }>(`select ${text} as text from ${table} t`);
        rows.push(...found.rows.map((row) => ({ table, text: row.text })));
      }
      const roles = await client.query<{ text: string }>('select t::text as text from pg_authid t');
      return [...rows, ...roles.rows.map((row) => ({ table: 'pg_authid', text: row.text }))];
    });
  }

  /** Names of the secrets that stand in a text, as they are or in base64. */
  canariesIn(text: string): readonly string[] {
    const isIn = (value: string): boolean => text.includes(value) || text.includes(Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -2));
    return [...this.canaries].filter(([, value]) => isIn(value)).map(([name]) => name);
  }

  /** Lines of the programs' logs that hold a secret. */
  leakingLines(): readonly string[] {
    return this.programs.flatMap(({ name, output }) => output.split('\n').flatMap((line) => this.canariesIn(line).map((canary) => `${name} wrote ${canary}: ${line.slice(0, 300)}`)));
  }

  async close(): Promise<void> {
    await Promise.all(this.programs.filter(({ hasEnded }) => !hasEnded).map((program) => program.kill()));
    await this.redis.stop();
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** SIGTERM, and how long it took to end. */
export async function terminated(program: Program, withinMs: number): Promise<Exit & { readonly ms: number }> {
  const begun = Date.now();
  program.signal('SIGTERM');
  const exit = await Promise.race([program.exited, sleep(withinMs, undefined)]);
  if (!exit) throw new Error(`${program.name} still runs ${withinMs} ms after SIGTERM:\n${program.output.slice(-2_000)}`);
  return { ...exit, ms: Date.now() - begun };
}

async function onPostgres<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: `topology-${randomUUID()}` });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
