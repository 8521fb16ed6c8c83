import { describe, expect, it } from 'vitest';
import type { ReadOutcome } from '#inventory/observed.js';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { evaluate } from '../engine/evaluate.js';
import { sharedServiceAccount } from './shared-service-account.js';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}\nspec: {serviceAccountName: shop, containers: [{name: app, image: registry.example/${name}:1}]}\n`;
const judged = (accounts: ReadOutcome) => evaluate([sharedServiceAccount], inventoryOf(objectsOf(`${pod('web')}---\n${pod('worker')}`), { outcomes: { serviceaccounts: accounts } }))[0]!;

describe('a service account that is shared', () => {
  it('is found for certain only where all accounts were read: one of them may give its pods no token', () => {
    expect(judged({ state: 'observed', count: 0 }).failures).toMatchObject([{ basis: 'cluster' }]);
    expect(judged({ state: 'given', count: 0 }).failures).toMatchObject([{ basis: 'objects-given' }]);
    expect(judged({ state: 'partial', count: 1, reason: 'timed-out', detail: 'cut' })).toMatchObject({ outcome: 'unknown', failures: [] });
  });
});
