import { randomUUID } from 'node:crypto';
import { KubeBenchError } from '#kube-bench/kube-bench-error.js';
import { defaultKubeBenchLimits } from '#kube-bench/limits.js';
import { tooLarge } from '#kube-bench/read-kube-bench.js';
import { invalid, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { InputChecks } from '../input-checks.js';
import type { Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { EvidenceUnpacker, UnpackedRun } from '../ports/evidence-unpacker.js';
import type { NewKubeBenchResult } from '../ports/node-evidence.js';
import type { Store } from '../ports/store.js';
import { kubeBenchField, type KubeBenchResult } from './kube-bench-result.js';
import { byNode, tooManyNodes } from './node-bundles.service.js';
import { whole } from './whole.js';

export interface UploadKubeBench {
  /** The node of each run, in the order of the file. */
  readonly nodes: readonly string[];
  /** Release of kube-bench. */
  readonly toolVersion?: string;
  /** The benchmark, where the file names none. */
  readonly benchmark?: string;
}

/** A run has some hundred KiB. */
const MOST_BYTES = 4 * 1024 * 1024;
const limits = { ...defaultKubeBenchLimits, maxBytes: MOST_BYTES };

const nodeName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const list = byNode('kube-bench-reports');

/** Takes kube-bench's reports as evidence of their own, to be shown as such. */
export class KubeBenchService {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
    private readonly lists: Lists,
    private readonly unpacker: EvidenceUnpacker,
  ) {}

  /** Replaces what was kept of these nodes; all of the file or nothing. */
  async upload(caller: Caller, clusterId: string, upload: UploadKubeBench, bytes: AsyncIterable<Uint8Array>): Promise<readonly KubeBenchResult[]> {
    caller.may('scans:write');
    checkUpload(upload);
    const wrappedDataKey = await this.store.inTenant(caller.tenantId, async (tx) => {
      const organisation = await tx.organisation.get();
      if (!organisation || !(await tx.clusters.get(clusterId))) throw notFound('cluster');
      return organisation.wrappedDataKey;
    });
    const results: NewKubeBenchResult[] = [];
    for (const { packed, ...run } of await this.read(bytes, upload)) {
      const id = randomUUID();
      const sealed = await this.vault.sealBytes(caller.tenantId, wrappedDataKey, id, kubeBenchField, packed);
      results.push({ id, ...run, toolVersion: upload.toolVersion ?? null, uploadedBy: caller.keyId, sealed });
    }
    const keeping = await this.store.inTenant(caller.tenantId, (tx) => tx.kubeBenchResults.keep(clusterId, results));
    switch (keeping.state) {
      case 'kept': return keeping.results;
      case 'too-many-nodes': throw tooManyNodes();
      case 'no-cluster': throw notFound('cluster');
    }
  }

  /** By name of the node. */
  async list(caller: Caller, clusterId: string, request: PageRequest): Promise<Page<KubeBenchResult>> {
    caller.may('scans:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    const found = await this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      return tx.kubeBenchResults.list(clusterId, slice);
    });
    return this.lists.page(list, caller.tenantId, request, found, ({ node }) => node);
  }

  async get(caller: Caller, clusterId: string, node: string): Promise<KubeBenchResult> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      const result = await tx.kubeBenchResults.get(clusterId, node);
      if (!result) throw notFound('kube-bench-report');
      return result;
    });
  }

  async delete(caller: Caller, clusterId: string, node: string): Promise<void> {
    caller.may('scans:write');
    await this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      if (!(await tx.kubeBenchResults.delete(clusterId, node))) throw notFound('kube-bench-report');
    });
  }

  private async read(bytes: AsyncIterable<Uint8Array>, { nodes, toolVersion, benchmark }: UploadKubeBench): Promise<readonly UnpackedRun[]> {
    try {
      const file = await whole(bytes, MOST_BYTES, () => tooLarge(MOST_BYTES));
      return await this.unpacker.unpackKubeBench(file, { nodes, limits, ...(toolVersion !== undefined && { toolVersion }), ...(benchmark !== undefined && { benchmark }) });
    } catch (error) {
      if (!(error instanceof KubeBenchError)) throw error;
      throw invalid(error.reason, `The report cannot be read: ${error.message}.`);
    }
  }
}

function checkUpload({ nodes, toolVersion, benchmark }: UploadKubeBench): void {
  const checks = new InputChecks();
  checks.require(nodes.length > 0, '/node', 'the name of the Node object that each run is of, in the order of the file');
  for (const [i, node] of nodes.entries()) checks.require(nodeName.test(node), `/node/${i}`, 'the name of a Node object');
  checks.require(new Set(nodes).size === nodes.length, '/node', 'each node once: of each its latest run is kept');
  if (toolVersion !== undefined) checks.text(toolVersion, '/toolVersion', 50);
  if (benchmark !== undefined) checks.text(benchmark, '/benchmark', 50);
  checks.done('invalid-kube-bench-upload', 'The report cannot be taken in as asked.');
}
