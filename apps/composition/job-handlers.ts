import { TellExpiring } from '#application/benchmarks/tell-expiring.js';
import { VerifyCluster } from '#application/clusters/verify-cluster.js';
import type { CredentialVault, DataKeyRotation } from '#application/ports/credential-vault.js';
import type { JobHandler, JobTopic } from '#application/ports/job-queue.js';
import type { Store } from '#application/ports/store.js';
import type { WorkObserver } from '#application/ports/work-observer.js';
import { SweepOrganisation } from '#application/retention/sweep-organisation.js';
import { RunScan, runScanDefaults } from '#application/scans/run-scan.js';
import { RunTick } from '#application/schedules/run-tick.js';
import { DispatchEvents } from '#application/webhooks/dispatch-events.js';
import type { PayloadContext } from '#application/webhooks/payload.js';
import { SendDelivery, sendDeliveryDefaults } from '#application/webhooks/send-delivery.js';
import type { AddressPolicy } from '#egress/address-policy.js';
import type { Log } from '#operations/log.js';
import type { Metrics } from '#operations/metrics.js';
import { EgressClient } from '#egress/egress-client.js';
import type { CollectSettings } from '#kubernetes/collector/collect-settings.js';
import { KubernetesClusterCollector } from '#kubernetes/kubernetes-cluster-collector.js';
import { HttpWebhookSender } from '#webhooks/http-webhook-sender.js';
import { leases as usual, type Leases } from './leases.js';
import { product } from './product.js';

export interface WorkerParts {
  readonly store: Store;
  readonly vault: CredentialVault & DataKeyRotation;
  readonly addresses: AddressPolicy;
  readonly log: Log;
  readonly metrics: Metrics;
  /** For links in webhooks. */
  readonly publicUrl?: string | undefined;
  readonly leases?: Leases;
  /** Connections to the database that scans may hold while they judge; one where left out. */
  readonly sparedConnections?: number;
  /** How patient scans are with a cluster; as always where left out. */
  readonly collect?: CollectSettings;
}

export interface JobHandlers {
  readonly handlers: Readonly<Record<JobTopic, JobHandler>>;
  /** Makes ready what the first job would wait for. */
  prepare(): void;
  /** Once no handler runs any more. */
  close(): Promise<void>;
}

/**
 * What each job does; all are safe to run twice. Controls are a tenth of what a worker at rest takes, and only its threads
 * judge: here they are loaded by the first webhook or verification.
 */
export function jobHandlers({ store, vault, addresses, metrics, publicUrl, leases: { workMs: leaseMs } = usual, sparedConnections = runScanDefaults.sparedConnections, collect }: WorkerParts): JobHandlers {
  const collector = new KubernetesClusterCollector({ addresses, controls: async () => (await import('#controls/catalogue.js')).catalogue, ...(collect && { collect }) });
  const observer = counting(metrics);
  const runScan = new RunScan(store, collector, vault, { ...runScanDefaults, leaseMs, sparedConnections, observer, product });
  const verify = new VerifyCluster(store, collector, vault);
  const tick = new RunTick(store);
  const tellExpiring = new TellExpiring(store);
  const sweep = new SweepOrganisation(store, vault);
  const payloads = async (): Promise<PayloadContext> => ({ controlOf: (await import('#application/controls/catalogue-entry.js')).catalogueEntry, publicUrl: publicUrl ?? '' });
  const dispatch = new DispatchEvents(store, payloads, undefined, leaseMs);
  const sender = new HttpWebhookSender(new EgressClient({ policy: addresses }));
  const send = new SendDelivery(store, vault, sender, { ...sendDeliveryDefaults, leaseMs, observer });
  const handlers: JobHandlers['handlers'] = {
    'scan.run': ({ tenantId, subjectId }, signal) => runScan.run(tenantId, subjectId, signal),
    'cluster.verify': ({ tenantId, subjectId }, signal) => verify.run(tenantId, subjectId, signal),
    'schedule.tick': ({ tenantId, subjectId }) => tick.run(tenantId, subjectId),
    'events.dispatch': ({ tenantId }, signal) => dispatch.run(tenantId, signal),
    'delivery.send': ({ tenantId, subjectId }, signal) => send.run(tenantId, subjectId, signal),
    'attestation.expire': ({ tenantId, subjectId }) => tellExpiring.run(tenantId, subjectId),
    'retention.sweep': ({ tenantId }, signal) => sweep.run(tenantId, signal),
  };
  return { handlers, prepare: () => collector.prepare(), close: () => sender.close() };
}

const counting = (metrics: Metrics): WorkObserver => ({
  scanEnded(outcome, seconds, changes) {
    metrics.scans.inc({ outcome });
    metrics.scanDuration.observe({ outcome }, seconds);
    for (const transition of ['opened', 'reopened', 'regressed', 'resolved'] as const) {
      const count = changes[transition] ?? 0;
      if (count > 0) metrics.findingTransitions.inc({ transition }, count);
    }
  },
  deliveryTried(isDelivered, seconds) {
    metrics.deliveries.inc({ outcome: isDelivered ? 'delivered' : 'failed' });
    if (isDelivered) metrics.deliveryLatency.observe(seconds);
  },
});
