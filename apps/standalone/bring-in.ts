import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#application/app-error.js';
import type { Cluster } from '#application/clusters/cluster.js';
import type { ClusterConnection, Completeness } from '#application/ports/cluster-collector.js';
import type { Scan } from '#application/scans/scan.js';
import { operatorConnection } from '#kubernetes/operator-connection.js';
import type { StandaloneOptions } from './options.js';
import type { Service } from './start-service.js';

/** The sample was written whole: what is not in it is not in the shop. */
const whole: Completeness = { scope: 'cluster', unread: [] };
/** What the printed kubectl command writes: everything but Secrets. */
const kubectl: Completeness = { scope: 'cluster', unread: ['secrets'] };

/** Brings the wished evidence in and asks for its scan. */
export async function bringIn(source: StandaloneOptions['source'], service: Service): Promise<{ readonly cluster: Cluster; readonly scan: Scan }> {
  switch (source.kind) {
    case 'sample':
      return upload(service, 'sample-shop', createReadStream(join(import.meta.dirname, 'sample/shop.yaml')), whole);
    case 'snapshot':
      return upload(service, source.file === '-' ? 'stdin' : nameOf(source.file), source.file === '-' ? process.stdin : createReadStream(source.file), kubectl);
    case 'kubeconfig': {
      const { connection, context } = await operatorConnection({ file: source.file, ...(source.context !== undefined && { context: source.context }) });
      const cluster = await connected(service, context, connection);
      return { cluster, scan: await service.services.scans.request(service.caller, { clusterId: cluster.id }) };
    }
  }
}

async function upload(service: Service, name: string, bytes: AsyncIterable<Uint8Array>, complete: Completeness): Promise<{ cluster: Cluster; scan: Scan }> {
  const { services, caller } = service;
  const cluster = (await byName(service, name)) ?? (await services.clusters.register(caller, { name }));
  await idle(service, cluster.id);
  return { cluster, scan: await services.snapshots.upload(caller, { clusterId: cluster.id, complete, contentEncoding: 'identity', format: 'auto' }, bytes) };
}

async function connected({ services, caller }: Service, name: string, connection: ClusterConnection): Promise<Cluster> {
  const { credential, ...place } = connection;
  const given = {
    ...place,
    ...(credential.kind === 'token' ? { token: credential.token } : { clientCertificate: credential.certificate, clientKey: credential.key }),
  };
  const known = await byName({ services, caller }, name);
  // Tokens of exec plugins are short-lived: every start brings a fresh one.
  return known ? services.clusters.rotateCredentials(caller, known.id, given) : services.clusters.register(caller, { name, connection: given });
}

async function byName({ services, caller }: Pick<Service, 'services' | 'caller'>, name: string): Promise<Cluster | undefined> {
  for (let after: string | undefined; ; ) {
    const page = await services.clusters.list(caller, { first: 100, ...(after !== undefined && { after }) });
    const found = page.edges.find(({ node }) => node.name === name);
    if (found) return found.node;
    if (!page.hasNextPage || page.endCursor === null) return undefined;
    after = page.endCursor;
  }
}

/** A scan that a killed run left behind is ended, so that this one can begin. */
async function idle({ services, caller }: Service, clusterId: string): Promise<void> {
  for (const state of ['queued', 'running'] as const) {
    const page = await services.scans.list(caller, { clusterId, state }, { first: 10 });
    for (const { node } of page.edges) {
      try {
        await services.scans.cancel(caller, node.id);
      } catch (error) {
        if (!(error instanceof AppError && error.kind === 'conflict')) throw error;
      }
    }
  }
}

const nameOf = (file: string): string => (file.split('/').at(-1) ?? file).replace(/\.(gz|zst)$/, '').replace(/\.(json|ya?ml|ndjson)$/, '').replace(/[^a-zA-Z0-9._-]+/g, '-').slice(0, 60) || 'snapshot';
