import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackKubeBench } from '#application/nodes/unpack-kube-bench.js';
import { readKubeBench } from '#kube-bench/read-kube-bench.js';
import { evidenceOf } from '#nodes/testing/evidence.js';
import { checkBundle, type CheckedBundle } from '#nodes/wire/read-bundle.js';
import { writeBundle } from '#nodes/wire/write-bundle.js';
import { compileLibs, type CompiledLibs } from '#test/support/compiled-libs.js';
import type * as UnpackingThreads from './unpacking-thread.js';

const settings = { oldSpaceMb: 192, answerMs: 10_000, idleMs: 50 };

const checked = async (evidence = evidenceOf()): Promise<CheckedBundle> =>
  checkBundle(writeBundle(evidence, { node: 'n', collector: '1', collectedAt: new Date() }).bytes, { clusterId: 'c', keys: [], now: new Date(), lastSeen: () => undefined, unsigned: 'accepted' });

/** As slow as the limits allow: hundreds of thousands of values. */
const heavy = () =>
  checked(evidenceOf({
    configs: {
      items: Array.from({ length: 400 }, (_, file) => ({
        kind: 'kubelet' as const, path: `/etc/${file}`,
        content: { state: 'read' as const, value: { apiVersion: 'kubelet.config.k8s.io/v1beta1', settings: Array.from({ length: 400 }, (_, i) => ({ key: `k${i}`, value: i })) } },
      })),
      truncated: false,
    },
  }));

describe('uploads in their thread', () => {
  let compiled: CompiledLibs;
  let threads: typeof UnpackingThreads;
  beforeAll(() => {
    compiled = compileLibs(['engines', 'nodes', 'inventory', 'application', 'operations', 'kube-bench', 'benchmarks']);
    threads = compiled.load<typeof UnpackingThreads>('engines/unpacking-thread.js');
  });
  afterAll(() => compiled.remove());

  it('are unpacked as they are kept, many at once, and again after the thread has ended', async () => {
    const thread = new threads.UnpackingThread(settings);
    const machine = 'a'.repeat(64);
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) => thread.unpack(await checked(evidenceOf({ machine, kernel: { state: 'read', value: String(i) } })))));
      expect(answers.map(({ packed }) => (JSON.parse(gunzipSync(packed).toString()) as { kernel: { value: string } }).kernel.value)).toEqual(answers.map((_, i) => String(i)));
      expect(answers.every((answer) => answer.machine === machine)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });

  it('are followed by reports of kube-bench, which say there what they say in the process', async () => {
    const thread = new threads.UnpackingThread(settings);
    const file = readFileSync(new URL('../kube-bench/testing/fixtures/two-nodes.json', import.meta.url));
    const options = { nodes: ['a', 'b'] };
    const [runs] = await Promise.all([thread.unpackKubeBench(file, options), thread.unpack(await checked())]);
    expect(runs.map(({ packed: _packed, ...facts }) => facts)).toEqual((await unpackKubeBench(file, options)).map(({ packed: _packed, ...facts }) => facts));
    expect(runs.map(({ packed }) => JSON.parse(gunzipSync(packed).toString()) as unknown)).toEqual(readKubeBench(file, options).runs);
    await expect(thread.unpackKubeBench(Buffer.from('{"Controls": 3}'), options)).rejects.toMatchObject({ name: 'KubeBenchError', reason: expect.stringMatching(/^kube-bench-/) as string });
    expect((await thread.unpackKubeBench(file, options))).toHaveLength(2);
  });

  it('are refused as they are in the process', async () => {
    const thread = new threads.UnpackingThread(settings);
    const bundle = await checked();
    await expect(thread.unpack({ ...bundle, header: { ...bundle.header, size: 2 } })).rejects.toMatchObject({ name: 'BundleError', code: 'damaged' });
    expect((await thread.unpack(bundle)).machine).toBeUndefined();
  });

  it('hold nobody up, however slow they are', async () => {
    const thread = new threads.UnpackingThread(settings);
    const bundle = await heavy();
    await thread.unpack(await checked());
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const begun = performance.now();
    await thread.unpack(bundle);
    clearInterval(watch);
    // In this thread it would be all of it; how long that is hangs on the machine.
    expect(longest).toBeLessThan((performance.now() - begun) / 2);
  });

  it.each<[string, Partial<UnpackingThreads.UnpackingSettings>]>([
    ['too much time', { answerMs: 1 }],
    ['too much memory', { oldSpaceMb: 18 }],
  ])('that take %s are given up, and the others are not', async (_what, limits) => {
    const thread = new threads.UnpackingThread({ ...settings, ...limits });
    const slow = thread.unpack(await heavy());
    await expect(slow).rejects.toMatchObject({ kind: 'unavailable', reason: 'bundle-too-slow', retryAfter: 30 });
    if (limits.answerMs === undefined) expect((await thread.unpack(await checked())).packed.length).toBeGreaterThan(0);
  });
});
