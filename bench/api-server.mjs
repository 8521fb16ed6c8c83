// A process that answers as a kube-apiserver does: discovery, paged lists with opaque tokens, metadata by Accept header,
// gzip over 128 KB. Started with fork(): its argument is the shape of the cluster as JSON, its one message where it listens.
import { createServer } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { resourceKeys, resourceType } from '../dist/libs/inventory/resources.js';
import { benchCluster } from './bench-cluster.mjs';
import { loopbackCertificate } from './certificate.mjs';

const GZIP_FROM = 128 * 1024;
const RESOURCE_VERSION = '48151623';
const token = 'bench-token';
/** What the manifest `base` does not grant. */
const forbidden = new Set(['secrets']);

const compress = promisify(gzip);
const cluster = benchCluster(JSON.parse(process.argv[2]));
const served = resourceKeys.filter((key) => !resourceType(key).custom);
const byPath = new Map(served.map((key) => [listPath(resourceType(key)), key]));

function listPath({ group, versions, resource }) {
  return `${group === '' ? '/api' : `/apis/${group}`}/${versions[0]}/${resource}`;
}

const { ca, certificate, key } = await loopbackCertificate();
const server = createServer({ cert: certificate, key }, (request, response) => {
  answer(request, response).catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    response.destroy();
  });
});
server.listen(0, '127.0.0.1', () => process.send({ url: `https://127.0.0.1:${server.address().port}`, ca, token }));

process.on('disconnect', () => process.exit(0));

async function answer(request, response) {
  const url = new URL(request.url, 'https://bench');
  if (request.headers.authorization !== `Bearer ${token}`) return send(request, response, 401, statusText(401));
  const resource = byPath.get(url.pathname);
  if (resource !== undefined) {
    if (forbidden.has(resource)) return send(request, response, 403, statusText(403));
    return list(request, response, resource, url.searchParams);
  }
  if (url.pathname === '/version') return send(request, response, 200, JSON.stringify({ major: '1', minor: '36', gitVersion: 'v1.36.3' }));
  if (url.pathname === '/api' || url.pathname === '/apis') return send(request, response, 200, discovery(url.pathname === '/api'));
  // The right to the nodes' proxy is not in `base` either.
  const code = /^\/api\/v1\/nodes\/[^/]+\/proxy\//.test(url.pathname) ? 403 : 404;
  return send(request, response, code, statusText(code));
}

function list(request, response, resource, query) {
  const { kind, group, versions } = resourceType(resource);
  const source = cluster[resource] ?? { length: 0 };
  const start = query.has('continue') ? decodeToken(query.get('continue')) : 0;
  if (start === undefined) return send(request, response, 410, statusText(410));
  const limit = Number(query.get('limit') ?? 0) || source.length;
  const end = Math.min(source.length, start + limit);
  const asMetadata = request.headers.accept.includes('as=PartialObjectMetadataList');
  const metadata = { resourceVersion: RESOURCE_VERSION, ...(end < source.length && { continue: encodeToken(end), remainingItemCount: source.length - end }) };
  const head = asMetadata ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata } : { kind: `${kind}List`, apiVersion: group === '' ? versions[0] : `${group}/${versions[0]}`, metadata };
  let text = `${JSON.stringify(head).slice(0, -1)},"items":[`;
  for (let index = start; index < end; index++) text += (index > start ? ',' : '') + (asMetadata ? metadataText(source.text(index)) : source.text(index));
  return send(request, response, 200, `${text}]}\n`);
}

// Lists that are asked for by metadata hold nothing else.
const metadataText = (text) => `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1",${text.slice(1)}`;

// Opaque to the client, as the real one is: version and place, encoded.
const encodeToken = (start) => Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: Number(RESOURCE_VERSION), start })).toString('base64url');

function decodeToken(text) {
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString());
    return v === 'meta.k8s.io/v1' && String(rv) === RESOURCE_VERSION && Number.isSafeInteger(start) ? start : undefined;
  } catch {
    return undefined;
  }
}

async function send(request, response, status, text) {
  // Everything here is ASCII, for which this is a plain copy.
  const body = Buffer.from(text, 'latin1');
  const headers = { 'content-type': 'application/json', 'audit-id': 'bench', 'cache-control': 'no-cache, private' };
  if (body.length > GZIP_FROM && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
    const packed = await compress(body, { level: 1 });
    response.writeHead(status, { ...headers, 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
  } else {
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
  }
}

const statusText = (code) => JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code });

function discovery(isCore) {
  const groups = [...new Set(served.map((key) => resourceType(key).group))].filter((group) => (group === '') === isCore);
  return JSON.stringify({
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => {
      const types = served.map((key) => resourceType(key)).filter((type) => type.group === group);
      return {
        metadata: group === '' ? {} : { name: group },
        versions: [...new Set(types.map(({ versions }) => versions[0]))].map((version) => ({
          version,
          freshness: 'Current',
          resources: types.map(({ resource, kind, namespaced }) => ({ resource, responseKind: { group, version, kind }, scope: namespaced ? 'Namespaced' : 'Cluster', verbs: ['get', 'list', 'watch'] })),
        })),
      };
    }),
  });
}
