import { createServer, type Server, type ServerOptions } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createAuthority } from '#egress/testing/certificate-authority.js';
import { resourceKeys, resourceType, type ResourceKey } from '#inventory/resources.js';

export type FakeObject = Readonly<Record<string, unknown>>;

/** The objects of one kind: made when a page asks for them, so that a large cluster needs no memory. */
export interface FakeList {
  readonly length: number;
  /** An object, or its JSON. */
  readonly at: (index: number) => object | string;
}

export const listOf = (objects: readonly FakeObject[]): FakeList => ({ length: objects.length, at: (index) => objects[index]! });

/** What goes wrong with one request. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The answer, cut after half of its bytes, but complete as HTTP. */
  | { readonly kind: 'truncated' }
  /** The answer, cut by the end of the connection. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'html' }
  | { readonly kind: 'hang' }
  /** The answer, byte by byte. */
  | { readonly kind: 'slow'; readonly msPerByte: number }
  | { readonly kind: 'gzip-bomb'; readonly bytes: number }
  | { readonly kind: 'encoding'; readonly encoding: string }
  /** Any change to a list before it is sent. */
  | { readonly kind: 'edit'; readonly edit: (list: EditableList) => void }
  | { readonly kind: 'body'; readonly body: string | Buffer };

export interface EditableList {
  kind: string;
  apiVersion: string;
  metadata: { resourceVersion: string; continue?: string };
  /** JSON of the items. */
  items: string[];
}

export interface FakeRequest {
  readonly method: string;
  readonly url: URL;
  readonly accept: string;
  readonly headers: IncomingMessage['headers'];
  /** Of a LIST that comes with a credential. */
  readonly key?: ResourceKey;
  /** Number of this request among those of its path, from 1; those without a credential are counted apart. */
  readonly count: number;
}

export interface FakeApiServerOptions {
  readonly lists?: Partial<Record<ResourceKey, FakeList>>;
  /** Kinds that are served; default: all that are not custom, and those that have a list. */
  readonly served?: readonly ResourceKey[];
  readonly groups?: readonly string[];
  readonly version?: string;
  readonly discovery?: 'aggregated' | 'legacy';
  readonly token?: string;
  readonly kubelets?: Readonly<Record<string, unknown>>;
  /** Answers of kubelets at /flagz, by node; others do not serve it. */
  readonly kubeletFlagz?: Readonly<Record<string, string>>;
  /** Its answer at /flagz; without it the path is not served. */
  readonly flagz?: string;
  /** Endpoints of Service default/kubernetes, an EndpointSlice for each list. */
  readonly apiServers?: readonly (readonly string[])[];
  /** Answers of SelfSubjectAccessReviews; default: everything is allowed. */
  readonly allows?: (attributes: { readonly verb: string; readonly group: string; readonly resource: string; readonly subresource: string }) => boolean;
  readonly fault?: (request: FakeRequest) => Fault | undefined;
  readonly gzip?: boolean;
  /** Versions, cipher suites, another certificate … */
  readonly tls?: ServerOptions;
}

export interface FakeApiServer {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly requests: readonly FakeRequest[];
  /** LISTs under way at once, at most. */
  readonly mostLists: number;
  options: FakeApiServerOptions;
  close(): Promise<void>;
}

const metadataList = 'as=PartialObjectMetadataList';

/** An HTTPS server on loopback that pages, selects and fails as a kube-apiserver does. */
export async function startFakeApiServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const authority = createAuthority();
  const { certificate, key } = authority.issue('kube-apiserver', { names: ['localhost', '127.0.0.1'] });
  const requests: FakeRequest[] = [];
  const counts = new Map<string, number>();
  const state = { options, listsNow: 0, mostLists: 0 };
  const token = options.token ?? 'fake-token';

  const server = createServer({ cert: certificate, key, ...options.tls }, (request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'https://fake');
    // What a probe asks without a credential is no list of the scan, and comes beside its requests.
    const isAnonymous = request.headers.authorization === undefined;
    const target = isAnonymous ? undefined : targetOf(url.pathname);
    const counted = `${isAnonymous ? 'anonymous ' : ''}${url.pathname}`;
    const count = (counts.get(counted) ?? 0) + 1;
    counts.set(counted, count);
    const seen: FakeRequest = {
      method: request.method ?? 'GET',
      url,
      accept: request.headers.accept ?? '',
      headers: request.headers,
      count,
      ...(target && { key: target.key }),
    };
    requests.push(seen);
    const body = await textOf(request);
    const fault = state.options.fault?.(seen);
    if (target) state.mostLists = Math.max(state.mostLists, ++state.listsNow);
    try {
      await respond(seen, body, target, fault, response);
    } finally {
      if (target) state.listsNow--;
    }
  };

  const respond = async (request: FakeRequest, body: string, target: Target | undefined, fault: Fault | undefined, response: ServerResponse): Promise<void> => {
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(fault.body ?? JSON.stringify(status(fault.status)));
      return;
    }
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'html') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
      return;
    }
    if (fault?.kind === 'gzip-bomb') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(fault.bytes, 0x20)));
      return;
    }
    if (fault?.kind === 'body') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(fault.body);
      return;
    }
    if (request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(status(401)));
      return;
    }
    const answer = isServers(request, state.options) ? serversOf(state.options) : target ? list(target, request, state.options, fault?.kind === 'edit' ? fault.edit : undefined) : other(request, body, state.options);
    if (answer === undefined || isServedOut(target, state.options)) {
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(status(404)));
      return;
    }
    await write(response, answer, fault, state.options.gzip === true && /gzip/.test(request.headers['accept-encoding'] as string ?? ''));
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca: authority.certificate,
    token,
    requests,
    get mostLists() {
      return state.mostLists;
    },
    get options() {
      return state.options;
    },
    set options(next) {
      state.options = next;
    },
    close: () => closed(server),
  };
}

interface Target {
  readonly key: ResourceKey;
  readonly version: string;
  readonly namespace?: string;
}

function targetOf(pathname: string): Target | undefined {
  const match = /^(?:\/api|\/apis\/(?<group>[^/]+))\/(?<version>[^/]+)\/(?:namespaces\/(?<namespace>[^/]+)\/)?(?<resource>[^/]+)$/.exec(pathname);
  if (!match?.groups) return undefined;
  const { group = '', version, namespace, resource } = match.groups;
  const key = resourceKeys.find((candidate) => resourceType(candidate).group === group && resourceType(candidate).resource === resource);
  return key && { key, version: version!, ...(namespace !== undefined && { namespace }) };
}

const isServed = (key: ResourceKey, { served, lists }: FakeApiServerOptions): boolean => served?.includes(key) ?? (resourceType(key).custom !== true || lists?.[key] !== undefined);
const isServedOut = (target: Target | undefined, options: FakeApiServerOptions): boolean => target !== undefined && !isServed(target.key, options);

function list(target: Target, request: FakeRequest, { lists }: FakeApiServerOptions, edit: ((list: EditableList) => void) | undefined): string {
  const type = resourceType(target.key);
  const source = lists?.[target.key];
  const query = request.url.searchParams;
  const limit = Number(query.get('limit') ?? '0') || Number.POSITIVE_INFINITY;
  const selects = selector(query.get('fieldSelector'), target.namespace);
  const asMetadata = request.accept.includes(metadataList);
  const items: string[] = [];
  let index = Number(query.get('continue')?.replace(/^after-/, '') ?? '0');
  const length = source?.length ?? 0;
  for (; index < length && items.length < limit; index++) {
    const object = source!.at(index);
    if (typeof object === 'string' && !selects && !asMetadata) {
      items.push(object);
      continue;
    }
    const parsed = (typeof object === 'string' ? JSON.parse(object) : object) as FakeObject;
    if (selects && !selects(parsed)) continue;
    items.push(JSON.stringify(asMetadata ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: parsed['metadata'] } : parsed));
  }
  const form: EditableList = {
    kind: asMetadata ? 'PartialObjectMetadataList' : `${type.kind}List`,
    apiVersion: asMetadata ? 'meta.k8s.io/v1' : type.group === '' ? target.version : `${type.group}/${target.version}`,
    metadata: { resourceVersion: '4711', ...(index < length && { continue: `after-${index}` }) },
    items,
  };
  edit?.(form);
  return `{"kind":${JSON.stringify(form.kind)},"apiVersion":${JSON.stringify(form.apiVersion)},"metadata":${JSON.stringify(form.metadata)},"items":[${form.items.join(',')}]}\n`;
}

function selector(text: string | null, namespace: string | undefined): ((object: FakeObject) => boolean) | undefined {
  if (text === null && namespace === undefined) return undefined;
  const terms = (text ?? '').split(',').filter((term) => term !== '').map((term) => /^(?<field>[^!=]+)(?<operator>!?=)(?<value>.*)$/.exec(term)!.groups!);
  return (object) => {
    const metadata = object['metadata'] as { readonly name?: string; readonly namespace?: string };
    if (namespace !== undefined && metadata.namespace !== namespace) return false;
    return terms.every(({ field, operator, value }) => {
      const actual = field === 'metadata.name' ? metadata.name : object[field!];
      return (actual === value) === (operator === '=');
    });
  };
}

function other(request: FakeRequest, body: string, options: FakeApiServerOptions): string | undefined {
  const path = request.url.pathname;
  if (path === '/version') return JSON.stringify({ major: '1', minor: '36', gitVersion: options.version ?? 'v1.36.3' });
  if (path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' && request.method === 'POST') return review(body, options);
  if (path === '/flagz') return options.flagz;
  const [, kubelet, page] = /^\/api\/v1\/nodes\/([^/]+)\/proxy\/(configz|flagz)$/.exec(path) ?? [];
  if (kubelet !== undefined) {
    if (page === 'flagz') return options.kubeletFlagz?.[decodeURIComponent(kubelet)];
    const config = options.kubelets?.[decodeURIComponent(kubelet)];
    return config === undefined ? undefined : JSON.stringify({ kubeletconfig: config });
  }
  return discovery(path, request.accept, options);
}

const isServers = ({ url }: FakeRequest, { apiServers }: FakeApiServerOptions): boolean => apiServers !== undefined && url.pathname === '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

const serversOf = ({ apiServers = [] }: FakeApiServerOptions): string =>
  JSON.stringify({ kind: 'EndpointSliceList', apiVersion: 'discovery.k8s.io/v1', metadata: {}, items: apiServers.map((addresses) => ({ addressType: 'IPv4', endpoints: addresses.map((address) => ({ addresses: [address] })) })) });

function review(body: string, { allows = () => true }: FakeApiServerOptions): string {
  const { spec } = JSON.parse(body) as { readonly spec: { readonly resourceAttributes: { readonly verb: string; readonly group?: string; readonly resource: string; readonly subresource?: string }; readonly nonResourceAttributes?: { readonly verb: string; readonly path: string } } };
  const { verb, group = '', resource, subresource = '' } = spec.nonResourceAttributes ? { verb: spec.nonResourceAttributes.verb, resource: spec.nonResourceAttributes.path } : spec.resourceAttributes;
  return JSON.stringify({ kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec, status: { allowed: allows({ verb, group, resource, subresource }) } });
}

function discovery(path: string, accept: string, options: FakeApiServerOptions): string | undefined {
  const keys = resourceKeys.filter((key) => isServed(key, options));
  const groups = [...new Set([...keys.map((key) => resourceType(key).group), ...(options.groups ?? [])])];
  const versionOf = (group: string): string => keys.map(resourceType).find((type) => type.group === group)?.versions[0] ?? 'v1';
  const typesOf = (group: string) => keys.map(resourceType).filter((type) => type.group === group);
  const isAggregated = options.discovery !== 'legacy' && accept.includes('APIGroupDiscoveryList');
  if (isAggregated && (path === '/api' || path === '/apis')) {
    return JSON.stringify({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: groups.filter((group) => (group === '') === (path === '/api')).map((group) => ({
        metadata: group === '' ? {} : { name: group },
        versions: [{
          version: versionOf(group),
          freshness: 'Current',
          resources: typesOf(group).map((type) => ({ resource: type.resource, responseKind: { group: '', version: '', kind: type.kind }, scope: type.namespaced ? 'Namespaced' : 'Cluster', verbs: ['get', 'list', 'watch'] })),
        }],
      })),
    });
  }
  if (path === '/api') return JSON.stringify({ kind: 'APIVersions', versions: ['v1'] });
  if (path === '/apis') {
    return JSON.stringify({
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groups.filter((group) => group !== '').map((name) => ({ name, versions: [{ groupVersion: `${name}/${versionOf(name)}`, version: versionOf(name) }] })),
    });
  }
  const match = /^(?:\/api\/v1|\/apis\/([^/]+)\/[^/]+)$/.exec(path);
  if (!match) return undefined;
  return JSON.stringify({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    resources: typesOf(match[1] ?? '').map((type) => ({ name: type.resource, namespaced: type.namespaced, kind: type.kind, verbs: ['get', 'list'] })),
  });
}

async function write(response: ServerResponse, answer: string, fault: Fault | undefined, gzip: boolean): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = Buffer.from(answer);
  switch (fault?.kind) {
    case 'truncated':
      response.writeHead(200, headers).end(body.subarray(0, body.length / 2));
      return;
    case 'reset':
      response.writeHead(200, { ...headers, 'content-length': body.length }).write(body.subarray(0, body.length / 2));
      await pause(20);
      response.destroy();
      return;
    case 'encoding':
      response.writeHead(200, { ...headers, 'content-encoding': fault.encoding }).end(body);
      return;
    case 'slow':
      response.writeHead(200, headers);
      for (const byte of body) {
        if (response.destroyed) return;
        response.write(Buffer.of(byte));
        await pause(fault.msPerByte);
      }
      response.end();
      return;
    default:
  }
  // What an API server does with bodies that are worth it.
  if (gzip && body.length > 128 * 1024) response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(gzipSync(body, { level: 1 }));
  else response.writeHead(200, headers).end(body);
}

const status = (code: number): FakeObject => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code });

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function closed(server: Server): Promise<void> {
  const end = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await end;
}
