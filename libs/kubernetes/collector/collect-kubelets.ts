import type { Observed } from '#inventory/observed.js';
import { isDeeperThan } from '../json-depth.js';
import type { CollectSettings } from './collect-settings.js';
import type { FactSink } from './fact-sink.js';
import type { KubeApi } from './kube-api.js';
import { ReadFailure } from './read-failure.js';

/**
 * Asks every node's kubelet for its live configuration, through the API server's node proxy. The first answer tells
 * whether the right is there; without it nobody else is asked.
 */
export async function collectKubelets(api: KubeApi, sink: FactSink, settings: CollectSettings): Promise<void> {
  const [first, ...others] = sink.nodeNames();
  if (first === undefined) return;
  const end = performance.now() + settings.configz.totalMs;
  const answer = await readConfigz(api, first, settings);
  sink.addKubelet(first, answer);
  if (answer.state === 'missing' && (answer.reason === 'forbidden' || answer.reason === 'unauthorized')) {
    for (const node of others) sink.addKubelet(node, answer);
    return;
  }
  const waiting = others[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const node of waiting) {
      const isLate = performance.now() > end;
      sink.addKubelet(node, isLate ? { state: 'missing', reason: 'timed-out', detail: 'the time for asking kubelets was over' } : await readConfigz(api, node, settings));
    }
  };
  await Promise.all(Array.from({ length: settings.configz.concurrency }, lane));
}

async function readConfigz(api: KubeApi, node: string, settings: CollectSettings): Promise<Observed<unknown>> {
  try {
    const { status, body } = await api.ask({
      path: `/api/v1/nodes/${encodeURIComponent(node)}/proxy/configz`,
      timeoutMs: settings.configz.requestMs,
      maxBytes: 1024 * 1024,
      once: true,
    });
    if (status === 200 && !isDeeperThan(body, settings.maxDepth)) return { state: 'observed', value: JSON.parse(body.toString('utf8')) };
    if (status === 401) return { state: 'missing', reason: 'unauthorized', detail: 'the server did not accept the credential (401)' };
    if (status === 403) return { state: 'missing', reason: 'forbidden', detail: 'the account may not get nodes/proxy; the manifest "node-config" grants it' };
    return { state: 'missing', reason: status >= 500 ? 'server-error' : 'invalid', detail: `the kubelet of ${node} could not be asked for its configuration: the server answered ${status}` };
  } catch (error) {
    if (error instanceof ReadFailure) return { state: 'missing', reason: error.reason, detail: error.message };
    if (error instanceof SyntaxError) return { state: 'missing', reason: 'invalid', detail: `the kubelet of ${node} answered with something that is no JSON` };
    throw error;
  }
}
