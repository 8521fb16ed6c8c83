import { describe, expect, it } from 'vitest';

import { createMetrics } from './metrics.js';

describe('the metrics', () => {
  it('count on a registry of their own', async () => {
    const one = createMetrics('api');
    const other = createMetrics('worker');
    one.httpRequests.inc({ route: '/v1/scans', method: 'GET', status: '200' });
    one.httpDuration.observe({ route: '/v1/scans', method: 'GET' }, 0.02);
    one.scans.inc({ outcome: 'complete' });
    one.findingTransitions.inc({ transition: 'opened' }, 3);
    one.deliveryLatency.observe(1.5);
    const text = await one.registry.metrics();
    expect(text).toContain('bulwark_http_requests_total{route="/v1/scans",method="GET",status="200",service="api"} 1');
    expect(text).toContain('bulwark_finding_transitions_total{transition="opened",service="api"} 3');
    expect(text).toContain('process_cpu_seconds_total');
    expect(await other.registry.metrics()).not.toContain('transition="opened"');
  });

  it('ask for queue depth and lag at each scrape, and forget what is gone', async () => {
    const metrics = createMetrics('worker');
    let depth: Record<string, Record<string, number>> = { 'scan.run': { waiting: 2, active: 1 } };
    metrics.observe({ queueDepth: async () => depth, dueWorkLag: async () => ({ 'delivery.send': 4.5 }) });
    const first = await metrics.registry.metrics();
    expect(first).toContain('bulwark_queue_jobs{topic="scan.run",state="waiting",service="worker"} 2');
    expect(first).toContain('bulwark_due_work_lag_seconds{topic="delivery.send",service="worker"} 4.5');
    depth = {};
    expect(await metrics.registry.metrics()).not.toContain('topic="scan.run"');
  });

  it('answer although a source fails or hangs, and count it', async () => {
    const metrics = createMetrics('worker');
    metrics.observe({
      queueDepth: async () => Promise.reject(new Error('away')),
      dueWorkLag: () => new Promise(() => undefined),
    });
    await metrics.registry.metrics();
    const second = await metrics.registry.metrics();
    expect(second).toMatch(/bulwark_scrape_failures_total\{source="queue",service="worker"\} [12]/);
    expect(second).toMatch(/bulwark_scrape_failures_total\{source="due_work",service="worker"\} [12]/);
  });
});
