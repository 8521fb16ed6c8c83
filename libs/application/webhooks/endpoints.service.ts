import { randomUUID } from 'node:crypto';
import { severities, type Severity } from '#controls/engine/control.js';
import { conflict, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { Labels } from '../clusters/cluster.js';
import { eventTypes, type EventType } from '../events/event.js';
import { InputChecks } from '../input-checks.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import type { TargetUrlPolicy } from '../ports/target-url-policy.js';
import type { Delivery, NewDelivery } from './delivery.js';
import { endpointDisabled } from './endpoint-disabled.js';
import type { Endpoint } from './endpoint.js';
import { testBody } from './payload.js';
import { newSecret, rotateSecret, sealSecret, type SecretsOwner } from './signing-secrets.js';

export interface EndpointChange {
  readonly url?: string;
  readonly description?: string;
  /** null: every type. */
  readonly eventTypes?: readonly EventType[] | null;
  readonly minSeverity?: Severity | null;
  /** null: of all clusters. */
  readonly clusterLabels?: Labels | null;
  readonly payload?: 'thin' | 'full';
  readonly mode?: 'each' | 'batch';
  readonly includeBaseline?: boolean;
}

export interface CreateEndpoint extends EndpointChange {
  readonly url: string;
}

/** The secret is shown here and never again. */
export interface EndpointWithSecret {
  readonly endpoint: Endpoint;
  readonly secret: string;
}

export const MOST_ENDPOINTS = 20;
const MOST_LABELS = 50;
const LONGEST_DESCRIPTION = 200;

const HOUR = 3_600_000;
/** How long an old secret stays valid beside the new one, in hours. */
export const DEFAULT_OVERLAP_HOURS = 24;
export const LONGEST_OVERLAP_HOURS = 7 * 24;

const list = byTime('webhooks');

/** Where an organisation wants to be told. */
export class EndpointsService {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
    private readonly targets: TargetUrlPolicy,
    private readonly lists: Lists,
  ) {}

  /** It hears of what happens from now on. */
  async create(caller: Caller, input: CreateEndpoint): Promise<EndpointWithSecret> {
    caller.may('webhooks:write');
    checkEndpoint(input);
    const { insecure } = this.targets.check(input.url);
    const id = randomUUID();
    const secret = newSecret();
    const sealedSecrets = await sealSecret(this.vault, await this.owner(caller, id), secret, new Date());
    const endpoint = await this.store.inTenant(caller.tenantId, async (tx) => {
      await tx.organisation.lock();
      if ((await tx.endpoints.count()) >= MOST_ENDPOINTS) {
        throw conflict('too-many-webhooks', `An organisation has at most ${MOST_ENDPOINTS} webhook endpoints. Delete one that is no longer needed.`);
      }
      return tx.endpoints.insert({
        id,
        url: input.url,
        description: input.description ?? '',
        eventTypes: input.eventTypes ?? null,
        minSeverity: input.minSeverity ?? null,
        clusterLabels: input.clusterLabels ?? null,
        payload: input.payload ?? 'full',
        mode: input.mode ?? 'batch',
        includeBaseline: input.includeBaseline ?? false,
        sealedSecrets,
        isEnabled: true,
        isInsecure: insecure,
        disabledReason: null,
        position: await tx.events.lastPosition(),
        failingSince: null,
      });
    });
    return { endpoint, secret };
  }

  async list(caller: Caller, request: PageRequest): Promise<Page<Endpoint>> {
    caller.may('webhooks:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    const endpoints = await this.store.inTenant(caller.tenantId, (tx) => tx.endpoints.list(slice));
    return this.lists.page(list, caller.tenantId, request, endpoints, ({ createdAt, id }) => ({ at: createdAt, id }));
  }

  async get(caller: Caller, id: string): Promise<Endpoint> {
    caller.may('webhooks:read');
    return found(await this.store.inTenant(caller.tenantId, (tx) => tx.endpoints.get(id)));
  }

  /** Holds for events that come; deliveries that wait keep their bodies and go to the new address. */
  async update(caller: Caller, id: string, change: EndpointChange): Promise<Endpoint> {
    caller.may('webhooks:write');
    checkEndpoint(change);
    const { url, description, eventTypes, minSeverity, clusterLabels, payload, mode, includeBaseline } = change;
    const target = url === undefined ? {} : { url, isInsecure: this.targets.check(url).insecure };
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const endpoint = await locked(tx, id);
      const isMoved = url !== undefined && url !== endpoint.url;
      return found(
        await tx.endpoints.update(id, {
          ...target, description, eventTypes, minSeverity, clusterLabels, payload, mode, includeBaseline, ...(isMoved ? { failingSince: null } : {}),
        }),
      );
    });
  }

  /** Its deliveries go with it. */
  async delete(caller: Caller, id: string): Promise<void> {
    caller.may('webhooks:write');
    await this.store.inTenant(caller.tenantId, async (tx) => {
      await locked(tx, id);
      await tx.endpoints.delete(id);
    });
  }

  /** It hears of what happens from now on; what it missed can be replayed. */
  async enable(caller: Caller, id: string): Promise<Endpoint> {
    caller.may('webhooks:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const endpoint = await locked(tx, id);
      if (endpoint.isEnabled) return endpoint;
      const position = await tx.events.lastPosition();
      return found(await tx.endpoints.update(id, { isEnabled: true, disabledReason: null, failingSince: null, position }));
    });
  }

  /** Deliveries that wait are abandoned; they can be sent again later. */
  async disable(caller: Caller, id: string): Promise<Endpoint> {
    caller.may('webhooks:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const endpoint = await locked(tx, id);
      if (!endpoint.isEnabled) return endpoint;
      await tx.deliveries.abandon(id, 'endpoint-disabled');
      return found(await tx.endpoints.update(id, { isEnabled: false, disabledReason: 'by-request' }));
    });
  }

  /** A new secret. The one before it signs too for `overlapHours` (24 where not given; 0: not at all), older ones no more. */
  async rotateSecret(caller: Caller, id: string, { overlapHours = DEFAULT_OVERLAP_HOURS }: { readonly overlapHours?: number } = {}): Promise<EndpointWithSecret> {
    caller.may('webhooks:write');
    const checks = new InputChecks();
    checks.require(overlapHours >= 0 && overlapHours <= LONGEST_OVERLAP_HOURS, '/overlapHours', `0 to ${LONGEST_OVERLAP_HOURS}`);
    checks.done('invalid-rotation', 'The secret cannot be rotated like this.');
    const owner = await this.owner(caller, id);
    const secret = newSecret();
    const endpoint = await this.store.inTenant(caller.tenantId, async (tx) => {
      const { sealedSecrets } = await locked(tx, id);
      const at = new Date();
      const rotated = await rotateSecret(this.vault, owner, sealedSecrets, secret, at, new Date(at.getTime() + overlapHours * HOUR));
      return found(await tx.endpoints.update(id, { sealedSecrets: rotated }));
    });
    return { endpoint, secret };
  }

  /** Sends a `webhook.test` at once, and once only: it is not tried again, and its failing is not held against the endpoint. */
  async test(caller: Caller, id: string, traceparent?: string): Promise<Delivery> {
    caller.may('webhooks:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const endpoint = await locked(tx, id);
      if (!endpoint.isEnabled) throw endpointDisabled();
      const delivery = testDelivery(id);
      await tx.deliveries.insertMany([delivery]);
      await tx.dueWork.schedule([{ topic: 'delivery.send', subjectId: delivery.id, ...(traceparent === undefined ? {} : { traceparent }) }]);
      const stored = await tx.deliveries.get(delivery.id);
      if (!stored) throw new Error('a delivery that was just inserted is not there');
      return stored;
    });
  }

  private async owner({ tenantId }: Caller, endpointId: string): Promise<SecretsOwner> {
    const organisation = await this.store.inTenant(tenantId, (tx) => tx.organisation.get());
    if (!organisation) throw notFound('organisation');
    return { tenantId, wrappedDataKey: organisation.wrappedDataKey, endpointId };
  }
}

function testDelivery(endpointId: string): NewDelivery {
  const id = randomUUID();
  const at = new Date();
  return {
    id, endpointId, eventType: 'webhook.test', eventCount: 1, firstPosition: null, lastPosition: null, body: testBody(id, endpointId, at),
    state: 'pending', attempts: 0, nextAttemptAt: at, finishedAt: null, lastStatus: null, lastError: null,
  };
}

const locked = async (tx: TenantTransaction, id: string): Promise<Endpoint> => found(await tx.endpoints.lock(id));

function found(endpoint: Endpoint | undefined): Endpoint {
  if (!endpoint) throw notFound('webhook');
  return endpoint;
}

function checkEndpoint({ description, eventTypes: types, minSeverity, clusterLabels, payload, mode }: EndpointChange): void {
  const checks = new InputChecks();
  if (description) checks.text(description, '/description', LONGEST_DESCRIPTION);
  if (types) {
    checks.require(types.length > 0 && new Set(types).size === types.length, '/eventTypes', 'each type once, or null for every type');
    for (const [i, type] of types.slice(0, eventTypes.length).entries()) checks.require(eventTypes.includes(type), `/eventTypes/${i}`, `one of ${eventTypes.join(', ')}`);
    checks.require(types.length <= eventTypes.length, '/eventTypes', `at most ${eventTypes.length} types`);
  }
  if (minSeverity) checks.require(severities.includes(minSeverity), '/minSeverity', `one of ${severities.join(', ')}`);
  if (payload !== undefined) checks.require(['thin', 'full'].includes(payload), '/payload', 'thin or full');
  if (mode !== undefined) checks.require(['each', 'batch'].includes(mode), '/mode', 'each or batch');
  const labels = Object.entries(clusterLabels ?? {});
  checks.require(!clusterLabels || (labels.length > 0 && labels.length <= MOST_LABELS), '/clusterLabels', `1 to ${MOST_LABELS} labels, or null for all clusters`);
  for (const [key, value] of labels.slice(0, MOST_LABELS)) {
    const pointer = `/clusterLabels/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    checks.text(key, pointer, 253);
    if (value !== '') checks.text(value, pointer, 253);
  }
  checks.done('invalid-webhook', 'The webhook endpoint cannot be stored as given.');
}
