import type { Signature } from './signature.js';

export interface MonitoringProduct extends Signature {
  /** Its alerts and dashboards are kept by a service outside the cluster. */
  readonly isHosted?: true;
  /** It gathers metrics or something else, as its own configuration says. */
  readonly mayGather?: true;
  /** It shows what it gathers. */
  readonly hasDashboards?: true;
}

/** What gathers metrics, by images of any workload. metrics-server is none: it keeps nothing, and autoscalers alone ask it. */
export const metricsProducts: readonly MonitoringProduct[] = [
  { product: 'Prometheus', images: ['prom/prometheus', 'prometheus/prometheus', 'bitnami/prometheus', 'bitnamilegacy/prometheus', 'rancher/mirrored-prometheus-prometheus', 'ose-prometheus'] },
  { product: 'Google Managed Prometheus', images: ['prometheus-engine/prometheus', 'gke-release/prometheus-engine/prometheus'], isHosted: true },
  { product: 'VictoriaMetrics', images: ['victoriametrics/victoria-metrics', 'victoriametrics/vmagent', 'victoriametrics/vmstorage', 'victoriametrics/vmsingle'] },
  { product: 'Mimir', images: ['grafana/mimir'] },
  { product: 'Cortex', images: ['cortexproject/cortex'] },
  { product: 'Datadog Agent', images: ['datadog/agent', 'datadoghq/agent', 'gcr.io/datadoghq/agent'], isHosted: true },
  { product: 'New Relic', images: ['newrelic/infrastructure-bundle', 'newrelic/nri-kubernetes', 'newrelic/k8s-events-forwarder', 'newrelic/newrelic-prometheus-configurator'], isHosted: true },
  { product: 'Dynatrace', images: ['dynatrace/oneagent', 'linux/oneagent', 'dynatrace/dynatrace-operator', 'linux/activegate'], isHosted: true },
  { product: 'Splunk', images: ['signalfx/splunk-otel-collector'], isHosted: true },
  { product: 'Sysdig', images: ['sysdig/agent', 'sysdig/agent-slim', 'sysdig/host-shield'], isHosted: true },
  { product: 'Instana', images: ['instana/agent', 'instana/release/agent/static'], isHosted: true },
  { product: 'Azure Monitor', images: ['azuremonitor/containerinsights/ciprod/prometheus-collector/images'], isHosted: true },
  { product: 'Amazon CloudWatch', images: ['cloudwatch-agent/cloudwatch-agent', 'amazon/cloudwatch-agent'], isHosted: true },
  { product: 'Coroot', images: ['coroot/coroot'], hasDashboards: true },
  { product: 'Netdata', images: ['netdata/netdata'], hasDashboards: true },
  { product: 'Metricbeat', images: ['beats/metricbeat', 'beats/metricbeat-oss', 'elastic/metricbeat'], isHosted: true },
  { product: 'Grafana Alloy', images: ['grafana/alloy'], isHosted: true, mayGather: true },
  { product: 'Grafana Agent', images: ['grafana/agent'], isHosted: true, mayGather: true },
  { product: 'Elastic Agent', images: ['elastic-agent/elastic-agent', 'beats/elastic-agent'], isHosted: true, mayGather: true },
  {
    product: 'OpenTelemetry Collector', isHosted: true, mayGather: true,
    images: ['otel/opentelemetry-collector', 'otel/opentelemetry-collector-contrib', 'otel/opentelemetry-collector-k8s', 'opentelemetry-collector-releases/opentelemetry-collector', 'opentelemetry-collector-releases/opentelemetry-collector-contrib', 'opentelemetry-collector-releases/opentelemetry-collector-k8s', 'aws-observability/aws-otel-collector'],
  },
];

/** What shows metrics. */
export const dashboardProducts: readonly Signature[] = [
  { product: 'Grafana', images: ['grafana/grafana', 'grafana/grafana-oss', 'grafana/grafana-enterprise', 'bitnami/grafana', 'bitnamilegacy/grafana', 'rancher/mirrored-grafana-grafana', 'ose-grafana'] },
  { product: 'Perses', images: ['persesdev/perses'] },
  { product: 'Kibana', images: ['kibana/kibana'] },
];

/** Names under which such products are mostly installed: where they are looked for first. */
export const usualNames = /prom|graf|monitor|metric|observ|telemetry|datadog|newrelic|dynatrace|victoria|mimir|cortex|alloy|coroot|netdata|perses|kibana|elastic|splunk|sysdig|instana|cloudwatch/i;
