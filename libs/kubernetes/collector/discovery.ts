import type { MissingReason } from '#inventory/observed.js';
import { resourceKeys, resourceType, type ResourceKey, type ResourceType } from '#inventory/resources.js';
import type { KubeAnswer, KubeApi } from './kube-api.js';
import { NotKubernetes, ReadFailure } from './read-failure.js';
import { looksLikeJson } from './refusal.js';
import { isStorable } from '../storable-text.js';
import { isDeeperThan } from '../json-depth.js';

/** Whether and how the server offers a resource. What could not be found out is never `not-served`. */
export type Served =
  | { readonly state: 'served'; readonly version: string }
  | { readonly state: 'not-served' }
  | { readonly state: 'unknown'; readonly reason: MissingReason; readonly detail: string };

export interface Discovery {
  readonly served: ReadonlyMap<ResourceKey, Served>;
  readonly hasOpenShiftApi: boolean;
}

interface ServedResource {
  readonly kind: string;
  readonly canList: boolean;
}

/** Of one group version: its resources by name, or why they are not known. */
type VersionFacts = ReadonlyMap<string, ServedResource> | ReadFailure;
/** Versions of each group. */
type Groups = Map<string, Map<string, VersionFacts>>;

const aggregated = ['v2', 'v2beta1'].map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`).join(',');
const openShiftGroup = 'config.openshift.io';

/** The server's version, as `GET /version` says. Throws `NotKubernetes` or another `ReadFailure`. */
export async function readVersion(api: KubeApi): Promise<string | undefined> {
  const answer = await api.ask({ path: '/version', timeoutMs: 15_000, maxBytes: 64 * 1024 });
  if (answer.status === 403 && looksLikeJson(answer.body)) return undefined;
  const version = json(answer, '/version')['gitVersion'];
  if (typeof version !== 'string' || !isStorable(version)) throw new NotKubernetes('the server has no Kubernetes version to tell at /version');
  return version.slice(0, 100);
}

/** Asks the server what it serves: aggregated discovery, or group by group where that is not known. */
export async function discover(api: KubeApi): Promise<Discovery> {
  const groups: Groups = new Map();
  const core = await readRoot(api, '/api', groups);
  const named = await readRoot(api, '/apis', groups);
  return {
    served: new Map(resourceKeys.map((key) => [key, servedOf(resourceType(key), groups, resourceType(key).group === '' ? core : named)])),
    hasOpenShiftApi: groups.has(openShiftGroup),
  };
}

/** Fills in the groups below one root. The failure, where the root itself could not be read. */
async function readRoot(api: KubeApi, root: '/api' | '/apis', groups: Groups): Promise<ReadFailure | undefined> {
  try {
    const answer = await api.ask({ path: root, accept: `${aggregated},application/json` });
    const list = json(answer, root);
    if (list['kind'] === 'APIGroupDiscoveryList') takeAggregated(list, groups);
    else if (root === '/api' && list['kind'] === 'APIVersions') await readVersions(api, '', texts(list['versions']).map((version) => [version, `/api/${version}`]), groups);
    else if (root === '/apis' && list['kind'] === 'APIGroupList') await readGroups(api, list, groups);
    else throw new NotKubernetes(`the server answered ${root} with something that is not Kubernetes`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    return error;
  }
}

function takeAggregated(list: Raw, groups: Groups): void {
  for (const group of records(list['items'])) {
    const name = text(record(group['metadata'])['name']);
    const versions = new Map<string, VersionFacts>();
    for (const entry of records(group['versions'])) {
      const resources = new Map<string, ServedResource>();
      for (const resource of records(entry['resources'])) {
        resources.set(text(resource['resource']), { kind: text(record(resource['responseKind'])['kind']), canList: texts(resource['verbs']).includes('list') });
      }
      // What an unreachable extension server once said proves nothing about what it serves now.
      const isStale = entry['freshness'] === 'Stale';
      versions.set(text(entry['version']), isStale ? new ReadFailure('server-error', `the server behind ${name} was not available for discovery`) : resources);
    }
    groups.set(name, versions);
  }
}

async function readGroups(api: KubeApi, list: Raw, groups: Groups): Promise<void> {
  const wanted = new Set(resourceKeys.map((key) => resourceType(key).group));
  for (const group of records(list['groups'])) {
    const name = text(group['name']);
    if (!wanted.has(name)) {
      groups.set(name, new Map());
      continue;
    }
    const versions = records(group['versions']).map((entry) => text(entry['version']));
    await readVersions(api, name, versions.map((version) => [version, `/apis/${encodeURIComponent(name)}/${encodeURIComponent(version)}`]), groups);
  }
}

async function readVersions(api: KubeApi, group: string, paths: readonly (readonly [string, string])[], groups: Groups): Promise<void> {
  const versions = new Map<string, VersionFacts>();
  groups.set(group, versions);
  for (const [version, path] of paths) {
    try {
      const list = json(await api.ask({ path }), path);
      if (list['kind'] !== 'APIResourceList') throw new NotKubernetes(`the server answered ${path} with something that is not Kubernetes`);
      versions.set(version, new Map(records(list['resources']).map((resource) => [text(resource['name']), { kind: text(resource['kind']), canList: texts(resource['verbs']).includes('list') }])));
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      versions.set(version, error);
    }
  }
}

function servedOf(type: ResourceType, groups: Groups, rootFailure: ReadFailure | undefined): Served {
  if (rootFailure) return unknown(rootFailure);
  const versions = groups.get(type.group) ?? new Map<string, VersionFacts>();
  for (const version of type.versions) {
    const facts = versions.get(version);
    const resource = facts instanceof ReadFailure ? undefined : facts?.get(type.resource);
    if (!resource) continue;
    if (resource.kind !== type.kind) return { state: 'unknown', reason: 'invalid', detail: `the server calls its ${type.resource} something else than ${type.kind}` };
    if (!resource.canList) return { state: 'unknown', reason: 'invalid', detail: `the server does not let ${type.resource} be listed` };
    return { state: 'served', version };
  }
  for (const facts of versions.values()) {
    if (facts instanceof ReadFailure) return unknown(facts);
    // A version that came after us is no proof of absence.
    if (facts.has(type.resource)) return { state: 'unknown', reason: 'invalid', detail: `the server has ${type.resource} of ${type.group} only in versions that this release does not understand` };
  }
  return { state: 'not-served' };
}

const unknown = ({ reason, message }: ReadFailure): Served => ({ state: 'unknown', reason, detail: `what the server serves could not be found out: ${message}` });

function json(answer: KubeAnswer, path: string): Raw {
  if (answer.status === 401) throw new ReadFailure('unauthorized', `the server did not accept the credential (401 at ${path})`);
  if (!looksLikeJson(answer.body)) throw new NotKubernetes(`the server answered ${path} with something that is not Kubernetes`);
  if (answer.status === 403) throw new ReadFailure('forbidden', `the account may not read ${path}`);
  if (answer.status >= 500) throw new ReadFailure('server-error', `the server answered ${answer.status} at ${path}`);
  if (answer.status !== 200) throw new NotKubernetes(`the server answered ${answer.status} at ${path}`);
  if (isDeeperThan(answer.body, 64)) throw new NotKubernetes(`the server answered ${path} with JSON that is nested too deep`);
  try {
    return record(JSON.parse(answer.body.toString('utf8')));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new NotKubernetes(`the server answered ${path} with something that is no JSON`);
  }
}

type Raw = Readonly<Record<string, unknown>>;
const nothing: Raw = Object.freeze({});
const record = (value: unknown): Raw => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : nothing);
const records = (value: unknown): readonly Raw[] => (Array.isArray(value) ? value.map(record) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []);
