import { createReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '#application/clusters/cluster.js';
import type { ClusterConnection, Completeness } from '#application/ports/cluster-collector.js';
import { isActive, type Scan } from '#application/scans/scan.js';
import { MOST_BYTES } from '#application/snapshots/snapshots.service.js';
import { printable } from '#operations/printable.js';
import type { StandaloneOptions } from './options.js';
import type { Service } from './start-service.js';
import { systemReason, ToldError } from './told-error.js';
import { lookAhead } from './whole-cluster.js';

type Source = StandaloneOptions['source'];

/** The sample was written whole: what is not in it is not in the shop. */
const whole: Completeness = { scope: 'cluster', unread: [] };
/** What the printed kubectl command writes: everything but Secrets. */
const kubectl: Completeness = { scope: 'cluster', unread: ['secrets'] };
const someObjects: Completeness = { scope: 'objects' };

/** How long a scan that was begun before may take to hear that it is not wanted any more. */
const patienceMs = 10_000;

/** Throws `ToldError` where the file of a source cannot be what was meant: known before anything is started. */
export function checkSource(source: Source): void {
  if (source.kind === 'sample' || (source.kind === 'snapshot' && source.file === '-')) return;
  try {
    const found = statSync(source.file);
    if (found.isDirectory()) throw new ToldError(`${printable(source.file)} is a directory. Give --${source.kind} one file.`);
    if (source.kind === 'snapshot' && found.size > MOST_BYTES) throw new ToldError(`${printable(source.file)} is larger than ${MOST_BYTES / 1024 / 1024} MiB. Pack it with gzip, or leave out kinds that are not needed.`);
  } catch (error) {
    throw unreadable(source, error);
  }
}

/** Brings the wished evidence in and asks for its scan. */
export async function bringIn(source: Source, service: Service, say: (line: string) => void): Promise<{ readonly cluster: Cluster; readonly scan: Scan }> {
  switch (source.kind) {
    case 'sample':
      return upload(service, 'sample-shop', whole, createReadStream(join(import.meta.dirname, 'sample/shop.yaml')));
    case 'snapshot':
      return bringSnapshot(source, service, say);
    case 'kubeconfig': {
      // Most starts need no client for kubeconfigs.
      const { operatorConnection } = await import('#kubernetes/operator-connection.js');
      const { connection, context } = await operatorConnection({ file: source.file, ...(source.context !== undefined && { context: source.context }) });
      const cluster = await connected(service, context, connection);
      await idle(service, cluster.id);
      return { cluster, scan: await service.services.scans.request(service.caller, { clusterId: cluster.id }) };
    }
  }
}

async function bringSnapshot(source: Extract<Source, { kind: 'snapshot' }>, service: Service, say: (line: string) => void): Promise<{ readonly cluster: Cluster; readonly scan: Scan }> {
  if (source.file === '-' && process.stdin.isTTY) say('Paste or pipe the objects; end with Ctrl-D.');
  try {
    const { missing, bytes } = await lookAhead(source.file === '-' ? process.stdin : (await open(source.file)).createReadStream());
    if (missing.length > 0) say(`Some objects, not a whole cluster (no ${missing[0]!} is among them): nothing follows from what is not there.`);
    return await upload(service, source.file === '-' ? 'stdin' : nameOf(source.file), missing.length > 0 ? someObjects : kubectl, bytes);
  } catch (error) {
    throw unreadable(source, error);
  }
}

async function upload(service: Service, name: string, complete: Completeness, bytes: AsyncIterable<Uint8Array>): Promise<{ readonly cluster: Cluster; readonly scan: Scan }> {
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

/** What an earlier run left to be scanned is older than what comes now: it is ended, so that this can begin. */
async function idle({ services, caller }: Service, clusterId: string): Promise<void> {
  for (const state of ['queued', 'running'] as const) {
    const page = await services.scans.list(caller, { clusterId, state }, { first: 10 });
    for (const { node } of page.edges) {
      let scan = await services.scans.cancel(caller, node.id);
      for (const end = Date.now() + patienceMs; isActive(scan.state) && Date.now() < end; scan = await services.scans.get(caller, scan.id)) await sleep(50);
    }
  }
}

/** `cluster` for `/some/where/cluster.json.gz`. */
const nameOf = (file: string): string =>
  basename(file).replace(/\.(gz|zst)$/, '').replace(/\.(json|ya?ml|ndjson)$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60) || 'snapshot';

function unreadable(source: Exclude<Source, { kind: 'sample' }>, error: unknown): unknown {
  const reason = systemReason(error);
  return reason === undefined ? error : new ToldError(`${source.file === '-' ? 'Standard input' : printable(source.file)} cannot be read: ${reason}. Give --${source.kind} a file${source.kind === 'snapshot' ? ' that kubectl wrote (--help-snapshot)' : ''}.`);
}
