import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, peakRss, rss } from './process-usage.mjs';
import { startWorker } from './worker-process.mjs';

const POLL_MS = 25;
/** What a worker does once it runs (queue, relay, code of first use) is not the scan's. */
const SETTLE_MS = 1_000;

/**
 * Scans of these clusters, one after the other, by a worker of its own; the last one is measured. CPU is the worker
 * process's, from the request to the scan's end and the end of what that made due; rows are what Postgres counts once
 * the worker has gone, of all the scans.
 */
export async function measureScan(service, clusterIds, nodeOptions, kind) {
  const worker = await startWorker({ ...service, nodeOptions });
  try {
    await pause(SETTLE_MS);
    const rows = await service.rowsWritten();
    for (const clusterId of clusterIds.slice(0, -1)) await scanned(service, clusterId, worker, kind);
    const before = { cpu: cpuSeconds(worker.pid), rss: rss(worker.pid) };
    const { scan, seen } = await scanned(service, clusterIds.at(-1), worker, kind);
    const after = { cpu: cpuSeconds(worker.pid), peak: peakRss(worker.pid) };
    await worker.stop();
    return {
      scan,
      // Not what the scan says of its end: it does so before it is committed.
      seconds: (seen - scan.startedAt) / 1000,
      cpuSeconds: round(after.cpu - before.cpu),
      idleRss: before.rss,
      peakRss: after.peak,
      rows: difference(rows, await service.rowsWritten()),
    };
  } finally {
    await worker.stop();
  }
}

async function scanned(service, clusterId, worker, kind) {
  const { id } = await service.requestScan(clusterId, kind);
  const scan = await ended(service, id);
  const seen = Date.now();
  await pause(SETTLE_MS);
  if (scan.state !== 'finished') throw new Error(`the scan ended as ${scan.state}: ${JSON.stringify(scan.failure)}\n${worker.lines.join('\n')}`);
  return { scan, seen };
}

async function ended(service, id) {
  for (;;) {
    const scan = await service.scan(id);
    if (scan.state !== 'queued' && scan.state !== 'running') return scan;
    await pause(POLL_MS);
  }
}

function difference(before, after) {
  const rows = {};
  for (const [table, now] of after) {
    const was = before.get(table) ?? { ins: 0, upd: 0, del: 0 };
    const delta = { ins: now.ins - was.ins, upd: now.upd - was.upd, del: now.del - was.del };
    if (delta.ins + delta.upd + delta.del > 0) rows[table] = delta;
  }
  return rows;
}

const round = (value) => Math.round(value * 100) / 100;
