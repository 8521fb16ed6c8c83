import { CollectionError, type ScanProgress } from '#application/ports/cluster-collector.js';
import type { MissingReason } from '#inventory/observed.js';
import { resourceKeys, resourceType } from '#inventory/resources.js';
import { collectApiServers } from './collect-api-servers.js';
import { collectKubelets } from './collect-kubelets.js';
import { collectResource, type CollectContext } from './collect-resource.js';
import type { CollectSettings } from './collect-settings.js';
import { collectionError, credentialsRefused, unreachable } from './collection-failure.js';
import { discover, readVersion, type Discovery } from './discovery.js';
import type { FactSink } from './fact-sink.js';
import type { KubeApi } from './kube-api.js';
import { PageBuffers } from './page-buffer.js';
import { ReadFailure } from './read-failure.js';

/** Objects between two words of progress. */
const STEP = 500;

/**
 * Reads a live cluster, resource by resource, into the sink, which learns how the reading of each one ended.
 * Throws `CollectionError` only where there is nothing to judge at all.
 */
export async function collectCluster(api: KubeApi, sink: FactSink, settings: CollectSettings, onProgress: (progress: ScanProgress) => void): Promise<void> {
  onProgress({ phase: 'connecting', objects: 0 });
  const { version, discovery } = await connect(api);
  sink.setServer(version, discovery.hasOpenShiftApi);

  let objects = 0;
  let resource = '';
  const report = (): void => onProgress({ phase: 'collecting', resource, objects });
  const context: CollectContext = {
    api,
    sink,
    settings,
    budget: { objects: 0, buffers: new PageBuffers() },
    onObject: () => {
      if (++objects % STEP === 0) report();
    },
  };
  const ends = new Set<MissingReason | 'read'>();
  for (const key of resourceKeys) {
    const served = discovery.served.get(key)!;
    if (served.state === 'not-served') sink.end(key, { state: 'not-served' });
    else if (served.state === 'unknown' && resourceType(key).custom) sink.endMissing(key, served.reason, served.detail);
    else {
      resource = key;
      report();
      // Kinds that every server has are worth a try even where discovery failed.
      ends.add(await collectResource(context, key, served.state === 'served' ? served.version : resourceType(key).versions[0]!));
    }
  }
  if (ends.has('cancelled')) throw new CollectionError('cancelled', 'the scan was cancelled');
  if (ends.size === 1 && ends.has('unauthorized')) throw credentialsRefused('the server did not accept the credential for any list (401)');
  if (!ends.has('read') && objects === 0 && api.isGone) throw unreachable('the server stopped answering before anything was read');
  await collectApiServers(api, sink, settings);
  await collectKubelets(api, sink, settings);
}

async function connect(api: KubeApi): Promise<{ version: string | undefined; discovery: Discovery }> {
  try {
    return { version: await readVersion(api), discovery: await discover(api) };
  } catch (error) {
    throw error instanceof ReadFailure ? collectionError(error) : error;
  }
}
