import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { Caller } from '../caller.js';
import { Lists } from '../lists.js';
import { OrganisationPolicyService } from './organisation-policy.service.js';
import { controlPolicyOf } from './control-policy.js';
import { firstPolicy, type Policy } from './policy.js';

describe("an organisation's policy", () => {
  let fresh: FreshStore;
  let policy: OrganisationPolicyService;
  let admin: Caller;

  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    const ids = new Map([['workloads/privileged', 'workloads/privileged'], ['workloads/earlier-name', 'workloads/privileged'], ['runtime/monitoring', 'runtime/monitoring']]);
    policy = new OrganisationPolicyService(fresh.store, new Lists(randomBytes(32)), (name) => ids.get(name));
  });
  beforeEach(async () => {
    admin = new Caller(await fresh.organisation(), 'key-1', new Set(['admin:write']));
  });
  afterAll(() => fresh.drop());

  const feed = () => fresh.store.inTenant(admin.tenantId, (tx) => tx.events.after(0, 10));

  it('begins with nothing decided', async () => {
    expect(await policy.get(admin)).toEqual(firstPolicy);
    expect((await policy.versions(admin, {})).edges).toEqual([]);
  });

  it('changes what is given and nothing else, as a version of its own', async () => {
    expect(await policy.put(admin, { evidenceDays: 90, trustedRegistries: ['registry.example:5000/team', 'ghcr.io', 'ghcr.io'] }))
      .toMatchObject({ version: 1, decidedBy: 'key-1', evidenceDays: 90, trustedRegistries: ['registry.example:5000/team', 'ghcr.io'], controls: [] });
    expect(await policy.put(admin, { trustedRegistries: [] })).toMatchObject({ version: 2, evidenceDays: 90, trustedRegistries: [] });
    expect(await policy.put(admin, { trustedRegistries: null, requiredLabels: ['app.kubernetes.io/name', 'env=prod-*'] })).toMatchObject({ version: 3, evidenceDays: 90, trustedRegistries: null });
    const { edges } = await policy.versions(admin, { first: 2 });
    expect(edges.map(({ node }) => node.version)).toEqual([3, 2]);
    expect((await policy.versions(admin, { after: edges[1]!.cursor })).edges.map(({ node }) => node)).toMatchObject([{ version: 1, trustedRegistries: ['registry.example:5000/team', 'ghcr.io'] }]);
  });

  it('tells every change in the feed, and nothing where nothing changes', async () => {
    await policy.put(admin, { controls: [{ controlId: 'workloads/earlier-name', isOff: true, reason: 'The platform needs it.' }] });
    const again = await policy.put(admin, { controls: [{ controlId: 'workloads/privileged', isOff: true, severity: null, reason: 'The platform needs it.' }] });
    expect(again.version).toBe(1);
    expect(await feed()).toMatchObject([{
      type: 'policy.changed', clusterId: null,
      data: { version: 1, decidedBy: 'key-1', changes: [{ field: 'controls', before: [], after: [{ controlId: 'workloads/privileged', isOff: true, severity: null, reason: 'The platform needs it.' }] }] },
    }]);
  });

  it('bounds the age of what collectors saw: a week at first, also in policies that were decided without that bound', async () => {
    expect((await policy.get(admin)).nodeEvidenceMaxAgeDays).toBe(7);
    const { nodeEvidenceMaxAgeDays: _without, ...earlier } = firstPolicy;
    await fresh.store.inTenant(admin.tenantId, (tx) => tx.policies.insert({ id: randomUUID(), version: 1, decidedBy: null, policy: earlier as unknown as Policy }));
    expect(controlPolicyOf(await policy.get(admin))).toMatchObject({ nodeEvidenceMaxAgeDays: 7 });
    expect(controlPolicyOf(await policy.put(admin, { nodeEvidenceMaxAgeDays: 30 }))).toMatchObject({ nodeEvidenceMaxAgeDays: 30 });
    expect(await feed()).toMatchObject([{ type: 'policy.changed', data: { version: 2, changes: [{ field: 'nodeEvidenceMaxAgeDays', before: 7, after: 30 }] } }]);
  });

  it('is not overwritten by who read an earlier one', async () => {
    await policy.put(admin, { evidenceDays: 10, ifVersion: 0 });
    await expect(policy.put(admin, { evidenceDays: 20, ifVersion: 0 })).rejects.toMatchObject({ kind: 'conflict', reason: 'policy-changed' });
    const versions = await Promise.all([1, 2, 3].map((days) => policy.put(admin, { evidenceDays: days })));
    expect(versions.map(({ version }) => version).sort()).toEqual([2, 3, 4]);
  });

  it('is another organisation’s own', async () => {
    await policy.put(admin, { evidenceDays: 10 });
    const other = new Caller(await fresh.organisation(), 'key-2', new Set(['admin:write']));
    expect(await policy.get(other)).toEqual(firstPolicy);
    expect(await policy.put(other, { evidenceDays: 11 })).toMatchObject({ version: 1 });
    expect((await policy.versions(admin, {})).edges).toHaveLength(1);
  });

  it.each([
    ...['https://ghcr.io', 'UPPER.example', 'a b', '', 'x@y', '-bad'].map((entry) => [{ trustedRegistries: [entry] }, '/trustedRegistries/0'] as const),
    ...[0, 401, 1.5].flatMap((days) => [[{ evidenceDays: days }, '/evidenceDays'], [{ nodeEvidenceMaxAgeDays: days }, '/nodeEvidenceMaxAgeDays']] as const),
    [{ requiredLabels: ['no spaces'] }, '/requiredLabels/0'],
    [{ requiredLabels: ['team', 'env=(?!prod).*'] }, '/requiredLabels/1'],
    [{ requiredAnnotations: ['env=[a-'] }, '/requiredAnnotations/0'],
    [{ requiredAnnotations: ['a=b=c'] }, '/requiredAnnotations/0'],
    [{ secretMaxAgeDays: 0 }, '/secretMaxAgeDays'],
    [{ approvedSensors: [' falco'] }, '/approvedSensors/0'],
    [{ controls: [{ controlId: 'workloads/none', isOff: true, reason: 'x' }] }, '/controls/0/controlId'],
    [{ controls: [{ controlId: 'workloads/privileged', isOff: true, reason: '' }] }, '/controls/0/reason'],
    [{ controls: [{ controlId: 'workloads/privileged', reason: 'x' }] }, '/controls/0'],
    [{ controls: [{ controlId: 'workloads/privileged', isOff: true, reason: 'x' }, { controlId: 'workloads/earlier-name', isOff: true, reason: 'x' }] }, '/controls/1/controlId'],
  ] as const)('refuses %j', async (input, pointer) => {
    await expect(policy.put(admin, input)).rejects.toMatchObject({ reason: 'invalid-policy', errors: [{ pointer }] });
    expect((await policy.get(admin)).version).toBe(0);
  });
});
