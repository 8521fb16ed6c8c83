import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import type { WorkObserver } from '../ports/work-observer.js';
import type { WebhookAnswer, WebhookSender } from '../ports/webhook-sender.js';
import type { Delivery } from './delivery.js';
import { disableEndpoint } from './disable-endpoint.js';
import { EndpointLanes, LanePlace } from './endpoint-lanes.js';
import type { Endpoint } from './endpoint.js';
import { judgeAnswer, type Verdict } from './judge-answer.js';
import { fraction, retryDelay, retryDelays } from './retry-schedule.js';
import { openSecrets } from './signing-secrets.js';

const TOPIC = 'delivery.send';
const DAY = 24 * 3_600_000;

export interface SendDeliverySettings {
  /** An endpoint that only failed for this long is disabled, once some delivery went through its whole schedule. */
  readonly failingMs: number;
  /** A delivery that another worker may hold is left alone for this long; longer than any attempt takes. */
  readonly leaseMs: number;
  /** How long one job goes on with an endpoint's next deliveries before others get their turn. */
  readonly turnMs: number;
  readonly observer?: Pick<WorkObserver, 'deliveryTried'>;
}

export const sendDeliveryDefaults: SendDeliverySettings = { failingMs: 5 * DAY, leaseMs: 60_000, turnMs: 5_000 };

/** An attempt that has begun. */
interface Attempt {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly wrappedDataKey: Uint8Array;
  /** Of the due work; a later attempt has a higher one. */
  readonly number: number;
}

/** What became of one delivery, as far as it decides what the job does next. */
type Step =
  | { readonly kind: 'nothing-to-do' }
  | { readonly kind: 'turned-away'; readonly endpointId: string; readonly isFailing: boolean }
  | { readonly kind: 'attempted'; readonly endpointId: string; readonly verdict: Verdict };

/**
 * The worker's use case: one attempt at a delivery, and while the endpoint takes them, at those that wait behind it.
 * At least once: the answer is recorded after it came, so a worker that dies in between leads to a second attempt
 * under the same id and with the same bytes. No transaction is open while the receiver is asked.
 */
export class SendDelivery {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
    private readonly sender: WebhookSender,
    private readonly settings: SendDeliverySettings = sendDeliveryDefaults,
    private readonly lanes: EndpointLanes = new EndpointLanes(),
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** `signal` is the worker's own end: the attempt does not count, and the delivery goes back to the queue. */
  async run(tenantId: string, deliveryId: string, signal: AbortSignal): Promise<void> {
    const until = Date.now() + this.settings.turnMs;
    for (let next: string | undefined = deliveryId; next !== undefined; ) {
      const step: Step = await this.step(tenantId, next, signal);
      next = await this.after(tenantId, step, Date.now() < until && !signal.aborted);
    }
  }

  private async step(tenantId: string, deliveryId: string, signal: AbortSignal): Promise<Step> {
    const place = new LanePlace(this.lanes);
    try {
      const begun = await this.store.inTenant(tenantId, (tx) => this.begin(tx, deliveryId, place));
      if ('kind' in begun) return begun;
      const verdict = await this.attempt(tenantId, begun, signal);
      return { kind: 'attempted', endpointId: begun.endpoint.id, verdict };
    } finally {
      place.leave();
    }
  }

  private async begin(tx: TenantTransaction, deliveryId: string, place: LanePlace): Promise<Attempt | Step> {
    const delivery = await tx.deliveries.get(deliveryId);
    if (delivery?.state !== 'pending') {
      await tx.dueWork.complete(TOPIC, deliveryId);
      return { kind: 'nothing-to-do' };
    }
    const endpoint = await tx.endpoints.get(delivery.endpointId);
    const organisation = await tx.organisation.get();
    if (!endpoint || !organisation) throw new Error('a delivery has lost its endpoint or organisation');
    if (!endpoint.isEnabled) {
      if (!(await tx.endpoints.lock(endpoint.id))?.isEnabled) await tx.deliveries.abandon(endpoint.id, 'endpoint-disabled');
      return { kind: 'nothing-to-do' };
    }

    const isFailing = endpoint.failingSince !== null;
    if (!place.take(endpoint.id, deliveryId, isFailing)) {
      // Those under way go on with it long before; this is for the case that they die.
      const pause = this.settings.leaseMs * (1 + 2 * fraction(deliveryId, delivery.attempts));
      await tx.dueWork.postpone(TOPIC, deliveryId, new Date(Date.now() + pause));
      return { kind: 'turned-away', endpointId: endpoint.id, isFailing };
    }
    const number = await tx.dueWork.beginAttempt(TOPIC, deliveryId);
    return number === undefined ? { kind: 'nothing-to-do' } : { delivery, endpoint, wrappedDataKey: organisation.wrappedDataKey, number };
  }

  /** The next of the endpoint's deliveries that this job goes on with. */
  private async after(tenantId: string, step: Step, hasTime: boolean): Promise<string | undefined> {
    switch (step.kind) {
      case 'nothing-to-do':
        return undefined;
      case 'turned-away':
        // Whoever left its place since we looked cannot have seen what we had not committed yet.
        return this.lanes.isFree(step.endpointId, step.isFailing) ? this.claimNext(tenantId, step.endpointId, hasTime) : undefined;
      case 'attempted':
        // One that fails is not asked for more than its schedule says.
        return step.verdict.outcome === 'delivered' ? this.claimNext(tenantId, step.endpointId, hasTime) : undefined;
    }
  }

  private async claimNext(tenantId: string, endpointId: string, hasTime: boolean): Promise<string | undefined> {
    return this.store.inTenant(tenantId, async (tx) => {
      const next = await tx.deliveries.claimNext(endpointId, this.settings.leaseMs);
      if (next === undefined || hasTime) return next;
      // To the end of the queue with it: the endpoint goes on there, after the others had their turn.
      await tx.dueWork.postpone(TOPIC, next, new Date());
      return undefined;
    });
  }

  private async attempt(tenantId: string, attempt: Attempt, signal: AbortSignal): Promise<Verdict> {
    const { delivery, endpoint, wrappedDataKey } = attempt;
    const sentAt = this.now();
    const begun = performance.now();
    let answer: WebhookAnswer;
    try {
      const secrets = await openSecrets(this.vault, { tenantId, wrappedDataKey, endpointId: endpoint.id }, endpoint.sealedSecrets, sentAt);
      answer = await this.sender.send({ id: delivery.id, endpointId: endpoint.id, url: endpoint.url, sentAt, body: delivery.body, secrets }, signal);
    } catch (error) {
      if (signal.aborted) await this.store.inTenant(tenantId, (tx) => tx.dueWork.giveBack(TOPIC, delivery.id));
      throw error;
    }
    const durationMs = Math.round(performance.now() - begun);
    const verdict = judgeAnswer(answer);
    const status = answer.kind === 'answered' ? answer.status : null;
    await this.store.inTenant(tenantId, (tx) => this.record(tx, attempt, verdict, { at: sentAt, durationMs, status }));
    this.settings.observer?.deliveryTried(verdict.outcome === 'delivered', (this.now().getTime() - delivery.createdAt.getTime()) / 1000);
    return verdict;
  }

  private async record(
    tx: TenantTransaction,
    { delivery: { id }, endpoint: { id: endpointId }, number }: Attempt,
    verdict: Verdict,
    { at, durationMs, status }: { readonly at: Date; readonly durationMs: number; readonly status: number | null },
  ): Promise<void> {
    // Endpoint, delivery, due work: everybody takes these locks in this order.
    const endpoint = await tx.endpoints.lock(endpointId);
    const delivery = await tx.deliveries.lock(id);
    if (!endpoint || !delivery) return; // deleted meanwhile, and their due work with them
    const error = verdict.outcome === 'delivered' ? null : verdict.error;
    const logged = await tx.deliveries.attempts(id);
    const entry = { deliveryId: id, number: (logged.at(-1)?.number ?? 0) + 1, at, durationMs, status, error };
    await tx.deliveries.insertAttempt(entry);

    const now = this.now();
    const attempts = delivery.attempts + 1;
    const seen = { attempts, lastStatus: status, lastError: error };
    if (verdict.outcome === 'delivered') {
      // However late: the receiver has it.
      await tx.deliveries.update(id, { ...seen, state: 'delivered', nextAttemptAt: null, finishedAt: now });
      await tx.dueWork.complete(TOPIC, id);
      if (endpoint.failingSince) await tx.endpoints.track(endpointId, { failingSince: null });
      return;
    }
    const work = await tx.dueWork.lock(TOPIC, id);
    // A later attempt has begun, or someone ended the delivery: what becomes of it is not ours to say.
    if (delivery.state !== 'pending' || work?.attempts !== number) return;

    const isTest = delivery.firstPosition === null;
    const pause = verdict.outcome === 'gone' || isTest ? undefined : retryDelay(id, attempts, verdict.askedMs);
    if (pause === undefined) {
      await tx.deliveries.update(id, { ...seen, state: 'failed', nextAttemptAt: null, finishedAt: now });
      await tx.dueWork.complete(TOPIC, id);
    } else {
      const nextAttemptAt = new Date(now.getTime() + pause);
      await tx.deliveries.update(id, { ...seen, nextAttemptAt });
      await tx.dueWork.postpone(TOPIC, id, nextAttemptAt);
    }
    if (verdict.outcome === 'gone') return disableEndpoint(tx, endpoint, 'gone', { deliveryId: id, attempt: entry.number });
    if (isTest) return;
    if (!endpoint.failingSince) return tx.endpoints.track(endpointId, { failingSince: now });
    if (await this.hasFailedLongEnough(tx, endpoint, now)) await disableEndpoint(tx, endpoint, 'failing', { deliveryId: id, attempt: entry.number });
  }

  /** Time alone does not tell: an endpoint that is rarely written to may have been asked a few times only. */
  private async hasFailedLongEnough(tx: TenantTransaction, { id: endpointId, failingSince }: Endpoint, now: Date): Promise<boolean> {
    if (!failingSince || now.getTime() - failingSince.getTime() < this.settings.failingMs) return false;
    const { items } = await tx.deliveries.list({ endpointId, state: 'failed' }, { first: 100 });
    return items.some(({ attempts, finishedAt }) => attempts > retryDelays.length && finishedAt !== null && finishedAt >= failingSince);
  }
}
