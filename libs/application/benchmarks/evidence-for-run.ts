import { KeptNodes } from '../nodes/kept-nodes.js';
import type { BenchmarkEvidence } from '../ports/cluster-collector.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import type { Attempt } from '../scans/attempt.js';

/** Names a question. */
const NAMES = 1_000;

/** What is kept beside the API's answers and the evidence of nodes, as it is when the scan begins. */
export async function evidenceForRun({ tenantId, cluster }: Attempt, store: Store, vault: CredentialVault): Promise<BenchmarkEvidence> {
  const { nodeNames, unsignedNodes } = await store.inTenant(tenantId, (tx) => namesOf(tx, cluster.id));
  const cloud = await new KeptNodes(store, vault).cloud(tenantId, cluster.id);
  return {
    pinned: cluster.benchmark, known: { platform: cluster.platform, version: cluster.version }, nodeNames, unsignedNodes,
    clouds: cloud ? [cloud.description] : [],
  };
}

/** Nodes that sent a bundle or of which kube-bench said something. */
async function namesOf(tx: TenantTransaction, clusterId: string): Promise<Pick<BenchmarkEvidence, 'nodeNames' | 'unsignedNodes'>> {
  const names = new Set<string>();
  const unsigned: string[] = [];
  for (const list of [tx.nodeEvidence, tx.kubeBenchResults]) {
    let after: string | undefined;
    do {
      const { items, hasMore }: { readonly items: readonly { readonly node: string; readonly isSigned?: boolean }[]; readonly hasMore: boolean } = await list.list(clusterId, { first: NAMES, ...(after !== undefined && { after }) });
      for (const { node, isSigned } of items) {
        names.add(node);
        if (isSigned === false) unsigned.push(node);
      }
      after = hasMore ? items.at(-1)?.node : undefined;
    } while (after !== undefined);
  }
  return { nodeNames: [...names], unsignedNodes: unsigned };
}
