/** Runtime sensors by their images and by names people give their DaemonSets. Lower case; images match as a path piece. */
export interface Signature {
  readonly product: string;
  readonly images: readonly string[];
}

export const sensors: readonly Signature[] = [
  { product: 'Falco', images: ['falcosecurity/falco', 'falcosecurity/falco-no-driver', 'falco'] },
  { product: 'Tetragon', images: ['cilium/tetragon', 'tetragon'] },
  { product: 'Tracee', images: ['aquasec/tracee', 'aquasecurity/tracee', 'tracee'] },
  { product: 'KubeArmor', images: ['kubearmor/kubearmor', 'kubearmor'] },
  { product: 'Sysdig', images: ['sysdig/agent', 'sysdig/agent-slim', 'quay.io/sysdig/agent', 'sysdig/agent-kmodule'] },
  { product: 'Aqua Enforcer', images: ['aquasec/enforcer', 'aqua-enforcer'] },
  { product: 'Prisma Cloud Defender', images: ['twistlock/private', 'twistlock/defender', 'defender'] },
  { product: 'CrowdStrike Falcon', images: ['falcon-sensor', 'crowdstrike/falcon-sensor'] },
  { product: 'Datadog Cloud Workload Security', images: ['datadog/system-probe'] },
  { product: 'StackRox Collector', images: ['stackrox/collector', 'rhacs-collector-rhel8', 'collector-rhel8', 'collector-slim'] },
  { product: 'NeuVector Enforcer', images: ['neuvector/enforcer'] },
  { product: 'Wiz Sensor', images: ['wiz-sensor', 'wizio/sensor'] },
  { product: 'SentinelOne', images: ['s1-agent', 'sentinelone/s1-agent'] },
  { product: 'Deepfence Agent', images: ['deepfenceio/deepfence_agent_ce'] },
  { product: 'Lacework Agent', images: ['lacework/datacollector'] },
];

/** The product an image belongs to. */
export function productOf(repository: string, signatures: readonly Signature[]): string | undefined {
  const path = repository.toLowerCase();
  return signatures.find(({ images }) => images.some((image) => path === image || path.endsWith(`/${image}`)))?.product;
}
