import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { ringOf } from '#operations/crypto/key-ring.js';
import { createMetrics } from '#operations/metrics.js';
import { startTelemetry } from '#operations/telemetry.js';
import { createJobQueue } from '#queue/bullmq-job-queue.js';
import { apiServices } from '../composition/api-services.js';
import { openStore } from '../composition/database-store.js';
import { runProgram } from '../composition/run-program.js';
import { createApi } from './create-api.js';

await runProgram('api', async (settings, log) => {
  // First: a span begun before would be lost.
  const telemetry = await startTelemetry('bulwark-api', settings);
  const store = await openStore(settings, 'bulwark-api', log);
  const queue = createJobQueue({
    backend: settings.redisUrl === undefined ? { kind: 'postgres', url: settings.databaseUrl } : { kind: 'redis', url: settings.redisUrl },
    prefix: settings.queuePrefix,
    log: log.child({ part: 'queue' }),
  });
  const metrics = createMetrics('api');
  const { apiKeyPepper, cursorKey, operatorKey } = settings;
  const services = apiServices({
    store, apiKeyPepper, cursorKey,
    vault: new EnvelopeVault(ringOf(settings.keyEncryptionKeys)),
    addresses: { allowedPrivateRanges: settings.allowedPrivateRanges ?? [], allowLoopbackHttp: settings.allowLoopbackHttp },
  });
  const api = await createApi(services, { log, store, queue, operatorKey, metrics });
  await api.listen(settings.port, settings.host);
  log.info({ url: await api.getUrl() }, 'api listens');
  return {
    async stop() {
      const patience = setTimeout(() => api.getHttpServer().closeAllConnections(), settings.shutdownGraceMs);
      await api.close();
      clearTimeout(patience);
      await queue.close(0);
      await store.close();
      await telemetry.shutdown();
    },
  };
});
