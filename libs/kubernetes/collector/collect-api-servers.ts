import { flagzAccept } from '#inventory/projection/flagz.js';
import type { Observed } from '#inventory/observed.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { isDeeperThan } from '../json-depth.js';
import type { CollectSettings } from './collect-settings.js';
import type { FactSink } from './fact-sink.js';
import type { KubeApi } from './kube-api.js';
import { ReadFailure } from './read-failure.js';

/** Far above the flags of any server. */
const MOST_FLAGZ_BYTES = 256 * 1024;
const MOST_SLICE_BYTES = 1024 * 1024;

/** Asks the API server that answers for its flags, and which API servers there are. Neither fails a scan. */
export async function collectApiServers(api: KubeApi, sink: FactSink, settings: CollectSettings): Promise<void> {
  sink.setFlagz(await readFlagz(api, settings));
  sink.setApiServers(await readAddresses(api, settings));
}

const missing = (reason: Extract<Observed<never>, { state: 'missing' }>['reason'], detail: string): Observed<never> => ({ state: 'missing', reason, detail });

async function readFlagz(api: KubeApi, settings: CollectSettings): Promise<Observed<string>> {
  return asked<string>(async () => {
    const { status, body } = await api.ask({ path: '/flagz', accept: flagzAccept, timeoutMs: settings.configz.requestMs, maxBytes: MOST_FLAGZ_BYTES, once: true });
    if (status === 200 && !isDeeperThan(body, settings.maxDepth)) return { state: 'observed', value: body.toString('utf8') };
    if (status === 401) return missing('unauthorized', 'the server did not accept the credential (401)');
    if (status === 403) return missing('forbidden', 'the account may not get /flagz; the manifest "base" grants it');
    if (status === 404) return missing('not-requested', 'the API server does not serve /flagz: servers from 1.32 on do with the feature gate ComponentFlagz, which is on by default in later ones');
    return missing(status >= 500 ? 'server-error' : 'invalid', `the API server could not be asked for its flags: it answered ${status}`);
  });
}

/** Where each API server says that it answers: they write it down themselves, in the slices of their own Service. */
async function readAddresses(api: KubeApi, settings: CollectSettings): Promise<Observed<readonly string[]>> {
  return asked<readonly string[]>(async () => {
    const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes&limit=100';
    const { status, body } = await api.ask({ path, timeoutMs: settings.configz.requestMs, maxBytes: MOST_SLICE_BYTES, once: true });
    if (status === 403) return missing('forbidden', 'the account may not list endpointslices.discovery.k8s.io; the manifest "base" grants it');
    if (status !== 200 || isDeeperThan(body, settings.maxDepth)) return missing(status >= 500 ? 'server-error' : 'invalid', `the API server could not be asked for the addresses of API servers: it answered ${status}`);
    const list = asRecord(JSON.parse(body.toString('utf8')));
    if (list['kind'] !== 'EndpointSliceList') return missing('invalid', 'what the API server answered is no list of EndpointSlices');
    if (asRecord(list['metadata'])['continue']) return missing('limit', 'there are more EndpointSlices of Service default/kubernetes than are read');
    const endpoints = asList(list['items']).flatMap((slice) => asList(asRecord(slice)['endpoints']));
    const addresses = endpoints.flatMap((one) => asList(asRecord(one)['addresses'])).filter((address): address is string => typeof address === 'string');
    return { state: 'observed', value: [...new Set(addresses)].toSorted() };
  });
}

async function asked<T>(ask: () => Promise<Observed<T>>): Promise<Observed<T>> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ReadFailure) return missing(error.reason, error.message);
    if (error instanceof SyntaxError) return missing('invalid', 'the API server answered with something that is no JSON');
    throw error;
  }
}
