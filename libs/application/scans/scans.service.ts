import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { noConnection } from '../clusters/no-connection.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { Store } from '../ports/store.js';
import type { ScheduleKind } from '../schedules/schedule.js';
import { endScan } from './end-scan.js';
import { noEvidence } from './kept-evidence.js';
import { queueScan } from './queue-scan.js';
import type { ControlResult, Scan, ScanState } from './scan.js';

export interface RequestScan {
  readonly clusterId: string;
  /** `posture` where not given. */
  readonly kind?: ScheduleKind;
}

export interface ScanFilter {
  readonly clusterId?: string;
  readonly state?: ScanState;
}

const list = byTime('scans');

export class ScansService {
  constructor(
    private readonly store: Store,
    private readonly lists: Lists,
  ) {}

  /**
   * Queues a scan of the cluster itself; throws conflict `scan-active` where one is queued or running. A benchmark alone
   * also judges a cluster that has no connection, by what was uploaded last.
   */
  async request(caller: Caller, { clusterId, kind = 'posture' }: RequestScan, traceparent?: string): Promise<Scan> {
    caller.may('scans:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = await tx.clusters.get(clusterId);
      if (!cluster) throw notFound('cluster');
      if (!cluster.hasConnection && kind !== 'benchmark') throw noConnection();
      return queueScan(tx, { cluster, judges: kind, requestedBy: caller.keyId, ...(traceparent === undefined ? {} : { traceparent }) });
    });
  }

  /**
   * Queues a scan that judges what another has kept by the controls of today. It says so, and never resolves; it opens
   * findings only where nothing newer is known of the cluster.
   */
  async rejudge(caller: Caller, id: string, traceparent?: string): Promise<Scan> {
    caller.may('scans:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const scan = await tx.scans.get(id);
      const cluster = scan && (await tx.clusters.get(scan.clusterId));
      if (!scan || !cluster) throw notFound('scan');
      const sourceScanId = scan.sourceScanId ?? scan.id;
      if (!(await tx.evidence.parts(sourceScanId))) throw noEvidence();
      return queueScan(tx, { cluster, sourceScanId, requestedBy: caller.keyId, ...(traceparent === undefined ? {} : { traceparent }) });
    });
  }

  async get(caller: Caller, id: string): Promise<Scan> {
    caller.may('scans:read');
    const scan = await this.store.inTenant(caller.tenantId, (tx) => tx.scans.get(id));
    if (!scan) throw notFound('scan');
    return scan;
  }

  /** Those of the ids that the caller's organisation has, for loading relations. */
  async getMany(caller: Caller, ids: readonly string[]): Promise<readonly Scan[]> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, (tx) => tx.scans.getMany(ids));
  }

  async list(caller: Caller, filter: ScanFilter, request: PageRequest): Promise<Page<Scan>> {
    caller.may('scans:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    const found = await this.store.inTenant(caller.tenantId, (tx) => tx.scans.list(filter, slice));
    return this.lists.page(list, caller.tenantId, request, found, ({ requestedAt, id }) => ({ at: requestedAt, id }));
  }

  /**
   * A queued scan ends at once; of a running one the worker is told, and it ends within seconds. A scan that has
   * ended is left as it is.
   */
  async cancel(caller: Caller, id: string): Promise<Scan> {
    caller.may('scans:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const scan = await tx.scans.lock(id);
      if (!scan) throw notFound('scan');
      if (scan.state === 'queued') await endScan(tx, scan, { state: 'cancelled', cancelRequested: true });
      else if (scan.state === 'running') await tx.scans.update(id, { cancelRequested: true });
      return (await tx.scans.get(id)) ?? scan;
    });
  }

  /** One result a control, with what could not be judged and why. Empty until the scan has finished. */
  async results(caller: Caller, id: string): Promise<{ readonly scan: Scan; readonly results: readonly ControlResult[] }> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const scan = await tx.scans.get(id);
      if (!scan) throw notFound('scan');
      return { scan, results: await tx.scans.results(id) };
    });
  }
}
