import type { Observed } from '#inventory/observed.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { isDeeperThan } from '../json-depth.js';
import { asked, missing } from './asked.js';
import { askFlagz } from './ask-flagz.js';
import type { CollectSettings } from './collect-settings.js';
import type { FactSink } from './fact-sink.js';
import type { KubeApi } from './kube-api.js';

const server = 'the API server';
const MOST_SLICE_BYTES = 1024 * 1024;

/** Asks the API server that answers for its flags, and which API servers there are. Neither fails a scan. */
export async function collectApiServers(api: KubeApi, sink: FactSink, settings: CollectSettings): Promise<void> {
  sink.setFlagz(await askFlagz(api, settings, {
    path: '/flagz', who: server, forbidden: 'the account may not get /flagz; the manifest "base" grants it',
    notServed: 'the API server does not serve /flagz: servers from 1.32 on do with the feature gate ComponentFlagz, which is on by default in later ones',
  }));
  sink.setApiServers(await readAddresses(api, settings));
}

/** Where each API server says that it answers: they write it down themselves, in the slices of their own Service. */
async function readAddresses(api: KubeApi, settings: CollectSettings): Promise<Observed<readonly string[]>> {
  return asked<readonly string[]>(server, async () => {
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
