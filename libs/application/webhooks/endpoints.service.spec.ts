import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventsIn, WebhookWorld } from '#test/support/webhook-world.js';
import { verified } from '#test/support/webhook-sink.js';
import { Caller } from '../caller.js';
import { secretTimes } from './signing-secrets.js';

describe('EndpointsService', () => {
  let world: WebhookWorld;

  beforeAll(async () => {
    world = await WebhookWorld.open(inject('postgresAdminUrl'));
  });
  afterAll(() => world.close());

  it('asks for the scope first', async () => {
    const { tenantId } = await world.tenant();
    const reader = new Caller(tenantId, 'key', new Set(['webhooks:read']));
    const stranger = new Caller(tenantId, 'key', new Set(['findings:write']));
    await expect(world.endpoint(reader, '/x')).rejects.toMatchObject({ kind: 'forbidden' });
    for (const call of [
      () => world.endpoints.update(reader, 'x', {}), () => world.endpoints.delete(reader, 'x'), () => world.endpoints.enable(reader, 'x'), () => world.endpoints.disable(reader, 'x'),
      () => world.endpoints.rotateSecret(reader, 'x'), () => world.endpoints.test(reader, 'x'), () => world.deliveries.resend(reader, 'x'),
      () => world.deliveries.replay(reader, 'x', { position: 0 }), () => world.endpoints.list(stranger, {}), () => world.endpoints.get(stranger, 'x'),
      () => world.deliveries.list(stranger, {}, {}), () => world.deliveries.get(stranger, 'x'),
    ]) {
      await expect(call()).rejects.toMatchObject({ kind: 'forbidden' });
    }
    expect((await world.endpoints.list(reader, {})).edges).toEqual([]);
  });

  it('creates with defaults, shows the secret once, and stores it sealed', async () => {
    const { caller } = await world.tenant();
    const { endpoint, secret } = await world.endpoint(caller, '/a');
    expect(endpoint).toMatchObject({
      mode: 'batch', payload: 'full', includeBaseline: false, eventTypes: null, minSeverity: null, clusterLabels: null, isEnabled: true, isInsecure: true, description: '',
      position: 0, failingSince: null, disabledReason: null,
    });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(JSON.stringify(endpoint) + Buffer.from(endpoint.sealedSecrets).toString('latin1')).not.toContain(secret.slice(6, 30));
    expect(secretTimes(endpoint.sealedSecrets, new Date())).toEqual([{ createdAt: expect.any(Date), expiresAt: null }]);
    expect(await world.endpoints.get(caller, endpoint.id)).toEqual(endpoint);
    expect((await world.endpoints.list(caller, {})).edges.map(({ node }) => node)).toEqual([endpoint]);
  });

  it('refuses an address that may not be called, on creation and on change', async () => {
    const { caller } = await world.tenant();
    const { endpoint } = await world.endpoint(caller, '/a');
    for (const url of ['https://10.0.0.1/', 'http://example.com/', 'https://169.254.169.254/']) {
      const refused = { kind: 'invalid', reason: 'webhook-url-refused', errors: [{ pointer: '/url', type: 'webhook-url-refused' }] };
      await expect(world.endpoints.create(caller, { url })).rejects.toMatchObject(refused);
      await expect(world.endpoints.update(caller, endpoint.id, { url })).rejects.toMatchObject(refused);
    }
    expect(await world.endpoints.update(caller, endpoint.id, { url: 'https://example.com/hook' })).toMatchObject({ url: 'https://example.com/hook', isInsecure: false });
  });

  it('says everything that is wrong with an input at once', async () => {
    const { caller } = await world.tenant();
    const wrong = { url: 'https://example.com', description: 'a\u0007', eventTypes: ['no.such'], minSeverity: 'worst', payload: 'fat', mode: 'digest', clusterLabels: {} };
    const error = await world.endpoints.create(caller, wrong as never).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: 'invalid', reason: 'invalid-webhook' });
    expect((error as { errors: readonly { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual([
      '/description', '/eventTypes/0', '/minSeverity', '/payload', '/mode', '/clusterLabels',
    ]);
    await expect(world.endpoints.create(caller, { url: 'https://example.com', eventTypes: [] })).rejects.toMatchObject({ reason: 'invalid-webhook' });
    await expect(world.endpoints.create(caller, { url: 'https://example.com', eventTypes: ['scan.failed', 'scan.failed'] })).rejects.toMatchObject({ reason: 'invalid-webhook' });
  });

  it('changes only what is given, and takes filters away with null', async () => {
    const { caller } = await world.tenant();
    const { endpoint } = await world.endpoint(caller, '/a', { eventTypes: ['scan.failed'], clusterLabels: { team: 'a' }, minSeverity: 'high', description: 'ours' });
    expect(await world.endpoints.update(caller, endpoint.id, { mode: 'each' })).toMatchObject({ ...endpoint, mode: 'each', updatedAt: expect.any(Date) });
    expect(await world.endpoints.update(caller, endpoint.id, { eventTypes: null, clusterLabels: null, minSeverity: null, includeBaseline: true })).toMatchObject({
      eventTypes: null, clusterLabels: null, minSeverity: null, includeBaseline: true, mode: 'each', description: 'ours',
    });
  });

  it('allows twenty, also to those who ask at once', async () => {
    const { caller } = await world.tenant();
    for (let i = 0; i < 17; i++) await world.endpoint(caller, '/limit');
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => world.endpoint(caller, '/limit')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'conflict', reason: 'too-many-webhooks' });
    }
    const [newest] = (await world.endpoints.list(caller, { first: 1 })).edges;
    await world.endpoints.delete(caller, newest!.node.id);
    await world.endpoint(caller, '/limit');
  });

  it('hears of nothing that was before it, and of nothing while it was disabled', async () => {
    const { caller, tenantId } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    await world.happen(tenantId, clusterId, { names: ['before'] });
    const { endpoint } = await world.endpoint(caller, `/${tenantId}`, { eventTypes: ['finding.opened'] });
    await world.happen(tenantId, clusterId, { names: ['heard'] });
    await world.work();
    await world.endpoints.disable(caller, endpoint.id);
    await world.happen(tenantId, clusterId, { names: ['missed'] });
    await world.work();
    expect(await world.endpoints.enable(caller, endpoint.id)).toMatchObject({ isEnabled: true, disabledReason: null });
    await world.happen(tenantId, clusterId, { names: ['again'] });
    await world.work();
    const told = world.sink.at(`/${tenantId}`).flatMap(({ body }) => eventsIn(body)).map(({ data }) => (data as { finding: { resource: { name: string } } }).finding.resource.name);
    expect(told).toEqual(['heard', 'again']);
  });

  it('abandons what waits when it is disabled, and says that it is disabled', async () => {
    const { caller, tenantId } = await world.tenant();
    const { endpoint } = await world.endpoint(caller, '/abandoned');
    const waiting = await world.endpoints.test(caller, endpoint.id);
    expect(await world.endpoints.disable(caller, endpoint.id)).toMatchObject({ isEnabled: false, disabledReason: 'by-request' });
    expect((await world.deliveries.get(caller, waiting.id)).delivery).toMatchObject({ state: 'abandoned', lastError: 'endpoint-disabled' });
    expect(await world.dueCount(tenantId)).toBe(0);
    await world.worker().run(tenantId, waiting.id, new AbortController().signal);
    expect(world.sink.at('/abandoned')).toEqual([]);
    for (const call of [() => world.endpoints.test(caller, endpoint.id), () => world.deliveries.resend(caller, waiting.id), () => world.deliveries.replay(caller, endpoint.id, { position: 0 })]) {
      await expect(call()).rejects.toMatchObject({ kind: 'conflict', reason: 'webhook-disabled' });
    }
    await world.endpoints.enable(caller, endpoint.id);
    await world.deliveries.resend(caller, waiting.id);
    await world.work();
    expect(world.sink.at('/abandoned')).toHaveLength(1);
  });

  it('sends a test message at once', async () => {
    const { caller, tenantId } = await world.tenant();
    const { endpoint, secret } = await world.endpoint(caller, `/test-${tenantId}`);
    const delivery = await world.endpoints.test(caller, endpoint.id);
    await world.work();
    const [request] = world.sink.at(`/test-${tenantId}`);
    expect(verified(request!, secret)).toMatchObject({ id: delivery.id, type: 'webhook.test', data: { endpointId: endpoint.id } });
    expect(request!.headers['webhook-id']).toBe(delivery.id);
    expect(await world.deliveries.get(caller, delivery.id)).toMatchObject({
      delivery: { state: 'delivered', attempts: 1, lastStatus: 200, firstPosition: null }, attempts: [{ number: 1, status: 200, error: null, durationMs: expect.any(Number) }],
    });
  });

  it('tries a test message once, and does not hold its failing against the endpoint', async () => {
    const { caller, tenantId } = await world.tenant();
    const { endpoint } = await world.endpoint(caller, '/failing-test');
    world.sink.script = ({ path }) => ({ status: path === '/failing-test' ? 500 : 200 });
    const delivery = await world.endpoints.test(caller, endpoint.id);
    await world.work();
    expect((await world.deliveries.get(caller, delivery.id)).delivery).toMatchObject({ state: 'failed', attempts: 1, lastStatus: 500, lastError: 'answered 500' });
    expect(await world.endpoints.get(caller, endpoint.id)).toMatchObject({ failingSince: null, isEnabled: true });
    expect(await world.dueCount(tenantId)).toBe(0);
    world.sink.script = () => ({ status: 200 });
  });

  it('signs with the new secret and, for as long as asked, with the one before it', async () => {
    const { caller, tenantId } = await world.tenant();
    const path = `/rotate-${tenantId}`;
    const { endpoint, secret: first } = await world.endpoint(caller, path);
    const { secret: second } = await world.endpoints.rotateSecret(caller, endpoint.id);
    await world.endpoints.test(caller, endpoint.id);
    await world.work();
    for (const secret of [first, second]) expect(verified(world.sink.at(path)[0]!, secret)).toBeTruthy();

    const { secret: third, endpoint: rotated } = await world.endpoints.rotateSecret(caller, endpoint.id, { overlapHours: 1 });
    expect(secretTimes(rotated.sealedSecrets, new Date()).map(({ expiresAt }) => expiresAt === null)).toEqual([true, false]);
    await world.endpoints.test(caller, endpoint.id);
    await world.work();
    const request = world.sink.at(path)[1]!;
    for (const secret of [second, third]) expect(verified(request, secret)).toBeTruthy();
    expect(() => verified(request, first)).toThrow(/signature/i);

    world.setClock(new Date(Date.now() + 61 * 60_000));
    await world.endpoints.test(caller, endpoint.id);
    await world.work();
    world.setClock(undefined);
    expect(String(world.sink.at(path)[2]!.headers['webhook-signature']).split(' ')).toHaveLength(1);

    const { secret: fourth } = await world.endpoints.rotateSecret(caller, endpoint.id, { overlapHours: 0 });
    await world.endpoints.test(caller, endpoint.id);
    await world.work();
    const last = world.sink.at(path)[3]!;
    expect(verified(last, fourth)).toBeTruthy();
    expect(() => verified(last, third)).toThrow(/signature/i);
    for (const overlapHours of [-1, 169, Number.NaN]) await expect(world.endpoints.rotateSecret(caller, endpoint.id, { overlapHours })).rejects.toMatchObject({ reason: 'invalid-rotation' });
  });

  it('shows an organisation nothing of another’s', async () => {
    const [ours, theirs] = [await world.tenant(), await world.tenant()];
    const { endpoint } = await world.endpoint(theirs.caller, '/theirs');
    const delivery = await world.endpoints.test(theirs.caller, endpoint.id);
    const { caller } = ours;
    for (const call of [
      () => world.endpoints.get(caller, endpoint.id), () => world.endpoints.update(caller, endpoint.id, { mode: 'each' }), () => world.endpoints.delete(caller, endpoint.id),
      () => world.endpoints.enable(caller, endpoint.id), () => world.endpoints.disable(caller, endpoint.id), () => world.endpoints.rotateSecret(caller, endpoint.id),
      () => world.endpoints.test(caller, endpoint.id), () => world.deliveries.list(caller, { endpointId: endpoint.id }, {}), () => world.deliveries.get(caller, delivery.id),
      () => world.deliveries.replay(caller, endpoint.id, { position: 0 }),
    ]) {
      await expect(call()).rejects.toMatchObject({ kind: 'not-found' });
    }
    await expect(world.deliveries.resend(caller, delivery.id)).rejects.toMatchObject({ kind: 'not-found', reason: 'delivery-not-found' });
    expect((await world.deliveries.list(caller, {}, {})).edges).toEqual([]);
    expect(await world.endpoints.get(theirs.caller, endpoint.id)).toMatchObject({ isEnabled: true, mode: 'batch' });
    await world.work();
  });
});
