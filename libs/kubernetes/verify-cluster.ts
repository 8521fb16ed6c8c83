import { CollectionError, type RightCheck, type Verification } from '#application/ports/cluster-collector.js';
import { InventoryBuilder } from '#inventory/inventory-builder.js';
import type { ClusterFacts } from '#inventory/facts.js';
import { resourceKeys, resourceType } from '#inventory/resources.js';
import { codec } from './codec.js';
import { collectionError } from './collector/collection-failure.js';
import type { CollectSettings } from './collector/collect-settings.js';
import { discover, readVersion } from './collector/discovery.js';
import type { KubeApi } from './collector/kube-api.js';
import { listRequest } from './collector/list-requests.js';
import { parseItem, parsePage } from './collector/list-page.js';
import { NotKubernetes, ReadFailure } from './collector/read-failure.js';
import type { Right, Unlocks } from './unlocks.js';

/** Reviews under way at once. */
const LANES = 4;
/** Enough nodes to tell the platform by. */
const SOME_NODES = 5;

interface WantedRight {
  readonly key: Right;
  readonly verb: 'list' | 'get';
  /** As people name it. */
  readonly name: string;
  /** What is asked about it, as a SelfSubjectAccessReview has it. Without a namespace the question is for all of them. */
  readonly asked: { readonly resourceAttributes: object } | { readonly nonResourceAttributes: object };
  readonly manifest: RightCheck['manifest'];
}

/** Every right a scan makes use of. */
export const wantedRights: readonly WantedRight[] = [
  ...resourceKeys.map((key): WantedRight => {
    const { group, resource, right = 'base' } = resourceType(key);
    return { key, verb: 'list', name: group === '' ? resource : `${resource}.${group}`, asked: { resourceAttributes: { verb: 'list', group, resource } }, manifest: right };
  }),
  { key: '/flagz', verb: 'get', name: '/flagz', asked: { nonResourceAttributes: { verb: 'get', path: '/flagz' } }, manifest: 'base' },
  { key: 'nodes/proxy', verb: 'get', name: 'nodes/proxy', asked: { resourceAttributes: { verb: 'get', group: '', resource: 'nodes', subresource: 'proxy' } }, manifest: 'node-config' },
];

/**
 * Tells whether the cluster can be reached, what it is, and which rights the account has, by asking the server
 * to review them. Reviews are answered and not stored: nothing is written to the cluster.
 */
export async function verifyCluster(api: KubeApi, settings: CollectSettings, unlocks: Unlocks): Promise<Verification> {
  try {
    const version = await readVersion(api);
    const { hasOpenShiftApi } = await discover(api);
    const rights = await reviewAll(api, unlocks);
    const cluster = await recognise(api, settings, version, hasOpenShiftApi);
    return { reachable: true, cluster, rights };
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    const failure = collectionError(error);
    if (failure.reason === 'cancelled') throw failure;
    return { reachable: !failure.isUnreachable, problem: problemOf(failure), rights: [] };
  }
}

export const problemOf = ({ reason, message }: CollectionError): NonNullable<Verification['problem']> => ({ reason, detail: message });

async function reviewAll(api: KubeApi, unlocks: Unlocks): Promise<readonly RightCheck[]> {
  const checks: RightCheck[] = [];
  const waiting = wantedRights.entries();
  const lane = async (): Promise<void> => {
    for (const [index, right] of waiting) {
      const { key, verb, name, manifest } = right;
      checks[index] = { resource: name, verb, allowed: await review(api, right), manifest, unlocks: unlocks(key) };
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return checks;
}

async function review(api: KubeApi, { asked }: WantedRight): Promise<boolean> {
  const { status, body } = await api.ask({
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    post: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: asked,
    },
    maxBytes: 64 * 1024,
  });
  if (status === 401) throw new ReadFailure('unauthorized', 'the server did not accept the credential (401)');
  if (status === 403) throw new ReadFailure('forbidden', 'the account may not ask for its own rights (create selfsubjectaccessreviews.authorization.k8s.io)');
  const allowed = status === 201 || status === 200 ? allowedIn(body) : undefined;
  if (allowed === undefined) throw new NotKubernetes(`the server answered ${status} to a review of rights, and nothing that can be understood`);
  return allowed;
}

function allowedIn(body: Buffer): boolean | undefined {
  try {
    const { status } = JSON.parse(body.toString('utf8')) as { readonly status?: { readonly allowed?: unknown } };
    return typeof status?.allowed === 'boolean' ? status.allowed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** What the cluster is, as far as its version and a few nodes tell. */
async function recognise(api: KubeApi, settings: CollectSettings, version: string | undefined, hasOpenShiftApi: boolean): Promise<ClusterFacts> {
  const builder = new InventoryBuilder(codec);
  builder.setServer(version, hasOpenShiftApi);
  const { path, form, accept } = listRequest('nodes', 'v1', 'object');
  const { status, body } = await api.ask({ path: `${path}?limit=${SOME_NODES}`, accept });
  if (status === 200) for (const item of parsePage(body, form, settings).items) builder.add('nodes', parseItem(item, form));
  return builder.finish().cluster;
}
