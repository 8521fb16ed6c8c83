import type { PodTemplate, Workload } from '#inventory/facts.js';
import { parseImage } from '#inventory/image-reference.js';
import { workloadKeys } from '#inventory/inventory.js';
import { defineTemplateFact } from '#inventory/template-facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import { fail, notApplicable, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { dashboardProducts, metricsProducts, usualNames, type MonitoringProduct } from './monitoring-products.js';
import { signatureOf, type Signature } from './signature.js';

interface Found {
  /** Products that surely gather metrics, and those that may. */
  readonly metrics: readonly MonitoringProduct[];
  readonly maybe: readonly MonitoringProduct[];
  readonly dashboards: readonly Signature[];
}

interface Shown {
  readonly metrics: readonly MonitoringProduct[];
  readonly dashboards: readonly Signature[];
}

const nothingShown: Shown = { metrics: [], dashboards: [] };

/** What the images of one template tell. */
const shown = defineTemplateFact((template): Shown => {
  const images = imagesOf(template);
  const metrics = images.map((image) => signatureOf(image, [], metricsProducts)).flatMap((signature) => metricsProducts.filter(({ product }) => product === signature?.product).slice(0, 1));
  const dashboards = images.map((image) => signatureOf(image, [], dashboardProducts)).filter((signature) => signature !== undefined);
  return metrics.length + dashboards.length === 0 ? nothingShown : { metrics, dashboards };
});

/** What the images of workloads tell, as far as workloads were read. */
const products = defineIndex([], (world): Found => {
  const found = { metrics: new Set<MonitoringProduct>(), maybe: new Set<MonitoringProduct>(), dashboards: new Set<Signature>() };
  const look = (workloads: readonly Workload[]): void => {
    for (const { templates } of workloads) {
      const { metrics, dashboards } = world.tells(shown, templates[0]!);
      for (const product of metrics) found[product.mayGather ? 'maybe' : 'metrics'].add(product);
      for (const dashboard of dashboards) found.dashboards.add(dashboard);
    }
  };
  const isUsual = ({ namespace, name }: Workload): boolean => usualNames.test(name) || usualNames.test(namespace);
  look(world.seenWorkloads().filter(isUsual));
  // All the others are looked at only where these leave something open.
  if (found.metrics.size === 0 || found.dashboards.size === 0) look(world.seenWorkloads().filter((workload) => !isUsual(workload)));
  return { metrics: [...found.metrics], maybe: [...found.maybe], dashboards: [...found.dashboards] };
});

const imagesOf = ({ containers }: PodTemplate) => containers.filter(({ type }) => type === 'container').map(({ image }) => parseImage(image)).filter((image) => image !== undefined);

const rulesLists = ['prometheusrules.monitoring.coreos.com', 'vmrules.operator.victoriametrics.com'] as const;
const hasPrometheus = (world: World): boolean => world.seen('prometheuses.monitoring.coreos.com').length > 0;

const ofConfiguration = (detail: string, part: string): Verdict => unknown({ fact: 'configmaps', reason: 'not-requested', detail }, part);

function judgeMetrics(world: World): Verdict {
  const part = 'metrics';
  const { metrics, maybe } = world.use(products);
  if (metrics.length > 0 || hasPrometheus(world)) return provenPassPart(part);
  const [agent] = maybe;
  if (agent) return ofConfiguration(`whether ${agent.product} gathers metrics is in its own configuration, whose values are not read`, part);
  world.workloads();
  world.list('prometheuses.monitoring.coreos.com');
  return fail('nothing that is known here gathers metrics', { part });
}

/** Why alerts or dashboards cannot be looked for, or need not be; undefined where the cluster itself is the place. */
function elsewhere(world: World, part: string, what: string): Verdict | undefined {
  const { metrics, maybe } = world.use(products);
  if (hasPrometheus(world) || metrics.some(({ isHosted }) => !isHosted)) return undefined;
  const [hosted] = [...metrics, ...maybe];
  if (hosted) return ofConfiguration(`${what} of ${hosted.product} are kept where it sends its metrics, outside what is read here`, part);
  world.workloads();
  world.list('prometheuses.monitoring.coreos.com');
  return notApplicable('nothing gathers metrics', part);
}

function judgeRules(world: World): Verdict {
  const part = 'alert-rules';
  if (rulesLists.some((key) => world.seen(key).length > 0)) return provenPassPart(part);
  const other = elsewhere(world, part, 'alerts');
  if (other) return other;
  // Without an operator the rules are files beside the configuration.
  if (!hasPrometheus(world) && !rulesLists.some((key) => world.isServed(key))) return ofConfiguration('the alert rules of a Prometheus without operator are in its own configuration, whose values are not read', part);
  for (const key of rulesLists) world.list(key);
  return fail('metrics are gathered, and there is no PrometheusRule or VMRule: nobody is told when they say something', { part });
}

function judgeDashboards(world: World): Verdict {
  const part = 'dashboards';
  const { metrics, dashboards } = world.use(products);
  const isShown = dashboards.length > 0 || metrics.some(({ hasDashboards }) => hasDashboards) || world.seen('grafanadashboards.grafana.integreatly.org').length > 0;
  // Its console shows what its own Prometheus gathers.
  if (isShown || (world.cluster.platform === 'openshift' && hasPrometheus(world))) return provenPassPart(part);
  const other = elsewhere(world, part, 'dashboards');
  if (other) return other;
  world.workloads();
  world.list('grafanadashboards.grafana.integreatly.org');
  return fail('metrics are gathered, and nothing that is known here shows them in this cluster', { part });
}

const workload = (name: string, image: string) => `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: tools}\nspec: {template: {spec: {containers: [{name: main, image: "${image}"}]}}}\n`;
const custom = (apiVersion: string, kind: string) => `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: all, namespace: tools}\nspec: {}\n`;
const prometheus = custom('monitoring.coreos.com/v1', 'Prometheus');
const rule = custom('monitoring.coreos.com/v1', 'PrometheusRule');
const grafana = workload('grafana', 'docker.io/grafana/grafana:12.2.0');
const shop = workload('shop', 'registry.example/shop:1');

export const monitoring = defineControl({
  id: 'runtime/monitoring',
  title: 'Metrics are gathered, watched by alert rules, and shown on dashboards',
  severity: 'low',
  why: 'Miners, floods and leaks show first as load that nobody ordered. Where nothing gathers metrics, or nobody is told what they say, the bill or the outage is the alarm, and afterwards there is no telling when it began.',
  remediation: 'Install one monitoring system (the kube-prometheus-stack chart brings Prometheus, alert rules, Alertmanager and Grafana; VictoriaMetrics, or your vendor\'s agent). Write PrometheusRules for what must not go unseen, and send alerts to people. Where alerts and dashboards are kept in another cluster or service, record that as an exception here.',
  frameworks: {
    'nsa-cisa': ['detection/alerting#alert-rules'], 'nist-800-53': ['CA-7', 'SI-4'], 'mitre-attack': ['T1496', 'T1496.001', 'T1498', 'T1499'],
    'owasp-kubernetes': ['K10'], 'pci-dss': ['10.7.2#alert-rules'], soc2: ['A1.1#metrics', 'CC7.2'],
  },
  evidence: ['api'],
  parts: { metrics: 'something gathers metrics', 'alert-rules': 'rules that tell somebody', dashboards: 'something that shows them' },
  scope: wholeCluster([...workloadKeys, 'prometheuses.monitoring.coreos.com']),
  check: (world) => [orUnknown('metrics', () => judgeMetrics(world)), orUnknown('alert-rules', () => judgeRules(world)), orUnknown('dashboards', () => judgeDashboards(world))],
  examples: {
    passes: [
      manifests(`${prometheus}${rule}${grafana}`),
      manifests(`${workload('vm', 'docker.io/victoriametrics/victoria-metrics:v1.120.0')}${custom('operator.victoriametrics.com/v1beta1', 'VMRule')}${custom('grafana.integreatly.org/v1beta1', 'GrafanaDashboard')}`),
      manifests(`${workload('eyes', 'quay.io/prometheus/prometheus:v3.5.0')}${rule}${grafana}`, { title: 'Under another name' }),
    ],
    fails: [
      manifests(shop),
      manifests(`${prometheus}${grafana}`, { title: 'No alert rules' }),
      manifests(`${prometheus}${rule}${shop}`, { title: 'Nothing shows them' }),
      manifests(workload('metrics-server', 'registry.k8s.io/metrics-server/metrics-server:v0.8.0'), { title: 'What autoscalers ask keeps nothing' }),
    ],
    unknown: [
      manifests(workload('datadog', 'gcr.io/datadoghq/agent:7.70.0'), { title: 'Alerts and dashboards are the vendor\'s' }),
      manifests(`${workload('prometheus', 'prom/prometheus:v3.5.0')}${grafana}`, { title: 'Rules that are files' }),
      manifests(workload('alloy', 'grafana/alloy:v1.11.0'), { title: 'An agent that may gather logs alone' }),
      manifests(shop, { missing: { 'prometheuses.monitoring.coreos.com': 'forbidden' } }),
    ],
  },
});
