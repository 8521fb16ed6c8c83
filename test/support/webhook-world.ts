import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Labels } from '#application/clusters/cluster.js';
import { Caller } from '#application/caller.js';
import type { Event } from '#application/events/event.js';
import { Lists } from '#application/lists.js';
import type { Store } from '#application/ports/store.js';
import type { WebhookSender } from '#application/ports/webhook-sender.js';
import { findingEvents, scanCompleted, type EventContext } from '#application/scans/scan-events.js';
import { DeliveriesService } from '#application/webhooks/deliveries.service.js';
import { DispatchEvents } from '#application/webhooks/dispatch-events.js';
import { EndpointLanes } from '#application/webhooks/endpoint-lanes.js';
import { EndpointsService, type CreateEndpoint, type EndpointWithSecret } from '#application/webhooks/endpoints.service.js';
import { SendDelivery, sendDeliveryDefaults } from '#application/webhooks/send-delivery.js';
import type { Severity } from '#controls/engine/control.js';
import { EgressClient } from '#egress/egress-client.js';
import { foundFailure } from '#findings/found-failure.js';
import type { FindingTransition } from '#findings/reconcile.js';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { parseKeyRing } from '#operations/crypto/key-ring.js';
import { egressTargetUrlPolicy } from '#webhooks/egress-target-url-policy.js';
import { HttpWebhookSender, httpWebhookSenderDefaults } from '#webhooks/http-webhook-sender.js';
import { freshStore, type FreshStore } from './fresh-store.js';
import { webhookSink, type WebhookSink } from './webhook-sink.js';

const vault = new EnvelopeVault(parseKeyRing(`test:${randomBytes(32).toString('base64')}`));

const policy = { allowedPrivateRanges: [], allowLoopbackHttp: true };
const controls = { 'workloads/privileged': { id: 'workloads/privileged', title: 'Containers do not run privileged', why: 'It can take over its node.', remediation: 'Remove privileged.' } } as const;

export const payloads = { controlOf: (id: string) => controls[id as keyof typeof controls], publicUrl: 'https://bulwark.example' };

export interface Happening {
  readonly names?: readonly string[];
  readonly transition?: 'opened' | 'reopened' | 'regressed' | 'resolved';
  readonly severity?: Severity;
  readonly labels?: Labels;
  readonly isBaseline?: boolean;
  readonly message?: string;
}

/** Everything between the feed and a receiver, on a real database and a real socket. */
export class WebhookWorld {
  private clock: number | undefined;

  private constructor(
    readonly fresh: FreshStore,
    readonly sink: WebhookSink,
    readonly admin: pg.Client,
    readonly endpoints: EndpointsService,
    readonly deliveries: DeliveriesService,
    readonly sender: HttpWebhookSender,
    private readonly egress: EgressClient,
  ) {}

  static async open(postgresAdminUrl: string, options: { readonly tls?: boolean; readonly timeoutMs?: number } = {}): Promise<WebhookWorld> {
    const fresh = await freshStore(postgresAdminUrl);
    const sink = await webhookSink(options);
    const admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
    const lists = new Lists(randomBytes(32));
    const egress = new EgressClient({ policy });
    const timeouts = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs, idleTimeoutMs: options.timeoutMs };
    const sender = new HttpWebhookSender(egress, { ...httpWebhookSenderDefaults, ...timeouts, ca: sink.ca });
    const endpoints = new EndpointsService(fresh.store, vault, egressTargetUrlPolicy(policy), lists);
    return new WebhookWorld(fresh, sink, admin, endpoints, new DeliveriesService(fresh.store, lists), sender, egress);
  }

  async close(): Promise<void> {
    await this.sender.close();
    await this.egress.close();
    await this.sink.close();
    await this.admin.end();
    await this.fresh.drop();
  }

  readonly now = (): Date => new Date(this.clock ?? Date.now());

  /** Stops the workers' clock at a time; undefined lets it go on. */
  setClock(time: Date | undefined): void {
    this.clock = time?.getTime();
  }

  async tenant(): Promise<{ readonly tenantId: string; readonly caller: Caller }> {
    const tenantId = await this.fresh.organisation();
    const wrappedDataKey = await vault.newDataKey(tenantId);
    await this.fresh.store.inTenant(tenantId, (tx) => tx.organisation.update({ wrappedDataKey }));
    return { tenantId, caller: new Caller(tenantId, 'key', new Set(['webhooks:write'])) };
  }

  /** An endpoint at a path of the sink. */
  endpoint(caller: Caller, path: string, input: Partial<CreateEndpoint> = {}): Promise<EndpointWithSecret> {
    return this.endpoints.create(caller, { url: this.sink.url + path, ...input });
  }

  /** Findings that change, as a scan tells them, and the `scan.completed` behind them. */
  async happen(tenantId: string, clusterId: string, happening: Happening = {}): Promise<void> {
    const { names = ['a'], transition = 'opened', severity = 'high', labels = {}, isBaseline = false, message = 'runs privileged' } = happening;
    const context: EventContext = {
      tenantId, cluster: { id: clusterId, name: 'shop', environment: null, labels }, scan: { id: crypto.randomUUID(), kind: 'live' }, isBaseline,
    };
    const transitions = names.map((name): FindingTransition => {
      const key = `workloads/privileged|Pod/shop/${name}|app`;
      const failure = foundFailure({ key, resource: { group: '', kind: 'Pod', namespace: 'shop', name }, part: 'app', severity, message, basis: 'cluster', risk: 50, surroundings: '||' });
      return { transition, key, controlId: 'workloads/privileged', sequence: ++this.sequence, severity, digest: '', ...(transition === 'resolved' ? {} : { failure }) };
    });
    const summary = {
      score: 50, controls: {}, layers: [], counts: {}, cost: {},
      findings: { opened: names.length, reopened: 0, regressed: 0, resolved: 0, stillOpen: 0, open: { critical: 0, high: names.length, medium: 0, low: 0, info: 0 } },
    } as unknown as Parameters<typeof scanCompleted>[1];
    const completed = scanCompleted(context, summary, { decided: 1, applicable: 1, ratio: 1, missing: [] }, true);
    await this.fresh.store.inTenant(tenantId, (tx) => tx.events.append([...findingEvents(context, transitions, { closed: new Map(), scans: new Map(), at: new Date() }), completed]));
  }

  private sequence = 0;

  feed(tenantId: string): Promise<readonly Event[]> {
    return this.fresh.store.inTenant(tenantId, (tx) => tx.events.after(0, 100_000));
  }

  dispatcher(store: Store = this.fresh.store): DispatchEvents {
    return new DispatchEvents(store, async () => payloads, this.now);
  }

  /** A worker of its own, with lanes of its own. */
  worker(store: Store = this.fresh.store, sender: WebhookSender = this.sender, settings = sendDeliveryDefaults): SendDelivery {
    return new SendDelivery(store, vault, sender, settings, new EndpointLanes(), this.now);
  }

  /** Does all work that is due, as relay and worker would, until nothing is. */
  async work(store: Store = this.fresh.store, worker: SendDelivery = this.worker(store), signal: AbortSignal = new AbortController().signal): Promise<void> {
    const dispatcher = this.dispatcher(store);
    for (;;) {
      const jobs = await this.fresh.store.claimDueWork(100, 60_000);
      if (jobs.length === 0) return;
      for (const { topic, tenantId, subjectId } of jobs) {
        if (topic === 'events.dispatch') await dispatcher.run(tenantId, signal);
        else if (topic === 'delivery.send') await worker.run(tenantId, subjectId, signal);
        else throw new Error(`nobody here does ${topic}`);
      }
    }
  }

  /** As if all leases and pauses were over. */
  async timePasses(tenantId: string): Promise<void> {
    await this.admin.query('update bulwark.due_work set due_at = now(), enqueued_at = null where tenant_id = $1', [tenantId]);
    await this.admin.query(`update bulwark.deliveries set next_attempt_at = now() where tenant_id = $1 and state = 'pending'`, [tenantId]);
  }

  async dueCount(tenantId: string): Promise<number> {
    return (await this.admin.query('select from bulwark.due_work where tenant_id = $1', [tenantId])).rowCount ?? 0;
  }
}

/** Events in a body: its own, or those of the batch. */
export function eventsIn(body: Uint8Array): readonly { readonly id: string; readonly type: string; readonly position: number; readonly data: Readonly<Record<string, unknown>> }[] {
  const parsed = JSON.parse(Buffer.from(body).toString());
  return parsed.type === 'batch' ? parsed.data.events : [parsed];
}
