import { randomUUID } from 'node:crypto';
import { bundleLimits } from '#nodes/limits.js';
import { BundleError } from '#nodes/wire/bundle-error.js';
import { checkBundle, type CheckedBundle } from '#nodes/wire/read-bundle.js';
import { conflict, notFound, type AppError } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { Lists, ListKind } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { EvidenceUnpacker } from '../ports/evidence-unpacker.js';
import type { Keeping } from '../ports/node-evidence.js';
import type { Store } from '../ports/store.js';
import { bundleRefusal } from './bundle-refusal.js';
import type { StoredEnrolmentKey } from './enrolment-key.js';
import { openEnrolmentKey } from './enrolment-secret.js';
import { nodeEvidenceField, type NodeBundle } from './node-bundle.js';
import { whole } from './whole.js';

/** A list of nodes by their names. */
export const byNode = (name: string): ListKind<string> => ({ name, toParts: (node) => [node], fromParts: ([node]) => String(node) });

export const tooManyNodes = (): AppError => conflict('too-many-nodes', 'So many nodes of this cluster are kept that no other is taken. Delete those that are gone; where they were never yours, revoke the enrolment key.');

const list = byNode('node-bundles');

/** Where a bundle came from and what its signature showed. */
interface Sender {
  readonly tenantId: string;
  readonly uploadedBy: string | null;
  /** Set once the key of a signed bundle was looked for. */
  signedBy: StoredEnrolmentKey | undefined;
}

/** Takes what node collectors send, and tells of it. Whatever is sent is somebody's word only until its signature holds. */
export class NodeBundlesService {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
    private readonly lists: Lists,
    private readonly unpacker: EvidenceUnpacker,
  ) {}

  /**
   * Keeps the evidence of one node, or throws and keeps nothing. A bundle that is signed by the cluster's enrolment key needs no
   * caller; for one that is not a caller answers.
   */
  async receive(caller: Caller | undefined, clusterId: string, bytes: AsyncIterable<Uint8Array>): Promise<NodeBundle> {
    caller?.may('scans:write');
    if (caller && !(await this.store.inTenant(caller.tenantId, (tx) => tx.clusters.get(clusterId)))) throw notFound('cluster');
    try {
      const bundle = await whole(bytes, bundleLimits.bundle, () => new BundleError('too-large', `A bundle has at most ${bundleLimits.bundle} bytes. Collect it again with an unchanged collector.`));
      return await this.take(caller, clusterId, bundle);
    } catch (error) {
      throw bundleRefusal(error) ?? error;
    }
  }

  /** By name of the node. */
  async list(caller: Caller, clusterId: string, request: PageRequest): Promise<Page<NodeBundle>> {
    caller.may('scans:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    const found = await this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      return tx.nodeEvidence.list(clusterId, slice);
    });
    return this.lists.page(list, caller.tenantId, request, found, ({ node }) => node);
  }

  /** The node's last bundles, the present one first. */
  async history(caller: Caller, clusterId: string, node: string): Promise<readonly [NodeBundle, ...NodeBundle[]]> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      const [present, ...earlier] = await tx.nodeEvidence.history(clusterId, node);
      if (!present) throw notFound('node-bundle');
      return [present, ...earlier];
    });
  }

  /**
   * The next bundle of the node is taken again; those that were sent before are not. What was found on a machine outside of the cluster
   * stays open until it is `retired`, which may come later too.
   */
  async delete(caller: Caller, clusterId: string, node: string, isRetired = false): Promise<void> {
    caller.may('scans:write');
    await this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      if (!(await tx.nodeEvidence.delete(clusterId, node, isRetired))) throw notFound('node-bundle');
    });
  }

  private async take(caller: Caller | undefined, clusterId: string, bytes: Uint8Array): Promise<NodeBundle> {
    let sender: Sender | undefined = caller && { tenantId: caller.tenantId, uploadedBy: caller.keyId, signedBy: undefined };
    const checked = await checkBundle(bytes, {
      clusterId,
      now: new Date(),
      unsigned: caller ? 'accepted' : 'refused',
      keys: async (lookupId) => {
        const tenantId = sender?.tenantId ?? (await this.ownerOf(clusterId, lookupId));
        const found = tenantId === undefined ? undefined : await openEnrolmentKey(this.store, this.vault, tenantId, clusterId, lookupId);
        if (tenantId !== undefined && found) sender = { tenantId, uploadedBy: sender?.uploadedBy ?? null, signedBy: found.stored };
        return found?.key;
      },
      // Asked only once the signature holds, or where a caller answers.
      lastSeen: async (node) => (sender ? this.store.inTenant(sender.tenantId, (tx) => tx.nodeEvidence.lastSeen(clusterId, node)) : undefined),
    });
    if (!sender) throw new Error('a bundle was read and nobody sent it');
    return this.keep(sender, clusterId, checked);
  }

  private async ownerOf(clusterId: string, lookupId: string): Promise<string | undefined> {
    const found = await this.store.findEnrolmentKey(lookupId);
    return found?.clusterId === clusterId ? found.tenantId : undefined;
  }

  private async keep({ tenantId, uploadedBy, signedBy }: Sender, clusterId: string, checked: CheckedBundle): Promise<NodeBundle> {
    const { packed, machine } = await this.unpacker.unpack(checked);
    const id = randomUUID();
    const organisation = await this.store.inTenant(tenantId, (tx) => tx.organisation.get());
    if (!organisation) throw notFound('organisation');
    const sealed = await this.vault.sealBytes(tenantId, organisation.wrappedDataKey, id, nodeEvidenceField, packed);
    const { header: { node, collectedAt, collector, digest, size, nonce }, isSigned } = checked;
    const keeping = await this.store.inTenant(tenantId, async (tx) => {
      const kept = await tx.nodeEvidence.keep(
        { id, clusterId, node, collectedAt: new Date(collectedAt), collector, isSigned, enrolmentKeyId: signedBy?.id ?? null, uploadedBy, digest, size, nonce, machine: machine ?? null },
        sealed,
      );
      if (kept.state === 'kept' && signedBy) await tx.enrolmentKeys.markUsed(signedBy.id);
      return kept;
    });
    return kept(keeping);
  }
}

function kept(keeping: Keeping): NodeBundle {
  switch (keeping.state) {
    case 'kept': return keeping.bundle;
    case 'already-received': throw new BundleError('already-received', 'This very bundle was received before. There is nothing to do.');
    case 'superseded': throw new BundleError('superseded', 'A newer bundle of this node was received meanwhile. There is nothing to do.');
    case 'too-many-nodes': throw tooManyNodes();
    case 'no-cluster': throw notFound('cluster');
  }
}
