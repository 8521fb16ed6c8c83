import { context, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import type { Attributes, Span, SpanContext } from '@opentelemetry/api';

import type { Settings } from './settings.js';

export interface Telemetry {
  /** Sends what is still held back, for 5 s at most. */
  shutdown(): Promise<void>;
}

const off: Telemetry = { shutdown: async () => undefined };
const tracer = () => trace.getTracer('bulwark');
const shutdownMs = 5_000;

/**
 * Starts tracing if an endpoint is set, here or by the standard variable; loads nothing otherwise. Must come
 * before the first span. The SDK reads the standard's `OTEL_*` variables itself, so ours are put there.
 */
export async function startTelemetry(serviceName: string, settings: Pick<Settings, 'otelEndpoint' | 'otelSampleRatio'>): Promise<Telemetry> {
  const { env } = process;
  const endpoint = settings.otelEndpoint ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (!endpoint || env['OTEL_SDK_DISABLED'] === 'true') return off;
  if (settings.otelEndpoint !== undefined) env['OTEL_EXPORTER_OTLP_ENDPOINT'] = settings.otelEndpoint;
  env['OTEL_TRACES_SAMPLER'] ??= 'parentbased_traceidratio';
  env['OTEL_TRACES_SAMPLER_ARG'] ??= String(settings.otelSampleRatio);
  // Metrics are Prometheus' business, logs go to standard output.
  env['OTEL_METRICS_EXPORTER'] ??= 'none';
  env['OTEL_LOGS_EXPORTER'] ??= 'none';
  // The process detector would send the command line, which may hold what is nobody's business.
  env['OTEL_NODE_RESOURCE_DETECTORS'] ??= 'env,host';

  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName, instrumentations: [] });
  sdk.start();
  return {
    async shutdown() {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, shutdownMs)));
      await Promise.race([sdk.shutdown(), enough]);
      clearTimeout(timer);
    },
  };
}

/** Runs `fn` in a span, which ends with it and takes its error. Costs next to nothing while tracing is off. */
export function withSpan<T>(name: string, attributes: Attributes, fn: (span: Span) => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, { attributes }, (span) => ending(span, fn));
}

/** W3C `traceparent` of the span that runs, to travel with a job; undefined while tracing is off. */
export function currentTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !trace.isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** Runs `fn` in a span whose parent is elsewhere: the request that caused a job. A malformed parent is as none. */
export function runWithTraceparent<T>(traceparent: string | undefined, name: string, fn: (span: Span) => Promise<T>, attributes: Attributes = {}): Promise<T> {
  const remote = traceparent === undefined ? undefined : spanContextOf(traceparent);
  const parent = remote ? trace.setSpanContext(context.active(), remote) : context.active();
  return tracer().startActiveSpan(name, { kind: SpanKind.CONSUMER, attributes }, parent, (span) => ending(span, fn));
}

async function ending<T>(span: Span, fn: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await fn(span);
  } catch (error) {
    // The name alone: messages may hold what a trace store should not see.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
    throw error;
  } finally {
    span.end();
  }
}

function spanContextOf(traceparent: string): SpanContext | undefined {
  const [, version, traceId, spanId, flags] = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/.exec(traceparent) ?? [];
  if (version === undefined || version === 'ff' || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === '00' && traceparent.length !== 55) return undefined;
  const parsed: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return trace.isSpanContextValid(parsed) ? parsed : undefined;
}
