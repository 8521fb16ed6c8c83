import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineCall } from '#application/ports/engines.js';
import { recordEvidence } from '#inventory/evidence/record-evidence.js';
import type { KeptPiece } from '#inventory/evidence/piece.js';
import { deflate } from '#operations/deflated-text.js';
import { compileLibs, type CompiledLibs } from '#test/support/compiled-libs.js';
import { inventoryOf } from '#test/support/example-inventory.js';
import type * as EngineThreads from './engine-thread.js';

const rbac = (kind: string, name: string, more: object) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name, namespace: 'shop' }, ...more });

/** Evidence in which `roles` accounts may each read one thing. */
function evidence(roles = 1): readonly KeptPiece[] {
  const objects = Array.from({ length: roles }, (_, i) => [
    rbac('Role', `role-${i}`, { rules: [{ apiGroups: [''], resources: [`things-${i}`], verbs: ['get'] }] }),
    rbac('RoleBinding', `binding-${i}`, { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `role-${i}` }, subjects: [{ kind: 'ServiceAccount', name: `account-${i}`, namespace: 'shop' }] }),
  ]).flat();
  return Array.from(recordEvidence(inventoryOf(objects)), ({ sort, items, text }) => ({ sort, items, bytes: deflate(text) }));
}

/** What takes a second or so to make an index of. */
let large: readonly KeptPiece[] | undefined;
const heavy = (): readonly KeptPiece[] => (large ??= evidence(60_000));

const settings = { oldSpaceMb: 256, answerMs: 10_000, idleMs: 50 };

describe('the engines in their thread', () => {
  let compiled: CompiledLibs;
  let threads: typeof EngineThreads;
  let engines: EngineThreads.EngineThread;
  beforeAll(() => {
    compiled = compileLibs(['engines', 'inventory', 'application', 'operations']);
    threads = compiled.load<typeof EngineThreads>('engines/engine-thread.js');
    engines = new threads.EngineThread(settings);
  });
  afterAll(() => compiled.remove());

  let loads = 0;
  const canI = (scanId: string, number: number, pieces: readonly KeptPiece[] = evidence()): EngineCall<'access', 'can-i'> => ({
    engine: 'access', ask: 'can-i', scanIds: [scanId], question: [{ user: `system:serviceaccount:shop:account-${number}`, verb: 'get', resource: `things-${number}`, namespace: 'shop' }],
    load: async (sorts) => {
      loads++;
      return pieces.filter(({ sort }) => sorts.has(sort));
    },
  });

  it('ask for the evidence of a scan once, and only for what they need', async () => {
    loads = 0;
    expect((await engines.ask(canI('one', 0))).answers).toMatchObject([{ allowed: true, chain: { role: { name: 'role-0' } } }]);
    expect((await engines.ask(canI('one', 1))).answers).toEqual([{ allowed: false, chain: null }]);
    expect(loads).toBe(1);
  });

  it('answer many at a time, each its own', async () => {
    const pieces = evidence(50);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => engines.ask(canI(`scan ${i % 5}`, i, pieces))));
    expect(answers.every((answer) => answer.answers[0]!.allowed === true)).toBe(true);
  });

  it('hand on what went wrong with the evidence, and go on', async () => {
    await expect(engines.ask({ ...canI('gone', 0), load: () => Promise.reject(new RangeError('gone')) })).rejects.toThrow('gone');
    await expect(engines.ask({ ...canI('damaged', 0), load: async () => [{ sort: 'head' as const, items: 1, bytes: new Uint8Array([1, 2, 3]) }] })).rejects.toMatchObject({ name: 'EngineFailed' });
    expect((await engines.ask(canI('after', 0))).answers[0]!.allowed).toBe(true);
  });

  it('give up what takes too long or too much, and begin anew', async () => {
    const hasty = new threads.EngineThread({ ...settings, answerMs: 5 });
    await expect(hasty.ask(canI('large', 0, heavy()))).rejects.toMatchObject({ kind: 'unavailable', reason: 'engine-too-slow' });
    const small = new threads.EngineThread({ ...settings, oldSpaceMb: 16 });
    await expect(small.ask(canI('large', 0, heavy()))).rejects.toMatchObject({ kind: 'unavailable', reason: 'engine-too-small' });
    expect((await small.ask(canI('one', 0))).answers[0]!.allowed).toBe(true);
  });

  it('answer everybody else when one question takes the thread down', async () => {
    const busy = new threads.EngineThread({ ...settings, answerMs: 300 });
    await busy.ask(canI('warm', 0));
    const asked = [busy.ask(canI('first', 0)), busy.ask(canI('large', 0, heavy())), busy.ask(canI('second', 0)), busy.ask(canI('third', 0))];
    const ended = await Promise.allSettled(asked);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(ended[1]).toMatchObject({ reason: { reason: 'engine-too-slow' } });
  });

  it('do not get more time by more questions', async () => {
    const hasty = new threads.EngineThread({ ...settings, answerMs: 300 });
    const slow = hasty.ask(canI('large', 0, heavy()));
    const others: Promise<unknown>[] = [];
    const more = setInterval(() => others.push(hasty.ask(canI('one', 0))), 20);
    await expect(slow).rejects.toMatchObject({ reason: 'engine-too-slow' });
    clearInterval(more);
    expect((await Promise.allSettled(others)).map(({ status }) => status)).not.toContain('rejected');
  });

  it('fetch the evidence of a scan once for all who ask at the same time', async () => {
    const fresh = new threads.EngineThread(settings);
    loads = 0;
    await Promise.all(Array.from({ length: 10 }, () => fresh.ask(canI('same', 0))));
    expect(loads).toBe(1);
  });

  it('end when nothing is asked, and start again', async () => {
    await engines.ask(canI('one', 0));
    await new Promise((resolve) => setTimeout(resolve, 300));
    loads = 0;
    expect((await engines.ask(canI('one', 0))).answers[0]!.allowed).toBe(true);
    expect(loads).toBe(1);
  });
});
