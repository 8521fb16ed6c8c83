import { randomUUID } from 'node:crypto';
import { AppError, conflict, invalid, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { Completeness } from '../ports/cluster-collector.js';
import type { Store } from '../ports/store.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import { queueScan } from '../scans/queue-scan.js';
import type { Scan } from '../scans/scan.js';
import { Chunker } from './chunker.js';
import { packed } from './packing.js';
import { chunkField } from './snapshot-bytes.js';
import type { ContentEncoding, SnapshotFormat } from './snapshot.js';

export interface UploadSnapshot {
  readonly clusterId: string;
  readonly complete: Completeness;
  readonly contentEncoding: ContentEncoding;
  readonly format: SnapshotFormat;
}

/** As received, before any decompression. */
export const MOST_BYTES = 512 * 1024 * 1024;
/** An upload that takes longer is given up, long before retention takes it for abandoned. */
export const LONGEST_UPLOAD_MS = 30 * 60_000;
/** Uploads of one organisation at a time. */
export const MOST_UPLOADS = 20;
const CHUNK_BYTES = 256 * 1024;
const CHUNKS_A_WRITE = 4;

export class SnapshotsService {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
    private readonly mostBytes: number = MOST_BYTES,
    private readonly longestMs: number = LONGEST_UPLOAD_MS,
  ) {}

  /**
   * Takes in evidence as it arrives and queues its scan. No transaction waits for the sender. An upload that breaks
   * off, is empty or too large leaves nothing; should we die meanwhile, retention removes what is left.
   */
  async upload(caller: Caller, { clusterId, ...rest }: UploadSnapshot, bytes: AsyncIterable<Uint8Array>, traceparent?: string): Promise<Scan> {
    caller.may('scans:write');
    const id = randomUUID();
    const wrappedDataKey = await this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = await tx.clusters.get(clusterId);
      // Locked, so that those who begin at once are counted.
      const organisation = await tx.organisation.lock();
      if (!cluster || !organisation) throw notFound('cluster');
      // Asked again at the end; here it spares an upload for nothing.
      if (cluster.pausedAt) throw conflict('cluster-paused', 'This cluster is paused. Resume it first.');
      if (await tx.scans.active(clusterId)) throw conflict('scan-active', 'A scan of this cluster is queued or running. Wait for it, or cancel it.');
      if ((await tx.snapshots.countUnfinished(new Date(Date.now() - this.longestMs))) >= MOST_UPLOADS) {
        throw new AppError('limited', 'too-many-uploads', `An organisation may have ${MOST_UPLOADS} uploads under way. Wait until one has ended.`, { retryAfter: 30 });
      }
      await tx.snapshots.insert({ id, clusterId, ...rest });
      return organisation.wrappedDataKey;
    });

    try {
      const size = await this.receive({ tenantId: caller.tenantId, wrappedDataKey, id }, bytes);
      return await this.store.inTenant(caller.tenantId, async (tx) => {
        const cluster = await tx.clusters.get(clusterId);
        if (!cluster || !(await tx.snapshots.complete(id, size))) throw notFound('cluster');
        return queueScan(tx, { cluster, snapshotId: id, requestedBy: caller.keyId, ...(traceparent === undefined ? {} : { traceparent }) });
      });
    } catch (error) {
      await this.store.inTenant(caller.tenantId, (tx) => tx.snapshots.delete(id));
      throw error;
    }
  }

  /** Stores what arrives, packed and sealed, in chunks of one size, and returns how many bytes there were. */
  private async receive({ tenantId, wrappedDataKey, id }: { readonly tenantId: string; readonly wrappedDataKey: Uint8Array; readonly id: string }, bytes: AsyncIterable<Uint8Array>): Promise<number> {
    let position = 0;
    let pending: Buffer[] = [];
    const write = async (chunks: readonly Buffer[]): Promise<void> => {
      const sealed = await Promise.all(chunks.map((chunk, index) => this.vault.sealBytes(tenantId, wrappedDataKey, id, chunkField(position + index), chunk)));
      await this.store.inTenant(tenantId, (tx) => tx.snapshots.addChunks(id, position, sealed));
      position += chunks.length;
    };

    const chunker = new Chunker(CHUNK_BYTES);
    const received = { size: 0 };
    for await (const part of packed(this.limited(bytes, received))) {
      pending.push(...chunker.add(part));
      if (pending.length >= CHUNKS_A_WRITE) {
        await write(pending);
        pending = [];
      }
    }
    const last = chunker.rest();
    if (last) pending.push(last);
    if (received.size === 0) throw invalid('snapshot-empty', 'The upload has no content. Send what kubectl get -o json wrote.');
    if (pending.length > 0) await write(pending);
    return received.size;
  }

  /** The same bytes, counted, as far as they are not too many or too late. */
  private async *limited(bytes: AsyncIterable<Uint8Array>, received: { size: number }): AsyncGenerator<Uint8Array> {
    const deadline = Date.now() + this.longestMs;
    for await (const part of bytes) {
      received.size += part.byteLength;
      if (received.size > this.mostBytes) {
        throw invalid('snapshot-too-large', `A snapshot may have ${Math.floor(this.mostBytes / 1024 / 1024)} MiB as sent. Compress it with gzip or zstd, or leave out what need not be judged.`);
      }
      if (Date.now() > deadline) {
        throw invalid('snapshot-too-slow', `An upload may take ${Math.round(this.longestMs / 60_000)} minutes. Compress it with gzip or zstd, or leave out what need not be judged.`);
      }
      yield part;
    }
  }
}
