import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Numbers by name and label; a label never holds an id of a tenant, cluster or object, for those have no end. */
export type Metrics = ReturnType<typeof createMetrics>;

/** What is asked anew at each scrape; may be slow or fail, the rest of the scrape does not mind. */
export interface ScrapeSources {
  readonly queueDepth?: () => Promise<Readonly<Record<string, Readonly<Record<string, number>>>>>;
  /** Seconds by which the oldest due row of each topic is late; topics with none may be left out. */
  readonly dueWorkLag?: () => Promise<Readonly<Record<string, number>>>;
}

const sourceMs = 2_000;
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const scanSeconds = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800];
const deliverySeconds = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];

/** All metrics of one process, on a registry of their own. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const scrapeFailures = new Counter({ name: 'bulwark_scrape_failures_total', help: 'Scrapes that could not ask a source', labelNames: ['source'] as const, registers });

  return {
    registry,
    httpRequests: new Counter({ name: 'bulwark_http_requests_total', help: 'HTTP requests answered', labelNames: ['route', 'method', 'status'] as const, registers }),
    httpDuration: new Histogram({ name: 'bulwark_http_request_duration_seconds', help: 'Time to answer a request', labelNames: ['route', 'method'] as const, buckets: requestSeconds, registers }),
    scans: new Counter({ name: 'bulwark_scans_total', help: 'Scans ended', labelNames: ['outcome'] as const, registers }),
    scanDuration: new Histogram({ name: 'bulwark_scan_duration_seconds', help: 'From the start to the end of a scan', labelNames: ['outcome'] as const, buckets: scanSeconds, registers }),
    findingTransitions: new Counter({ name: 'bulwark_finding_transitions_total', help: 'Findings opened, resolved, reopened, regressed', labelNames: ['transition'] as const, registers }),
    deliveries: new Counter({ name: 'bulwark_deliveries_total', help: 'Webhook attempts', labelNames: ['outcome'] as const, registers }),
    deliveryLatency: new Histogram({ name: 'bulwark_delivery_latency_seconds', help: 'From the event to the accepted delivery', buckets: deliverySeconds, registers }),
    jobs: new Counter({ name: 'bulwark_jobs_total', help: 'Jobs handled', labelNames: ['topic', 'outcome'] as const, registers }),

    /** Asks these at each scrape. A source that fails or takes longer than 2 s is counted, and its gauge stays out. */
    observe({ queueDepth, dueWorkLag }: ScrapeSources): void {
      if (queueDepth) {
        const jobs = new Gauge({
          name: 'bulwark_queue_jobs',
          help: 'Jobs in the queue',
          labelNames: ['topic', 'state'] as const,
          registers: [],
          async collect() {
            const depth = await answerOf('queue', queueDepth, scrapeFailures);
            this.reset();
            for (const [topic, states] of Object.entries(depth ?? {})) {
              for (const [state, count] of Object.entries(states)) this.set({ topic, state }, count);
            }
          },
        });
        registry.registerMetric(jobs);
      }
      if (dueWorkLag) {
        const lags = new Gauge({
          name: 'bulwark_due_work_lag_seconds',
          help: 'How late the oldest due work is',
          labelNames: ['topic'] as const,
          registers: [],
          async collect() {
            const lag = await answerOf('due_work', dueWorkLag, scrapeFailures);
            this.reset();
            for (const [topic, seconds] of Object.entries(lag ?? {})) this.set({ topic }, seconds);
          },
        });
        registry.registerMetric(lags);
      }
    },
  };
}

async function answerOf<T>(source: string, ask: () => Promise<T>, failures: Counter<'source'>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const tooLate = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error('too late')), sourceMs)));
    return await Promise.race([ask(), tooLate]);
  } catch {
    failures.inc({ source });
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
