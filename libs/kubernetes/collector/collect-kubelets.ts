import type { Observed } from '#inventory/observed.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import { isDeeperThan } from '../json-depth.js';
import { asked, missing } from './asked.js';
import { askFlagz } from './ask-flagz.js';
import type { CollectSettings } from './collect-settings.js';
import type { FactSink } from './fact-sink.js';
import type { KubeApi } from './kube-api.js';

/** Kubelets of one version that do not answer at /flagz before others of it are asked no more. */
const ENOUGH_FAILURES = 3;

/** The first minor whose kubelets have the gate ComponentFlagz on by default; since 1.33 they have it. */
const servesFlagz = { major: 1, minor: 36 };

/**
 * Asks every node's kubelet, through the API server's node proxy, for its live configuration, and then those whose answer says
 * that they serve it for their flags, in what is left of the time.
 */
export async function collectKubelets(api: KubeApi, sink: FactSink, settings: CollectSettings): Promise<void> {
  const end = performance.now() + settings.configz.totalMs;
  const serving = await collectConfigz(api, sink, settings, end);
  await collectFlagz(api, sink, settings, end, serving);
}

/** The first answer tells whether the right is there; without it nobody else is asked. Returns the nodes whose kubelets serve /flagz, by what they say. */
async function collectConfigz(api: KubeApi, sink: FactSink, settings: CollectSettings, end: number): Promise<readonly string[]> {
  const [first, ...others] = sink.nodeNames();
  if (first === undefined) return [];
  const versions = sink.kubeletVersions();
  const serving: string[] = [];
  const take = (node: string, answer: Observed<unknown>): void => {
    if (answer.state === 'observed' && mayServeFlagz(answer.value, versions.get(node))) serving.push(node);
    sink.addKubelet(node, answer);
  };
  const answer = await readConfigz(api, first, settings);
  take(first, answer);
  if (answer.state === 'missing' && (answer.reason === 'forbidden' || answer.reason === 'unauthorized')) {
    for (const node of others) sink.addKubelet(node, answer);
    return [];
  }
  await inLanes(others, settings, async (node) => {
    take(node, performance.now() > end ? outOfTime : await readConfigz(api, node, settings));
  });
  return serving;
}

/** Whoever may get configz may get this too, wherever the kubelet lets the API server. */
async function collectFlagz(api: KubeApi, sink: FactSink, settings: CollectSettings, end: number, nodes: readonly string[]): Promise<void> {
  const versions = sink.kubeletVersions();
  const failures = new Map<string, number>();
  await inLanes(nodes, settings, async (node) => {
    const version = versions.get(node) ?? '';
    const failed = (): number => failures.get(version) ?? 0;
    if (failed() >= ENOUGH_FAILURES) return;
    const answer = performance.now() > end ? outOfTime : await readFlagz(api, node, settings);
    // One that answers shows that others of its version may.
    failures.set(version, answer.state === 'observed' ? -Infinity : failed() + 1);
    sink.addKubeletFlags(node, answer, version);
  });
}

/** By its gates, as configz has those that are set. */
function mayServeFlagz(configz: unknown, kubeletVersion: string | undefined): boolean {
  const gate = asRecord(asRecord(asRecord(configz)['kubeletconfig'])['featureGates'])['ComponentFlagz'];
  if (typeof gate === 'boolean') return gate;
  const version = minorOf(kubeletVersion ?? '');
  return version !== undefined && !isBefore(version, servesFlagz);
}

const outOfTime = missing('timed-out', 'the time for asking kubelets was over');

async function inLanes(nodes: readonly string[], { configz }: CollectSettings, ask: (node: string) => Promise<void>): Promise<void> {
  const waiting = nodes[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const node of waiting) await ask(node);
  };
  await Promise.all(Array.from({ length: configz.concurrency }, lane));
}

const pathOf = (node: string, page: 'configz' | 'flagz'): string => `/api/v1/nodes/${encodeURIComponent(node)}/proxy/${page}`;

const kubeletOf = (node: string): string => `the kubelet of ${node}`;

function readConfigz(api: KubeApi, node: string, settings: CollectSettings): Promise<Observed<unknown>> {
  return asked<unknown>(kubeletOf(node), async () => {
    const { status, body } = await api.ask({ path: pathOf(node, 'configz'), timeoutMs: settings.configz.requestMs, maxBytes: 1024 * 1024, once: true });
    if (status === 200 && !isDeeperThan(body, settings.maxDepth)) return { state: 'observed', value: JSON.parse(body.toString('utf8')) };
    if (status === 401) return missing('unauthorized', 'the server did not accept the credential (401)');
    if (status === 403) return missing('forbidden', 'the account may not get nodes/proxy; the manifest "node-config" grants it');
    return missing(status >= 500 ? 'server-error' : 'invalid', `${kubeletOf(node)} could not be asked for its configuration: the server answered ${status}`);
  });
}

const readFlagz = (api: KubeApi, node: string, settings: CollectSettings): Promise<Observed<string>> =>
  askFlagz(api, settings, {
    path: pathOf(node, 'flagz'), who: kubeletOf(node),
    forbidden: 'the kubelet does not let the API server get its /flagz, which takes the right to get nodes/configz there', notServed: 'the kubelet does not serve /flagz',
  });
