import type { ControlPolicy } from '../engine/world.js';
import type { Signature } from './signature.js';

/**
 * Runtime sensors, by the images of their node agents. Images that serve other ends as well are left out: the
 * Datadog agent watches processes only by a setting that is not seen here, and admission or scanning components
 * of the same vendors see nothing that runs.
 */
export const sensors: readonly Signature[] = [
  { product: 'Falco', images: ['falcosecurity/falco', 'falcosecurity/falco-no-driver', 'falcosecurity/falco-distroless'], shared: ['falco'] },
  { product: 'Tetragon', images: ['cilium/tetragon', 'isovalent/tetragon'], shared: ['tetragon'] },
  { product: 'Tracee', images: ['aquasec/tracee', 'aquasecurity/tracee'], shared: ['tracee'] },
  { product: 'KubeArmor', images: ['kubearmor/kubearmor', 'kubearmor/kubearmor-ubi'], shared: ['kubearmor'] },
  { product: 'Kubescape node agent', images: ['kubescape/node-agent'] },
  { product: 'Sysdig', images: ['sysdig/agent', 'sysdig/agent-slim', 'sysdig/host-shield'] },
  { product: 'Aqua Enforcer', images: ['registry.aquasec.com/enforcer', 'aquasec/enforcer'] },
  { product: 'Prisma Cloud Defender', images: ['twistlock/defender', 'twistlock/private'] },
  { product: 'Cortex XDR', images: ['agent-docker/cortex-agent'] },
  { product: 'CrowdStrike Falcon', images: ['falcon-sensor'] },
  { product: 'StackRox Collector', images: ['stackrox/collector', 'stackrox-io/collector', 'collector.stackrox.io/collector', 'advanced-cluster-security/rhacs-collector-rhel8', 'advanced-cluster-security/rhacs-collector-slim-rhel8'] },
  { product: 'NeuVector Enforcer', images: ['neuvector/enforcer', 'rancher/neuvector-enforcer', 'rancher/mirrored-neuvector-enforcer'] },
  { product: 'Wiz Sensor', images: ['wiz-sensor', 'wizio/sensor'] },
  { product: 'SentinelOne', images: ['sentinelone/s1-agent', 'cwpp_agent/s1agent', 's1-agent'] },
  { product: 'Microsoft Defender', images: ['azuredefender/stable/low-level-collector'] },
  { product: 'Amazon GuardDuty', images: ['aws-guardduty-agent', 'eks-guardduty-agent'] },
  { product: 'Lacework Agent', images: ['lacework/datacollector'] },
];

/** Those that count: all, or what an organisation approves, by product or, of one that is not known here, by the end of its image's name. */
export function approvedSensors({ approvedSensors: names }: ControlPolicy): readonly Signature[] {
  if (!names) return sensors;
  const known = new Map(sensors.map((sensor) => [sensor.product.toLowerCase(), sensor]));
  return names.map((name) => known.get(name.toLowerCase()) ?? { product: name, images: [name.toLowerCase()] });
}
