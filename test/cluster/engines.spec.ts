import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ClusterConnection } from '#application/ports/cluster-collector.js';
import { AccessIndex } from '#inventory/access/access-index.js';
import { accessFactsOf } from '#inventory/access/access-of-inventory.js';
import { canI } from '#inventory/access/can-i.js';
import { restoreEvidence } from '#inventory/evidence/restore-evidence.js';
import type { PodTemplate } from '#inventory/facts.js';
import type { Inventory } from '#inventory/inventory.js';
import { evaluatePodSecurity } from '#inventory/pod-security/evaluate-pod-security.js';
import { parsePodSecurityVersion, versionOfServer, type PodSecurityLevel, type PodSecurityVersion } from '#inventory/pod-security/pod-security-version.js';
import { templateOfObject } from '#inventory/pod-security/template-of-object.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { inflate } from '#operations/deflated-text.js';
import { KubernetesClusterCollector } from '#kubernetes/kubernetes-cluster-collector.js';
import { askServer, drawQuestions, readRbac } from './access-questions.js';
import { clusterBinaries } from './binaries.js';
import { inLanes } from './in-lanes.js';
import type { KubeCluster } from './kube-cluster.js';
import type { Loaded, LoadedObject } from './load-objects.js';
import { checksNamed } from './pod-security-words.js';
import { startRealisticCluster } from './realistic-cluster.js';
import { randomNumbers } from '../support/random-numbers.js';
import { realisticFiles } from '../support/realistic.js';

const binaries = await clusterBinaries();
const reason = binaries.kind === 'unavailable' ? binaries.reason : realisticFiles.length > 0 ? undefined : 'BULWARK_TRUTH_DIR does not name a folder with realistic objects';
if (reason !== undefined) console.warn(`the engines are not compared with a server: ${reason}`);

const SEED = 20_261;
const REVIEWS = 5_000;
const LANES = 12;
/** The standards changed between any two of these, and after the last. */
const pinned = ['v1.0', 'v1.18', 'v1.21', 'v1.24', 'v1.28', 'v1.33'] as const;
const levels = ['baseline', 'restricted'] as const satisfies readonly PodSecurityLevel[];

const podListSchema = z.object({
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string(), namespace: z.string(), resourceVersion: z.string() }), spec: z.unknown() })),
});
type Pod = z.infer<typeof podListSchema>['items'][number];

const checksBroken = (template: PodTemplate, level: PodSecurityLevel, version: PodSecurityVersion): readonly string[] => evaluatePodSecurity(template, level, version).map(({ check }) => check).sort();

describe.skipIf(reason !== undefined)(`the engines beside a real API server (${reason ?? 'with realistic objects'})`, () => {
  let cluster: KubeCluster;
  let connection: ClusterConnection;
  let objects: readonly LoadedObject[];
  let loaded: Loaded;
  let inventory: Inventory;
  let version: PodSecurityVersion;

  const pods = async (): Promise<readonly Pod[]> => podListSchema.parse((await cluster.request('GET', '/api/v1/pods')).body).items;

  /** A scan with the rights of the base manifest, and its evidence as it is kept and read again. */
  async function collect(): Promise<Inventory> {
    const collector = new KubernetesClusterCollector({ addresses: { allowedPrivateRanges: [], allowLoopbackHttp: true }, controls: async () => [] });
    const { evidence } = await collector.scan({ kind: 'live', connection }, {}, { onProgress: () => undefined, signal: new AbortController().signal, knownEvidence: [] });
    const pieces = evidence.map(({ sort, items, bytes }) => ({ sort, items, bytes: bytes ?? expect.fail(`${sort} came without bytes`) }));
    return restoreEvidence(pieces, inflate);
  }

  beforeAll(async () => {
    ({ cluster, connection, objects, loaded } = await startRealisticCluster());
    inventory = await collect();
    version = versionOfServer(inventory.cluster.version ?? '') ?? expect.fail(`no version of the standards for ${String(inventory.cluster.version)}`);
  });
  afterAll(async () => cluster?.stop());

  it('has most of the objects in the server, and says which it refused', () => {
    const { created, present, refused } = loaded;
    console.info(`${objects.length} objects: ${created.length} created, ${present} there before, ${refused.length} refused`);
    expect(created.length + present + refused.length).toBe(objects.length);
    expect(refused.length, refused.join('\n')).toBeLessThan(objects.length / 10);
  });

  it('answers as the server reviews access', async () => {
    const questions = drawQuestions(await readRbac(cluster), REVIEWS, randomNumbers(SEED));
    const index = new AccessIndex(accessFactsOf(inventory), 'as-served');
    const answers = await inLanes(LANES, questions, (question) => askServer(cluster, question));
    const allowed = answers.filter((answer) => answer).length;
    console.info(`${questions.length} reviews: ${allowed} allowed, ${questions.length - allowed} denied`);
    const wrong = questions.flatMap((question, at) => (canI(index, question, { implied: 'none' }).allowed === answers[at] ? [] : [`${answers[at] ? 'allowed' : 'denied'} by the server: ${JSON.stringify(question)}`]));
    expect(wrong).toEqual([]);
    expect(allowed).toBeGreaterThan(REVIEWS / 5);
    expect(allowed).toBeLessThan((REVIEWS * 4) / 5);
  });

  it('lets in the pods that the server lets in, and names the checks that the others break', async () => {
    const templates = distinctTemplates(objects);
    const judges = levels.flatMap((level) => [...pinned, 'latest'].map((label) => ({ level, label, namespace: `judged-${level}-${label.replace('.', '-')}`, at: label === 'latest' ? version : versionNamed(label) })));
    await cluster.apply(judges.map(({ level, label, namespace }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      // The injector among the objects calls a service that does not run.
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': level, 'pod-security.kubernetes.io/enforce-version': label, 'istio-injection': 'disabled' } },
    })));
    const wrong: string[] = [];
    const notPods = new Map<string, string>();
    let letIn = 0;
    let keptOut = 0;
    await inLanes(LANES, judges.flatMap((judge) => templates.map((template) => ({ ...judge, ...template }))), async ({ level, label, namespace, at, title, template, pod }) => {
      const { status, body } = await cluster.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
      const { message } = z.object({ message: z.string().default('') }).parse(body);
      const [, reasons] = /violates PodSecurity "[^"]*": (.*)/s.exec(message) ?? [];
      if (status === 400 || status === 422) {
        notPods.set(title, message);
        return;
      }
      const theirs = status === 201 ? [] : reasons === undefined ? [`${status} ${message}`] : checksNamed(level, at, reasons);
      const ours = checksBroken(template, level, at);
      if (status === 201) letIn++;
      else keptOut++;
      if (ours.join() !== theirs.join()) wrong.push(`${title} at ${level} ${label}: ours ${ours.join()}, the server's ${theirs.join()} (${message})`);
    });
    console.info(`${templates.length} templates at two levels and ${pinned.length + 1} versions: ${letIn} let in, ${keptOut} kept out, ${notPods.size} not valid: ${[...notPods.values()].join('; ')}`);
    expect(wrong).toEqual([]);
    expect(Math.min(letIn, keptOut)).toBeGreaterThan(templates.length);
    expect(notPods.size).toBeLessThan(templates.length / 50);
  });

  it.each(levels)('warns of the pods that the server warns of, should a namespace become %s', { retry: 2 }, async (level) => {
    // Controllers may have made pods since.
    const now = await collect();
    const live = await pods();
    const namespaces = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }) })) }).parse((await cluster.request('GET', '/api/v1/namespaces')).body).items;
    const collected = collectedGroups(now, (template) => checksBroken(template, level, version));
    const wrong: string[] = [];
    let warned = 0;
    for (const { metadata: { name, labels } } of namespaces) {
      // The server looks at pods only where the level rises.
      if (labels['pod-security.kubernetes.io/enforce'] === level || labels['pod-security.kubernetes.io/enforce'] === 'restricted') continue;
      const { status, warnings = [] } = await cluster.request('PATCH', `/api/v1/namespaces/${name}?dryRun=All`, {
        metadata: { labels: { 'pod-security.kubernetes.io/enforce': level, 'pod-security.kubernetes.io/enforce-version': 'latest' } },
      }, { contentType: 'application/merge-patch+json' });
      expect(status).toBe(200);
      const theirs = warnings.filter((warning) => !warning.startsWith('existing pods in namespace ')).map((warning) => groupNamed(level, version, warning)).sort();
      const ours = groupsOf(live.filter(({ metadata }) => metadata.namespace === name), level).sort();
      if (theirs.join('\n') !== ours.join('\n')) wrong.push(`${name}: ours\n${ours.join('\n')}\nthe server's\n${theirs.join('\n')}`);
      const counts = theirs.map((group) => group.slice(group.indexOf(' ') + 1)).sort();
      const kept = [...(collected.get(name) ?? [])].map(([checks, count]) => `${count} ${checks}`).sort();
      if (counts.join('\n') !== kept.join('\n')) wrong.push(`${name}: kept of the scan\n${kept.join('\n')}\nthe server's\n${counts.join('\n')}`);
      warned += theirs.length > 0 ? 1 : 0;
    }
    console.info(`${live.length} pods in ${namespaces.length} namespaces: warnings in ${warned} at ${level}`);
    expect(wrong).toEqual([]);
    expect(warned).toBeGreaterThan(3);
  });

  /** Pods that break the same checks: the first by name, how many, which checks. */
  function groupsOf(some: readonly Pod[], level: PodSecurityLevel): string[] {
    const groups = new Map<string, string[]>();
    for (const pod of some) {
      const found = templateOfObject({ ...pod, kind: 'Pod' });
      if (found?.outcome !== 'template') throw new Error(`no template in ${pod.metadata.name}`);
      const checks = checksBroken(found.template, level, version).join();
      if (checks !== '') groups.set(checks, [...(groups.get(checks) ?? []), pod.metadata.name]);
    }
    return Array.from(groups, ([checks, names]) => `${names.sort()[0]!} ${names.length} ${checks}`);
  }
});

function versionNamed(label: string): PodSecurityVersion {
  const parsed = parsePodSecurityVersion(label);
  return parsed.outcome === 'version' ? parsed.version : expect.fail(parsed.reason);
}

/** A warning of the server in the words of `groupsOf`. */
function groupNamed(level: PodSecurityLevel, version: PodSecurityVersion, warning: string): string {
  const [, name, others = '0', reasons] = /^(\S+)(?: \(and (\d+) other pods?\))?: (.*)$/s.exec(warning) ?? [];
  return reasons === undefined ? `unread ${warning}` : `${name} ${Number(others) + 1} ${checksNamed(level, version, reasons).join()}`;
}

/** By namespace, how many pods of a scan break the same checks. */
function collectedGroups({ pods, workloads, templates }: Inventory, checksBroken: (template: PodTemplate) => readonly string[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const groups = new Map<string, Map<string, number>>();
  for (let row = 0; row < pods.length; row++) {
    const checks = checksBroken(templates.get(pods.templateAt(row))).join();
    if (checks === '') continue;
    const { namespace } = workloads[pods.ownerAt(row)]!;
    const inNamespace = groups.get(namespace) ?? new Map<string, number>();
    groups.set(namespace, inNamespace.set(checks, (inNamespace.get(checks) ?? 0) + 1));
  }
  return groups;
}

interface NamedTemplate {
  readonly title: string;
  readonly template: PodTemplate;
  /** The pod that a controller would make of it. */
  readonly pod: object;
}

/** Every pod template of the objects, each once. */
function distinctTemplates(objects: readonly LoadedObject[]): readonly NamedTemplate[] {
  const templates = new Map<string, NamedTemplate>();
  for (const object of objects) {
    const found = templateOfObject(object);
    if (!found) continue;
    const title = `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;
    if (found.outcome === 'invalid') throw new Error(`${title}: ${found.reason}`);
    let raw = asRecord(object);
    for (const field of found.prefix.split('.').slice(0, -1)) raw = asRecord(raw[field]);
    const { labels, annotations } = asRecord(raw['metadata']);
    const spec = asRecord(raw['spec']);
    const claims = asList(asRecord(object['spec'])['volumeClaimTemplates']).map((claim) => asRecord(asRecord(claim)['metadata'])['name']);
    const volumes = [...asList(spec['volumes']).filter((volume) => !claims.includes(asRecord(volume)['name'])), ...claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'judged', labels, annotations }, spec: { ...spec, volumes } };
    const key = JSON.stringify(pod);
    if (!templates.has(key)) templates.set(key, { title, template: found.template, pod });
  }
  return [...templates.values()];
}
