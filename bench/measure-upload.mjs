import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, peakRss } from './process-usage.mjs';
import { startWorker } from './worker-process.mjs';

/** Of the time that it has taken: who asks more often takes the cores from the worker, and who asks less often sees the end late. */
const POLL_SHARE = 0.02;
/** At least. */
const POLL_MS = 20;
const SETTLE_MS = 1_000;
const CHUNK_BYTES = 64 * 1024;

/**
 * An upload of these bytes, from their first one to stored findings, by a worker of its own that has just started. The seconds
 * are those that the sender waits; CPU and memory are the worker's.
 */
export async function measureUpload(service, bytes, format) {
  const worker = await startWorker(service);
  try {
    const clusterId = await service.registerForUploads(`uploads of ${format}`);
    await pause(SETTLE_MS);
    const before = cpuSeconds(worker.pid);
    const start = Date.now();
    const { id } = await service.upload(clusterId, chunksOf(bytes), format);
    let scan = await service.scan(id);
    while (scan.state === 'queued' || scan.state === 'running') {
      await pause(Math.max(POLL_MS, (Date.now() - start) * POLL_SHARE));
      scan = await service.scan(id);
    }
    const seen = Date.now();
    if (scan.state !== 'finished') throw new Error(`the scan ended as ${scan.state}: ${JSON.stringify(scan.failure)}\n${worker.lines.join('\n')}`);
    const { counts, findings } = scan.summary;
    return {
      // Not what the scan says of itself: it does so before it is committed.
      seconds: (seen - start) / 1000,
      workerCpuSeconds: Math.round((cpuSeconds(worker.pid) - before) * 100) / 100,
      peakRss: peakRss(worker.pid),
      objects: counts.objects,
      findings: Object.values(findings.open).reduce((sum, count) => sum + count, 0),
    };
  } finally {
    await worker.stop();
  }
}

async function* chunksOf(bytes) {
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) yield bytes.subarray(from, from + CHUNK_BYTES);
}
