import { randomBytes } from 'node:crypto';
import type { ClusterCollector, JudgedControl, ScanResult } from '#application/ports/cluster-collector.js';
import type { CredentialVault } from '#application/ports/credential-vault.js';
import { RunScan, type RunScanSettings } from '#application/scans/run-scan.js';
import { KeySetBuilder, type KeySet } from '#controls/engine/key-set.js';
import type { FoundEvaluation } from '#findings/found-failure.js';
import { resourceKeys } from '#inventory/resources.js';
import type { FreshStore } from './fresh-store.js';

/** Keeps what it seals in clear, and opens it at its own place only. */
export const clearVault: CredentialVault = {
  newDataKey: async () => randomBytes(8),
  sealBytes: async (_tenantId, _key, _rowId, _field, plaintext) => plaintext,
  openBytes: async (_tenantId, _key, _rowId, _field, sealed) => sealed,
  seal: async (tenantId, _key, ...rest) => Buffer.from(JSON.stringify([tenantId, ...rest])),
  async open(tenantId, _key, rowId, field, sealed) {
    const [plaintext, ...place] = (JSON.parse(Buffer.from(sealed).toString()) as string[]).toReversed();
    if (place.join() !== [field, rowId, tenantId].join()) throw new Error('not sealed for this place');
    return plaintext!;
  },
};

export const connection = { server: 'https://cluster.example', credential: { kind: 'token', token: 't' } } as const;

/** A cluster with that connection. */
export async function connectedCluster(fresh: FreshStore, tenantId: string): Promise<string> {
  const id = await fresh.cluster(tenantId);
  await fresh.store.inTenant(tenantId, async (tx) => {
    await tx.clusters.update(id, { hasConnection: true, server: connection.server });
    await tx.clusters.putCredentials(id, await clearVault.seal(tenantId, Buffer.alloc(0), id, 'connection', JSON.stringify(connection)));
  });
  return id;
}

/** Soon heard of, and patient with a database that is away. */
export const heardSoon: RunScanSettings = { leaseMs: 60_000, progressMs: 20, patienceMs: 10_000, sparedConnections: 1 };

/** Runs scans whose cluster is what `scan` says it is. */
export const scanRunner = (fresh: FreshStore, scan: ClusterCollector['scan'], settings = heardSoon): RunScan =>
  new RunScan(fresh.store, { scan, verify: async () => ({ reachable: true, rights: [] }) }, clearVault, settings);

export const allObserved = Object.fromEntries(resourceKeys.map((key) => [key, { state: 'observed', count: 1 }])) as ScanResult['outcomes'];

export const critical = (id: string): JudgedControl => ({ id, severity: 'critical' });

/** Of a small cluster that was read as far as `outcomes` say. */
export const scanResult = (evaluations: readonly FoundEvaluation[], outcomes: ScanResult['outcomes'] = allObserved): ScanResult => ({
  cluster: { platform: 'kind', version: 'v1.35.0', isManaged: false }, evaluations, controls: evaluations.map(({ controlId }) => critical(controlId)), outcomes,
  counts: { objects: 3, pods: 2, workloads: 1, nodes: 1, namespaces: 1 }, standing: { nodes: [], machines: [] }, collectors: { nodes: 0, fresh: 0, stale: 0 },
  evidence: [], cost: { requests: 1, bytes: 1, throttled: 0, cpuMs: 1 },
});

export function keySetOf(keys: readonly string[]): KeySet {
  const builder = new KeySetBuilder();
  for (const key of keys) builder.add(key);
  return builder.build();
}
