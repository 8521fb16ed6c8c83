import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { ringOf } from '#operations/crypto/key-ring.js';
import type { Log } from '#operations/log.js';
import { createMetrics } from '#operations/metrics.js';
import type { Settings } from '#operations/settings.js';
import { startTelemetry } from '#operations/telemetry.js';
import { createJobQueue } from '#queue/bullmq-job-queue.js';
import { openStore } from '../composition/database-store.js';
import { jobHandlers } from '../composition/job-handlers.js';
import { leases as usual, type Leases } from '../composition/leases.js';
import type { Program } from '../composition/run-program.js';
import { startWork } from '../composition/work.js';
import { startHealthServer } from './health-server.js';

/** A worker at work. Throws where it cannot be. */
export async function startWorker(settings: Settings<'worker'>, log: Log, leases: Leases = usual): Promise<Program> {
  const telemetry = await startTelemetry('bulwark-worker', settings);
  const store = await openStore(settings, 'bulwark-worker', log);
  const queue = createJobQueue({
    backend: settings.redisUrl === undefined ? { kind: 'postgres', url: settings.databaseUrl } : { kind: 'redis', url: settings.redisUrl },
    prefix: settings.queuePrefix,
    log: log.child({ part: 'queue' }),
    timing: leases.queue,
  });
  const metrics = createMetrics('worker');
  metrics.observe({ queueDepth: () => queue.queueDepth(), dueWorkLag: () => store.dueWorkLag(leases.workMs) });
  const jobs = jobHandlers({
    store, metrics, log, leases,
    // All else that runs here needs some too.
    sparedConnections: Math.max(0, Math.min(settings.scanConcurrency, settings.databasePoolSize - 4)),
    vault: new EnvelopeVault(ringOf(settings.keyEncryptionKeys)),
    addresses: { allowedPrivateRanges: settings.allowedPrivateRanges ?? [], allowLoopbackHttp: settings.allowLoopbackHttp },
    publicUrl: settings.publicUrl,
  });
  const { scanConcurrency, deliveryConcurrency } = settings;
  const work = await startWork({
    store, queue, log, metrics, leases, handlers: jobs.handlers,
    concurrency: { 'scan.run': scanConcurrency, 'delivery.send': deliveryConcurrency, 'events.dispatch': 4, 'schedule.tick': 2, 'cluster.verify': 2, 'retention.sweep': 1, 'attestation.expire': 1 },
  });
  const health = await startHealthServer({ host: settings.host, port: settings.workerPort, metrics, ready: async () => void (await Promise.all([store.ping(), queue.ping()])) });
  log.info({ port: health.port }, 'worker runs');
  jobs.prepare();
  return {
    async stop() {
      await work.stop();
      await queue.close(settings.shutdownGraceMs);
      await jobs.close();
      await health.close();
      await store.close();
      await telemetry.shutdown();
    },
  };
}
