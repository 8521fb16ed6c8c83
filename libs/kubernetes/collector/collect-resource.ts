import type { MissingReason } from '#inventory/observed.js';
import { resourceType, type ResourceKey } from '#inventory/resources.js';
import type { CollectSettings } from './collect-settings.js';
import type { FactSink } from './fact-sink.js';
import type { KubeApi } from './kube-api.js';
import { listRequest, secretTypes } from './list-requests.js';
import type { KubeObject } from './list-page.js';
import { readList, type ListEnd, type ScanBudget } from './read-list.js';
import { ListChanged, ReadFailure } from './read-failure.js';

export interface CollectContext {
  readonly api: KubeApi;
  readonly sink: FactSink;
  readonly settings: CollectSettings;
  readonly budget: ScanBudget;
  /** Called with every object that was taken in. */
  readonly onObject: () => void;
}

/** Reads every object of one resource in a version that the server has, tells the sink how that ended, and the caller why it did not end well. */
export async function collectResource(context: CollectContext, key: ResourceKey, version: string): Promise<MissingReason | 'read'> {
  const { api, sink, settings } = context;
  for (let changed = 0; ; changed++) {
    try {
      const end = await readAll(context, key, version);
      if (end.refused) {
        sink.endMissing(key, end.refused.reason, end.refused.detail);
      } else {
        sink.end(key, { state: 'observed', count: sink.countOf(key), ...(end.resourceVersion !== '' && { resourceVersion: end.resourceVersion }) });
      }
      return 'read';
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      const canRestart = error instanceof ListChanged && changed < settings.restarts;
      if (!canRestart) {
        sink.endMissing(key, error.reason, error.message);
        return error.reason;
      }
      sink.restart(key);
      await api.wait(api.backoff(changed)).catch(() => undefined);
    }
  }
}

async function readAll(context: CollectContext, key: ResourceKey, version: string): Promise<ListEnd> {
  if (key === 'secrets') return readSecrets(context, version);
  if (key === 'replicasets.apps') return readReplicaSets(context, version);
  return readInto(context, key, version, resourceType(key).read);
}

function readInto({ api, sink, settings, budget, onObject }: CollectContext, key: ResourceKey, version: string, read: 'object' | 'metadata', fieldSelector?: string, shape: (object: KubeObject) => KubeObject = asIs): Promise<ListEnd> {
  return readList(api, listRequest(key, version, read, { ...(fieldSelector !== undefined && { fieldSelector }) }), settings, budget, (object, sameSpec) => {
    sink.add(key, shape(object), sameSpec);
    onObject();
  });
}

const asIs = (object: KubeObject): KubeObject => object;

/** The type is told by asking for each type alone, so that no Secret's data is ever sent. */
async function readSecrets(context: CollectContext, version: string): Promise<ListEnd> {
  const ends: ListEnd[] = [];
  for (const type of secretTypes) {
    ends.push(await readInto(context, 'secrets', version, 'metadata', `type=${type}`, (object) => ({ ...object, type })));
  }
  ends.push(await readInto(context, 'secrets', version, 'metadata', secretTypes.map((type) => `type!=${type}`).join(',')));
  const refused = ends.find((end) => end.refused)?.refused;
  return { resourceVersion: ends.at(-1)!.resourceVersion, count: ends.reduce((sum, end) => sum + end.count, 0), ...(refused && { refused }) };
}

/**
 * ReplicaSets mostly repeat the template of their Deployment, revision by revision. Only their owners are read;
 * those that nobody owns are read whole, each by a LIST of one, for which the right to list is enough.
 */
async function readReplicaSets(context: CollectContext, version: string): Promise<ListEnd> {
  const { api, sink, settings, budget, onObject } = context;
  const key = 'replicasets.apps';
  const bare: { readonly namespace: string; readonly name: string }[] = [];
  const end = await readList(api, listRequest(key, version, 'metadata'), settings, budget, (object) => {
    const identity = identityOfBare(object);
    if (identity) bare.push(identity);
    else sink.add(key, object);
    onObject();
  });
  let { refused } = end;
  for (const { namespace, name } of bare.slice(0, settings.maxBareReplicaSets)) {
    // One that is gone by now is no failure: it was deleted after the list.
    const one = await readList(api, listRequest(key, version, 'object', { namespace, fieldSelector: `metadata.name=${name}` }), settings, budget, (object) => sink.add(key, object));
    refused ??= one.refused;
  }
  if (bare.length > settings.maxBareReplicaSets) throw new ReadFailure('limit', `${bare.length} ReplicaSets have no controller; ${settings.maxBareReplicaSets} of them were read whole`);
  return { ...end, ...(refused && { refused }) };
}

function identityOfBare(object: KubeObject): { readonly namespace: string; readonly name: string } | undefined {
  const metadata = object['metadata'];
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const { namespace, name, ownerReferences } = metadata as { readonly namespace?: unknown; readonly name?: unknown; readonly ownerReferences?: unknown };
  if (typeof namespace !== 'string' || typeof name !== 'string' || namespace === '' || name === '') return undefined;
  const isOwned = Array.isArray(ownerReferences) && ownerReferences.some((owner: unknown) => typeof owner === 'object' && owner !== null && (owner as { readonly controller?: unknown }).controller === true);
  return isOwned ? undefined : { namespace, name };
}
