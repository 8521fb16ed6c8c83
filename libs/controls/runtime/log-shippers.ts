import type { PodTemplate } from '#inventory/facts.js';
import { normalHostPath, overlap } from '#inventory/readers/host-path.js';
import type { Signature } from './signature.js';

/** Log shippers, by the images of their node agents. */
export const logShippers: readonly Signature[] = [
  { product: 'Fluent Bit', images: ['fluent/fluent-bit', 'aws-for-fluent-bit', 'bitnami/fluent-bit', 'bitnamilegacy/fluent-bit', 'kube-logging/fluent-bit'], shared: ['fluent-bit', 'fluentbit'] },
  { product: 'Fluentd', images: ['fluent/fluentd', 'fluent/fluentd-kubernetes-daemonset', 'bitnami/fluentd', 'bitnamilegacy/fluentd', 'fluentd_elasticsearch/fluentd', 'fluentd-elasticsearch'], shared: ['fluentd'] },
  { product: 'Vector', images: ['timberio/vector'], shared: ['vector'] },
  { product: 'Promtail', images: ['grafana/promtail'], shared: ['promtail'] },
  { product: 'Filebeat', images: ['beats/filebeat', 'beats/filebeat-oss', 'beats/filebeat-wolfi', 'elastic/filebeat'], shared: ['filebeat'] },
  { product: 'Logstash', images: ['logstash/logstash', 'logstash/logstash-oss'] },
  { product: 'Grafana Alloy', images: ['grafana/alloy'], shared: ['alloy'], readsHostLogs: true },
  { product: 'Grafana Agent', images: ['grafana/agent'], readsHostLogs: true },
  {
    product: 'OpenTelemetry Collector', readsHostLogs: true,
    images: ['otel/opentelemetry-collector', 'otel/opentelemetry-collector-contrib', 'otel/opentelemetry-collector-k8s', 'opentelemetry-collector-releases/opentelemetry-collector', 'opentelemetry-collector-releases/opentelemetry-collector-contrib', 'opentelemetry-collector-releases/opentelemetry-collector-k8s', 'aws-observability/aws-otel-collector', 'signalfx/splunk-otel-collector'],
    shared: ['opentelemetry-collector', 'opentelemetry-collector-contrib', 'opentelemetry-collector-k8s'],
  },
  { product: 'Datadog Agent', images: ['datadog/agent', 'datadoghq/agent', 'gcr.io/datadoghq/agent'], readsHostLogs: true },
  { product: 'Elastic Agent', images: ['elastic-agent/elastic-agent', 'beats/elastic-agent'], readsHostLogs: true },
  { product: 'Splunk Connect', images: ['splunk/fluentd-hec'] },
  { product: 'Sumo Logic', images: ['sumologic/sumologic-otel-collector'], readsHostLogs: true },
  { product: 'New Relic', images: ['newrelic/newrelic-fluentbit-output'] },
  { product: 'Azure Monitor', images: ['azuremonitor/containerinsights/ciprod'] },
  { product: 'Google Cloud Logging', images: ['gke-release/fluent-bit', 'stackdriver-agents/stackdriver-logging-agent'] },
  { product: 'rsyslog', images: ['rsyslog/rsyslog'] },
];

/** Where nodes keep what containers print. */
const containerLogs: readonly string[] = ['/var/log/pods', '/var/log/containers', '/var/lib/docker/containers', '/run/log/journal', '/var/log/journal'];

/** Directories of its node that a template's containers may read. */
export function mountedHostPaths(template: PodTemplate): readonly string[] {
  const mounted = new Set(template.containers.flatMap(({ mounts }) => mounts.map((mount) => mount.volume)));
  return template.volumes.filter((volume) => volume.source === 'hostPath' && mounted.has(volume.name)).map((volume) => normalHostPath(volume.of ?? ''));
}

export const readsContainerLogs = (template: PodTemplate): boolean => mountedHostPaths(template).some((path) => containerLogs.some((logs) => overlap(path, logs)));
