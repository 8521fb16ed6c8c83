import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { stringify } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EvidencePack, ScanProgress, ScanResult } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import { packOf } from '#test/support/evidence-pack.js';
import { evidenceOfSketch } from '#test/support/node-sketch.js';
import { benchCluster } from '#test/support/bench-cluster.js';
import { compileLibs, type CompiledLibs } from '#test/support/compiled-libs.js';
import { startFakeApiServer, type FakeApiServer, type FakeApiServerOptions } from '#test/support/fake-apiserver.js';
import { defaultCollectSettings } from './collector/collect-settings.js';
import { runScan, type ScanHooks } from './run-scan.js';
import type { ScanRequest } from './scan-request.js';
import type * as ScanThread from './scan-thread.js';
import type { ParsingAnswer } from './snapshot/parsing-messages.js';
import type * as ParsingThreads from './snapshot/parsing-thread.js';
import { defaultSnapshotSettings } from './snapshot/snapshot-settings.js';

let compiled: CompiledLibs;
let thread: typeof ScanThread;
let server: FakeApiServer | undefined;

beforeAll(() => {
  compiled = compileLibs(['kubernetes', 'controls', 'inventory', 'nodes', 'egress', 'application']);
  thread = compiled.load<typeof ScanThread>('kubernetes/scan-thread.js');
});
afterAll(() => compiled.remove());
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const limits = { oldSpaceMb: 160, youngSpaceMb: 16, graceMs: 500, idleMs: 5_000, keptHeapMb: 64, maxScans: 3, replaceMs: 20 };
/** A scan in a thread of its own. */
const scanInThread = (request: ScanRequest, scanHooks: ScanHooks, own = limits): Promise<ScanResult> => new thread.ScanThreads(own).scan(request, scanHooks);
const settings = { policy: {}, collect: { ...defaultCollectSettings, backoffMs: 1 }, snapshot: defaultSnapshotSettings, knownEvidence: [] };

async function live(options: FakeApiServerOptions): Promise<ScanRequest> {
  server = await startFakeApiServer(options);
  return { ...settings, source: { kind: 'live', connection: { server: server.url, ca: server.ca, credential: { kind: 'token', token: server.token } }, addresses: { allowedPrivateRanges: [], allowLoopbackHttp: true } } };
}

const snapshot: ScanRequest = { ...settings, source: { kind: 'snapshot', complete: { scope: 'objects' } } };

function hooks(more: Partial<ScanHooks> = {}): ScanHooks & { readonly progress: ScanProgress[] } {
  const progress: ScanProgress[] = [];
  return { onProgress: (word) => void progress.push(word), signal: new AbortController().signal, progress, ...more };
}

const judged = (result: ScanResult): unknown => JSON.parse(JSON.stringify({ ...result, cost: undefined }, (key, value: unknown) => (value instanceof Uint32Array || key === 'failures' ? [...(value as Iterable<unknown>)] : value)));
const failure = (scan: Promise<unknown>): Promise<Error & { readonly reason?: string }> => scan.then(() => { throw new Error('it should have failed'); }, (error: unknown) => error as Error & { readonly reason?: string });

async function* pods(count: number, privileged = true): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    yield Buffer.from(`${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${i}`, namespace: 'shop' }, spec: { containers: [{ name: 'app', image: 'a:1', securityContext: { privileged } }] } })}\n`);
  }
}

describe('a scan in its thread', () => {
  it('gives what the same scan gives in the process', async () => {
    const request = await live({ lists: benchCluster({ pods: 300, replicas: 3 }) });
    const there = hooks();
    const result = await scanInThread(request, there);
    const here = await runScan(request, catalogue, hooks());
    expect(judged(result)).toEqual(judged(here));
    expect(result.evaluations[0]!.passedKeys).toBeInstanceOf(Uint32Array);
    expect(result.cost.cpuMs).toBeGreaterThan(0);
    expect(there.progress.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1])).toEqual(['connecting', 'collecting', 'judging']);
  });

  it('takes an upload chunk by chunk and gives back more failures than one message holds', async () => {
    const result = await scanInThread(snapshot, hooks({ bytes: pods(2500) }));
    expect(result.counts.pods).toBe(2500);
    expect(result.evaluations.find(({ controlId }) => controlId === 'workloads/privileged')?.failures).toHaveLength(2500);
    const here = await runScan(snapshot, catalogue, hooks({ bytes: pods(2500) }));
    expect(judged(result)).toEqual(judged(here));
  });

  it('gives the same for YAML, of which another thread parses a part', async () => {
    async function* yaml(last = ''): AsyncGenerator<Uint8Array> {
      for await (const pod of pods(1_500)) yield Buffer.from(`---\n${stringify(JSON.parse(Buffer.from(pod).toString()))}`);
      yield Buffer.from(last);
    }
    const result = await scanInThread(snapshot, hooks({ bytes: yaml() }));
    expect(judged(result)).toEqual(judged(await runScan(snapshot, catalogue, hooks({ bytes: yaml() }))));
    const line = /object 1501, at line \d+, cannot be read at line \d+/;
    expect((await failure(scanInThread(snapshot, hooks({ bytes: yaml('---\nkind: "x\n') })))).message).toMatch(line);
  });

  it('takes what was collected on nodes, one after the other', async () => {
    async function* packs(): AsyncGenerator<EvidencePack> {
      for (let i = 0; i < 20; i++) yield packOf(`node-${i}`, new Date(), evidenceOfSketch({ processes: [['/usr/bin/kubelet']] }));
    }
    async function* listed(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 20; i++) yield Buffer.from(`${JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${i}` }, status: { nodeInfo: { kubeletVersion: 'v1.33.4' } } })}\n`);
    }
    const result = await scanInThread(snapshot, hooks({ bytes: listed(), packs: packs() }));
    expect(result.collectors).toEqual({ nodes: 20, fresh: 20, stale: 0 });
    // Without a file the old defaults hold.
    expect(result.evaluations.find(({ controlId }) => controlId === 'control-plane/kubelet-authz')).toMatchObject({ outcome: 'fail', failed: 20 });
  });

  it('passes on what breaks in the stream of the caller', async () => {
    let sent = 0;
    const bytes = (async function* () {
      for await (const chunk of pods(400)) {
        sent++;
        yield chunk;
      }
      throw new RangeError('gone');
    })();
    expect(await failure(scanInThread(snapshot, hooks({ bytes })))).toBeInstanceOf(RangeError);
    expect(sent).toBe(400);
  });

  it('reports typed errors as what they are', async () => {
    const request = await live({});
    await expect(scanInThread({ ...request, source: { ...request.source, connection: { server: server!.url, ca: server!.ca, credential: { kind: 'token', token: 'wrong' } } } as ScanRequest['source'] }, hooks())).rejects.toMatchObject({ name: 'CollectionError', reason: 'credentials-refused', isUnreachable: false });
    const bytes = (async function* () {
      yield Buffer.from('{"kind":');
    })();
    await expect(scanInThread(snapshot, hooks({ bytes }))).rejects.toMatchObject({ name: 'SnapshotError', reason: 'snapshot-truncated' });
  });

  it('ends as too large where the memory does not suffice, and the process goes on', async () => {
    const distinct = { length: 30_000, at: (i: number) => ({ metadata: { name: `role-${i}`, namespace: `ns-${i}` }, rules: Array.from({ length: 30 }, (_, r) => ({ apiGroups: [`group-${i}-${r}`], resources: [`r-${i}-${r}`], verbs: ['get', 'list'] })) }) };
    const request = await live({ lists: { 'roles.rbac.authorization.k8s.io': distinct } });
    expect(await failure(scanInThread(request, hooks(), { ...limits, oldSpaceMb: 40, youngSpaceMb: 4 }))).toMatchObject({ name: 'CollectionError', reason: 'cluster-too-large' });
  });

  it('stops when it is cancelled, also where it waits for the server', async () => {
    const cancel = new AbortController();
    const request = await live({ fault: ({ key }) => (key === 'pods' ? (cancel.abort(), { kind: 'hang' }) : undefined) });
    const start = performance.now();
    expect(await failure(scanInThread(request, hooks({ signal: cancel.signal })))).toMatchObject({ reason: 'cancelled' });
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(await failure(scanInThread(request, hooks({ signal: cancel.signal })))).toMatchObject({ reason: 'cancelled' });
  });

  it('stops when it is cancelled while the upload stalls', async () => {
    const cancel = new AbortController();
    const bytes = (async function* () {
      yield Buffer.from('{"kind":');
      setTimeout(() => cancel.abort(), 50);
      await new Promise(() => undefined);
    })();
    expect(await failure(scanInThread(snapshot, hooks({ bytes, signal: cancel.signal })))).toMatchObject({ reason: 'cancelled' });
  });

  it('turns a bug into an error that tells nothing of what was read', async () => {
    const request = { ...snapshot, source: { kind: 'CANARY' } } as unknown as ScanRequest;
    const error = await failure(scanInThread(request, hooks()));
    expect(error).toMatchObject({ name: 'ScanCrashed', reason: 'scan-crashed', message: 'the scan broke off with TypeError' });
    expect((error as unknown as { readonly frames: string }).frames).toContain('run-scan.js');
  });

  it('is followed by the next in the same thread, which knows nothing of it', async () => {
    const threads = new thread.ScanThreads({ ...limits, maxScans: 2 });
    const one = await threads.scan(snapshot, hooks({ bytes: pods(50) }));
    const same = await threads.scan(snapshot, hooks({ bytes: pods(50) }));
    expect(judged(same)).toEqual(judged(one));
    const other = await threads.scan(snapshot, hooks({ bytes: pods(30, false) }));
    expect(other.counts.pods).toBe(30);
    expect(judged(other)).toEqual(judged(await runScan(snapshot, catalogue, hooks({ bytes: pods(30, false) }))));
  });

  it('that fails takes its thread with it, and others go on', async () => {
    const threads = new thread.ScanThreads(limits);
    const request = await live({});
    const refused = { ...request, source: { ...request.source, connection: { server: server!.url, ca: server!.ca, credential: { kind: 'token', token: 'wrong' } } } as ScanRequest['source'] };
    const beside = threads.scan(snapshot, hooks({ bytes: pods(200) }));
    expect(await failure(threads.scan(refused, hooks()))).toMatchObject({ reason: 'credentials-refused' });
    const cancel = new AbortController();
    const stalled = (async function* () {
      yield Buffer.from('{"kind":');
      setTimeout(() => cancel.abort(), 50);
      await new Promise(() => undefined);
    })();
    expect(await failure(threads.scan(snapshot, hooks({ bytes: stalled, signal: cancel.signal })))).toMatchObject({ reason: 'cancelled' });
    expect((await beside).counts.pods).toBe(200);
    expect((await threads.scan(snapshot, hooks({ bytes: pods(20) }))).counts.pods).toBe(20);
  });

  it('finds a thread ready where one was prepared, and another once that has given way', async () => {
    const begun: string[] = [];
    const note = ({ threadId }: Worker): void => void begun.push(String(threadId));
    process.on('worker', note);
    try {
      const threads = new thread.ScanThreads({ ...limits, maxScans: 1 });
      threads.prepare();
      threads.prepare();
      await threads.scan(snapshot, hooks({ bytes: pods(5) }));
      expect(begun).toHaveLength(1);
      await expect.poll(() => begun.length, { timeout: 10_000 }).toBe(2);
      const atWork = threads.scan(snapshot, hooks({ bytes: pods(5) }));
      // One that is at work is enough.
      threads.prepare();
      await atWork;
      expect(begun).toHaveLength(2);
    } finally {
      process.off('worker', note);
    }
  });

  it('lets the process end while its thread waits for the next', async () => {
    const program = `
      import { ScanThreads } from ${JSON.stringify(compiled.url('kubernetes/scan-thread.js'))};
      async function* bytes() { yield Buffer.from('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}'); }
      const request = JSON.parse(process.argv[1]);
      const threads = new ScanThreads();
      threads.prepare();
      const { counts } = await threads.scan(request, { bytes: bytes(), onProgress() {}, signal: new AbortController().signal });
      console.log(counts.namespaces);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program, JSON.stringify(snapshot)], { timeout: 30_000 });
    expect(stdout.trim()).toBe('1');
  });
});

describe('a thread that parses YAML', () => {
  it('answers batches in their order, says nothing of what is bad, and ends', async () => {
    const { ParsingThread } = compiled.load<typeof ParsingThreads>('kubernetes/snapshot/parsing-thread.js');
    const parser = new ParsingThread();
    const answers: ParsingAnswer[] = [];
    const untilReady = async (): Promise<void> => {
      while (parser.state === 'starting') {
        await parser.wait();
        parser.receive();
      }
    };
    await untilReady();
    for (const [first, second] of [['a: [1, .inf]', 'b: "'], ['c: &c {d: e}\nf: *c', 'g: [[[1]]]']] as const) {
      parser.send({ bytes: Uint8Array.from(Buffer.from(first + second)), ends: [first.length, first.length + second.length], depths: [3, 3] });
    }
    while (answers.length < 2) {
      await parser.wait();
      for (let answer = parser.receive(); answer; answer = parser.receive()) answers.push(answer);
    }
    expect(answers).toEqual([[{ value: { a: [1, Infinity] } }, undefined], [{ value: { c: { d: 'e' }, f: { d: 'e' } } }, undefined]]);
    await parser.close();
    expect(parser.state).toBe('over');
    // Nobody waits for what does not come.
    await parser.wait();
  });
});
