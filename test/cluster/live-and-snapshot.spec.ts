import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EvidenceSource, ScanResult } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import type { Control } from '#controls/engine/control.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { hasKey } from '#controls/engine/key-set.js';
import type { FoundEvaluation } from '#findings/found-failure.js';
import { groupBy } from '#inventory/group-by.js';
import { resourceKeyOf, resourceType } from '#inventory/resources.js';
import { KubernetesClusterCollector } from '#kubernetes/kubernetes-cluster-collector.js';
import { compileLibs, type CompiledLibs } from '../support/compiled-libs.js';
import { inventoryOf } from '../support/example-inventory.js';
import { realisticFiles } from '../support/realistic.js';
import { clusterBinaries } from './binaries.js';
import { withField, writtenFields } from './defaulted-fields.js';
import { kubectlSnapshot } from './kubectl-snapshot.js';
import type { LoadedObject } from './load-objects.js';
import { changedObjects, objectVersions } from './object-versions.js';
import { startRealisticCluster, untilQuiet, type RealisticCluster } from './realistic-cluster.js';

const binaries = await clusterBinaries();
const kubectl = binaries.kind === 'ready' ? binaries.kubectl : undefined;
const reason = binaries.kind === 'unavailable' ? binaries.reason
  : kubectl === undefined ? 'there is no kubectl to write a snapshot'
  : realisticFiles.length === 0 ? 'BULWARK_TRUTH_DIR does not name a folder with realistic objects'
  : undefined;
if (reason !== undefined) console.warn(`a live scan is not compared with a snapshot: ${reason}`);

/** What a scan of some two thousand objects may take. */
const bars = { seconds: 3, peakMegabytes: 220 };
const never = new AbortController().signal;

describe.skipIf(reason !== undefined)(`a live scan, a snapshot and the files (${reason ?? 'of realistic objects'})`, () => {
  const collector = new KubernetesClusterCollector({ addresses: { allowedPrivateRanges: [], allowLoopbackHttp: true }, controls: async () => catalogue });
  const scan = (source: EvidenceSource): Promise<ScanResult> => collector.scan(source, {}, { onProgress: () => undefined, signal: never, knownEvidence: [] });
  let realistic: RealisticCluster;
  let libs: CompiledLibs;
  let live: ScanResult;
  let snapshot: ScanResult;
  /** As the snapshot has them. */
  let kept: ReadonlyMap<string, LoadedObject>;

  beforeAll(async () => {
    realistic = await startRealisticCluster();
    await addServerPod();
    // Controllers may write in between, and then there is nothing to compare.
    for (let attempt = 0; attempt < 5; attempt++) {
      await untilQuiet(realistic.cluster);
      const before = await objectVersions(realistic.cluster);
      live = await scan({ kind: 'live', connection: realistic.connection });
      const file = await kubectlSnapshot(realistic.cluster, kubectl!);
      snapshot = await scan({ kind: 'snapshot', bytes: createReadStream(file), complete: { scope: 'cluster', unread: ['secrets'] } });
      kept = new Map((JSON.parse(await readFile(file, 'utf8')) as { readonly items: readonly LoadedObject[] }).items.map((object) => [identityOf(object), object]));
      await rm(dirname(file), { recursive: true });
      if (changedObjects(before, await objectVersions(realistic.cluster)).length === 0) return;
    }
    throw new Error('the cluster never stood still');
  });
  afterAll(async () => {
    libs?.remove();
    await realistic?.cluster.stop();
  });

  /** The mirror pod of the API server that every kubeadm cluster has: an upload knows the server's version and flags by it. */
  async function addServerPod(): Promise<void> {
    const { gitVersion } = z.object({ gitVersion: z.string() }).parse((await realistic.cluster.request('GET', '/version')).body);
    const { status, body } = await realistic.cluster.request('POST', '/api/v1/namespaces/kube-system/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kube-apiserver-node-a', labels: { component: 'kube-apiserver', tier: 'control-plane' }, annotations: { 'kubernetes.io/config.mirror': '4e1c', 'kubernetes.io/config.hash': '4e1c', 'kubernetes.io/config.source': 'file' } },
      spec: { nodeName: 'node-a', hostNetwork: true, containers: [{ name: 'kube-apiserver', image: `registry.k8s.io/kube-apiserver:${gitVersion}`, command: ['kube-apiserver', ...realistic.cluster.apiserverArguments] }] },
    });
    expect(status, JSON.stringify(body)).toBe(201);
  }

  it('find the same, alive and as the documented kubectl command writes it', () => {
    // What the API server shows to whoever reaches it is in no upload.
    const probed = new Set<string>(catalogue.filter(({ evidence }) => evidence.includes('probe')).map(({ id }) => id));
    const written = ({ evaluations }: ScanResult) => told(evaluations.filter(({ controlId }) => !probed.has(controlId)));
    expect(written(snapshot)).toEqual(written(live));
    expect(snapshot.counts).toEqual({ ...live.counts, objects: snapshot.counts.objects });
    const failures = live.evaluations.reduce((sum, { failed }) => sum + failed, 0);
    console.info(`${live.counts.objects} objects: ${failures} findings of ${live.evaluations.filter(({ failed }) => failed > 0).length} controls, alive and in the snapshot`);
    expect(failures).toBeGreaterThan(1_000);
  });

  it('judge an object as it was written, but for what the server itself wrote into it', () => {
    const accepted = realistic.loaded.created.filter((object) => kept.has(identityOf(object)));
    const asGiven = (objects: readonly object[]) => inventoryOf(objects, { otherwise: (_key, count) => ({ state: 'given', count }) });
    const alone = evaluate(catalogue, asGiven(accepted));
    /** Written fields after which the file is judged as the cluster is; an object's own, and those by which others are its own now. */
    const explained = (control: Control, key: string, identity: string, isServed: boolean): readonly string[] => {
      const own = accepted.find((object) => identityOf(object) === identity)!;
      const wards = accepted.filter((object) => ownersOf(kept.get(identityOf(object))!).includes(identity));
      return [own, ...wards].flatMap((object) => writtenFields(object, kept.get(identityOf(object))!).flatMap((field) => {
        const now = [own, ...wards].map((each) => (each === object ? withField(each, field) : each));
        const fails = evaluate([control], asGiven(now))[0]!.failures.some((failure) => failure.key === key);
        return fails === isServed ? [`${field.path.join('.')} of ${identityOf(object)}`] : [];
      }));
    };
    const differences = catalogue.flatMap((control, i) => {
      const { failures, heldKeys } = alone[i]!;
      if (!isOfSingleObjects(control) || failures.some(({ basis }) => basis === 'objects-given')) return [];
      const [own, served] = [failures, live.evaluations[i]!.failures].map((some) => new Map([...some].map(({ key, resource }) => [key, `${resource.kind} ${resource.namespace}/${resource.name}`])));
      const isOfFile = new Set(accepted.map(identityOf));
      const differing = [...new Map([...own!, ...served!])].filter(([key, identity]) => isOfFile.has(identity) && own!.has(key) !== served!.has(key) && !hasKey(heldKeys, key));
      return differing.map(([key, identity]) => ({ key, isServed: served!.has(key), fields: explained(control, key, identity, served!.has(key)) }));
    });
    const byField = groupBy(differences, ({ fields }) => fields.join(', ') || 'UNEXPLAINED');
    console.info(`${accepted.length} objects in a file and in the cluster: ${differences.length} differences in what single objects are judged by (- fails in the file alone, + in the cluster alone)\n${Array.from(byField, ([fields, some]) => `  by ${fields}: ${some.map(({ key, isServed }) => `${isServed ? '+' : '-'}${key}`).join(', ')}`).join('\n')}`);
    expect(differences.filter(({ fields }) => fields.length === 0)).toEqual([]);
  });

  it('take little time and memory', async () => {
    libs = compileLibs(['kubernetes']);
    const child = spawn(process.execPath, [fileURLToPath(new URL('scan-process.mjs', import.meta.url)), libs.url('kubernetes/kubernetes-cluster-collector.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify(realistic.connection));
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    const { seconds, cpuSeconds, peakRss, objects, failures } = z.object({ seconds: z.number(), cpuSeconds: z.number(), peakRss: z.number(), objects: z.number(), failures: z.number() }).parse(JSON.parse(output));
    const peakMegabytes = peakRss / 1024 / 1024;
    console.info(`live scan of ${objects} objects: ${seconds.toFixed(2)} s (${bars.seconds} s promised), ${cpuSeconds.toFixed(2)} CPU-s, at most ${peakMegabytes.toFixed(0)} MB resident (${bars.peakMegabytes} MB promised)`);
    expect(failures).toBe(live.evaluations.reduce((sum, { failed }) => sum + failed, 0));
    expect(peakMegabytes).toBeLessThanOrEqual(bars.peakMegabytes);
    // Of wall time a busy machine takes what it wants.
    expect(cpuSeconds).toBeLessThanOrEqual(bars.seconds);
  });
});

/** Judges a pod template, or one object of the one list it needs; what it reads besides tells itself by the basis of its failures. */
const isOfSingleObjects = ({ scope }: Control): boolean => scope.family === 'template' || (scope.needs.length === 1 && scope.name !== 'cluster');

const identityOf = ({ apiVersion, kind, metadata }: LoadedObject): string => {
  const key = resourceKeyOf(apiVersion, kind);
  return `${kind} ${key !== undefined && !resourceType(key).namespaced ? '' : metadata.namespace ?? 'default'}/${metadata.name ?? ''}`;
};

/** The controlling owner, where an object has one. */
const ownersOf = ({ metadata }: LoadedObject): readonly string[] =>
  z.array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().default(false) })).parse(metadata['ownerReferences'] ?? []).filter(({ controller }) => controller).map(({ kind, name }) => `${kind} ${metadata.namespace ?? ''}/${name}`);

/** Verdicts as an API user reads them; why something was not read differs by the way it was not. */
function told(evaluations: readonly FoundEvaluation[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(evaluations.map(({ controlId, outcome, complete, passed, failed, unknown, notApplicable, failures }) => [
    controlId, { outcome, complete, passed, failed, unknown, notApplicable, failures: [...failures].map(({ key, severity, message, detail, patch, risk, basis }) => ({ key, severity, message, detail, patch, risk, basis })).toSorted((a, b) => (a.key < b.key ? -1 : 1)) },
  ]));
}
