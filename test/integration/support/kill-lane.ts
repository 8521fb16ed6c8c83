import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Caller } from '#application/caller.js';
import { Operator } from '#application/organisations/operator.js';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { parseKeyRing } from '#operations/crypto/key-ring.js';
import { migrateQueue } from '#queue/migrate-queue.js';
import { root } from '#test/support/compose-file.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { Program } from '#test/support/program.js';
import { StatementProxy } from '#test/support/statement-proxy.js';
import type { Received, WebhookSink } from '#test/support/webhook-sink.js';
import { apiServices, type ApiServices } from '../../../apps/composition/api-services.js';
import { Death, SNAPSHOT_READ, type KillPoint, type StageLength } from './kill-point.js';

export interface Story {
  readonly tenantId: string;
  /** Where the workers died, in words, one a stage. */
  readonly deaths: readonly string[];
  readonly stages: readonly StageLength[];
}

/** The sign of life of a running scan: how many there are is up to the clock. */
const heartbeat = /^update bulwark\.scans set heartbeat_at/;
/** The first statement of a scan, and of its deliveries: what comes before is of no stage. */
const stageStart = { scan: /from "bulwark"\."scans" .* for (?:no key )?update/is, delivery: /from "bulwark"\."due_work" .* for (?:no key )?update/is } as const;

/** A database, a queue and one worker at a time, which is killed and followed by the next. */
export class KillLane {
  private worker: Program;

  private constructor(
    readonly name: string,
    private readonly fresh: FreshStore,
    private readonly proxy: StatementProxy,
    readonly admin: pg.Client,
    private readonly services: ApiServices,
    private readonly sink: WebhookSink,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.worker = this.spawned();
  }

  static async open(name: string, postgresAdminUrl: string, redisUrl: string | undefined, sink: WebhookSink): Promise<KillLane> {
    const fresh = await freshStore(postgresAdminUrl, 3);
    await migrateQueue(fresh.adminUrl, 'bulwark_app');
    const admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
    const proxy = await StatementProxy.start(fresh.appUrl, heartbeat);
    const keys = `test:${randomBytes(32).toString('base64')}`;
    const services = apiServices({
      store: fresh.store, vault: new EnvelopeVault(parseKeyRing(keys)), apiKeyPepper: randomBytes(32).toString('base64'), cursorKey: randomBytes(32),
      addresses: { allowedPrivateRanges: ['127.0.0.0/8'], allowLoopbackHttp: true },
    });
    const env = {
      BULWARK_DATABASE_URL: proxy.through(fresh.appUrl),
      ...(redisUrl === undefined ? {} : { BULWARK_REDIS_URL: redisUrl }),
      BULWARK_QUEUE_PREFIX: `kill-${randomBytes(6).toString('hex')}`,
      BULWARK_KEY_ENCRYPTION_KEYS: keys,
      BULWARK_ALLOWED_PRIVATE_RANGES: '127.0.0.0/8',
      BULWARK_ALLOW_LOOPBACK_HTTP: 'true',
      BULWARK_WORKER_PORT: '0',
      // Several lanes share one server, which has a hundred connections.
      BULWARK_DATABASE_POOL_SIZE: '6',
    };
    return new KillLane(name, fresh, proxy, admin, services, sink, env);
  }

  async close(): Promise<void> {
    await this.worker.kill();
    await this.proxy.stop();
    await this.admin.end();
    await this.fresh.drop();
  }

  /**
   * Uploads each evidence in turn and waits until its findings are told, on two endpoints; the worker dies at the given
   * points, two an evidence: during the scan, and during its deliveries.
   */
  async story(evidence: readonly Buffer[], points: readonly (KillPoint | undefined)[] = []): Promise<Story> {
    const { caller, clusterId } = await this.newOrganisation();
    const deaths: string[] = [];
    const stages: StageLength[] = [];
    for (const [round, bytes] of evidence.entries()) {
      const [inScan, inDelivery] = [points[2 * round], points[2 * round + 1]];
      await this.scanStage(caller, clusterId, bytes, inScan, inDelivery, deaths, stages);
      await this.deliveryStage(caller.tenantId, inDelivery, deaths, stages);
    }
    return { tenantId: caller.tenantId, deaths, stages };
  }

  /** The worker is stopped amid a scan, wakes up when another has done it, and says what it makes of that. */
  async overtaken(bytes: Buffer): Promise<{ readonly tenantId: string; readonly lastWords: string }> {
    const { caller, clusterId } = await this.newOrganisation();
    this.proxy.clear();
    const victim = this.worker;
    const scanId = await this.upload(caller, clusterId, bytes);
    while (!this.proxy.statements.some((text) => text.includes('snapshot_chunks'))) await sleep(2);
    victim.signal('SIGSTOP');
    this.worker = this.spawned();
    await this.until(() => this.isScanOver(scanId));
    await this.until(() => this.isTold(caller.tenantId));
    victim.signal('SIGCONT');
    const lastWords = await Promise.race([victim.logged('job left to another attempt'), victim.logged('job failed')]);
    await victim.kill();
    return { tenantId: caller.tenantId, lastWords: String(lastWords.msg) };
  }

  private async newOrganisation(): Promise<{ readonly caller: Caller; readonly clusterId: string }> {
    const { organisation, token } = await this.services.organisations.create(Operator.self, { name: 'Acme' });
    const caller = await this.services.apiKeys.authenticate(token);
    const { id: clusterId } = await this.services.clusters.register(caller, { name: 'shop' });
    const url = `${this.sink.url}/${organisation.tenantId}`;
    await this.services.endpoints.create(caller, { url: `${url}/each`, mode: 'each', minSeverity: 'critical', includeBaseline: true });
    await this.services.endpoints.create(caller, { url: `${url}/batch`, payload: 'thin', includeBaseline: true });
    if (this.worker.hasEnded) this.worker = this.spawned();
    await this.worker.logged('worker runs');
    return { caller, clusterId };
  }

  private async upload(caller: Caller, clusterId: string, bytes: Buffer): Promise<string> {
    const upload = { clusterId, complete: { scope: 'cluster', unread: [] }, contentEncoding: 'identity', format: 'json' } as const;
    return (await this.services.snapshots.upload(caller, upload, chunks(bytes))).id;
  }

  /** Throws where it ended otherwise than finished. */
  private async isScanOver(id: string): Promise<boolean> {
    const { rows } = await this.admin.query<{ state: string; failure: unknown }>('select state, failure from bulwark.scans where id = $1', [id]);
    if (!['queued', 'running', 'finished'].includes(rows[0]?.state ?? '')) throw new Error(`the scan ended as ${JSON.stringify(rows[0])}`);
    return rows[0]?.state === 'finished';
  }

  private async isTold(tenantId: string): Promise<boolean> {
    const { rows } = await this.admin.query(`select from bulwark.due_work where tenant_id = $1 and topic in ('events.dispatch', 'delivery.send')`, [tenantId]);
    return rows.length === 0;
  }

  private async scanStage(caller: Caller, clusterId: string, bytes: Buffer, point: KillPoint | undefined, next: KillPoint | undefined, deaths: string[], stages: StageLength[]): Promise<void> {
    this.proxy.clear();
    const death = this.armed('scan', caller.tenantId, point);
    const begun = Date.now();
    const id = await this.upload(caller, clusterId, bytes);
    const isOver = () => this.isScanOver(id);
    if (point) {
      deaths.push(await this.survived(point, death, isOver));
      // Before the scan ends: deliveries follow at once.
      this.nextDeath = this.armed('delivery', caller.tenantId, next);
    }
    await this.until(isOver);
    if (!point) stages.push({ statements: scanOf(this.proxy.statements), ms: Date.now() - begun, requests: 0 });
  }

  private nextDeath: Death | undefined;

  private async deliveryStage(tenantId: string, point: KillPoint | undefined, deaths: string[], stages: StageLength[]): Promise<void> {
    const begun = Date.now();
    const before = this.requestsOf(tenantId);
    const isOver = () => this.isTold(tenantId);
    if (point) {
      deaths.push(await this.survived(point, this.nextDeath!, isOver));
      this.nextDeath = undefined;
    }
    await this.until(isOver);
    if (!point) stages.push({ statements: deliveryOf(this.proxy.statements), ms: Date.now() - begun, requests: this.requestsOf(tenantId) - before });
  }

  private requestsOf(tenantId: string): number {
    return this.sink.received.filter(({ path }) => path.startsWith(`/${tenantId}/`)).length;
  }

  /** Aims at the worker that runs now. */
  private armed(stage: 'scan' | 'delivery', tenantId: string, point: KillPoint | undefined): Death {
    const death = new Death(stage, this.worker, () => this.proxy.statements.at(-1) ?? 'nothing');
    this.proxy.arm(this.aimed(stage, point, death));
    this.hold = point?.kind === 'request' ? { tenantId, remaining: point.number, isAnswered: point.isAnswered, death } : undefined;
    return death;
  }

  private aimed(stage: 'scan' | 'delivery', point: KillPoint | undefined, death: Death): Parameters<typeof this.proxy.arm>[0] {
    const from = stageStart[stage];
    switch (point?.kind) {
      case 'statement': return { number: point.number, ...(point.at && { at: point.at }), from, isForwarded: point.isForwarded, act: () => death.come(point.isForwarded ? 'after' : 'before') };
      case 'judging': return { number: point.reads, at: SNAPSHOT_READ, from, isForwarded: true, act: () => void setTimeout(() => death.come('while it judged, after'), point.ms) };
      default: return undefined;
    }
  }

  private hold: { readonly tenantId: string; remaining: number; readonly isAnswered: boolean; readonly death: Death } | undefined;

  /** Called for each request that the sink has received and not yet answered. */
  onRequest({ path }: Received): void {
    const hold = this.hold;
    if (!hold || !path.startsWith(`/${hold.tenantId}/`) || --hold.remaining > 0) return;
    this.hold = undefined;
    if (!hold.isAnswered) return hold.death.come('while the receiver had the request of');
    // The answer is on its way, and perhaps read.
    setImmediate(() => hold.death.come('when the answer was on its way of'));
  }

  /** Waits for the death, which comes at the latest when the stage is over, and lets the next worker begin. */
  private async survived(point: KillPoint, death: Death, isOver: () => Promise<boolean>): Promise<string> {
    const timer = point.kind === 'time' ? setTimeout(() => death.come(`${point.ms} ms in, after`), point.ms) : undefined;
    while (!death.how && !(await isOver())) await sleep(10);
    clearTimeout(timer);
    this.proxy.arm(undefined);
    this.hold = undefined;
    death.come('at the end, after');
    await death.victim.exited;
    this.worker = this.spawned();
    return death.how!;
  }

  private spawned(): Program {
    return new Program(this.name, ['node', 'test/support/short-lease-worker.mjs'], { cwd: root, env: this.env });
  }

  private async until(isOver: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 100_000; !(await isOver()); await sleep(25)) {
      // The next death may come as soon as this stage is over.
      const isLost = this.worker.hasEnded && !this.nextDeath?.how;
      if (isLost || Date.now() > end) throw new Error(`${this.name} does not come to an end:\n${this.worker.output.slice(-4_000)}`);
    }
  }
}

/** From the first statement of its attempt to the commit of its result. */
function scanOf(statements: readonly string[]): readonly string[] {
  const result = statements.findIndex((text) => text.startsWith('insert into bulwark.events'));
  return statements.slice(statements.findIndex((text) => stageStart.scan.test(text)), statements.indexOf('COMMIT', result) + 1);
}

const deliveryOf = (statements: readonly string[]): readonly string[] => statements.slice(statements.findIndex((text) => stageStart.delivery.test(text)));

async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
