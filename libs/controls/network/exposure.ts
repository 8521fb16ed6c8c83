import type { ServiceFacts } from '#inventory/facts.js';

/** How a Service can be reached from outside the cluster. */
export interface Exposure {
  /** Why its load balancer is open to everyone; undefined where there is none, or where it is not. */
  readonly loadBalancer?: string;
  /** Why its load balancer is not reached from the internet, where it says so. */
  readonly internalBy?: string;
  readonly nodePort: boolean;
  readonly externalIPs: readonly string[];
}

/** Annotations by which clouds keep a load balancer inside their private network. */
const internalAnnotations: Readonly<Record<string, (value: string) => boolean>> = {
  // Older releases of the AWS provider took any value for yes.
  'service.beta.kubernetes.io/aws-load-balancer-internal': (value) => value !== '' && value !== 'false',
  'service.beta.kubernetes.io/aws-load-balancer-scheme': (value) => value === 'internal',
  'service.beta.kubernetes.io/azure-load-balancer-internal': isTrue,
  'networking.gke.io/load-balancer-type': (value) => value.toLowerCase() === 'internal',
  'cloud.google.com/load-balancer-type': (value) => value.toLowerCase() === 'internal',
  'service.beta.kubernetes.io/openstack-internal-load-balancer': isTrue,
  'service.beta.kubernetes.io/oci-load-balancer-internal': isTrue,
  'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type': (value) => value === 'intranet',
  'service.beta.kubernetes.io/scw-loadbalancer-private': isTrue,
  'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': (value) => value === 'private',
  'service.kubernetes.io/qcloud-loadbalancer-internal-subnetid': (value) => value !== '',
  'yandex.cloud/load-balancer-type': (value) => value === 'internal',
  'load-balancer.hetzner.cloud/disable-public-network': isTrue,
};

function isTrue(value: string): boolean {
  return value.toLowerCase() === 'true';
}

const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

export function exposureOf(service: ServiceFacts): Exposure {
  const base = { nodePort: service.type === 'NodePort', externalIPs: service.externalIPs };
  if (service.type !== 'LoadBalancer') return base;
  const internal = internalBy(service);
  if (internal !== undefined) return { ...base, internalBy: internal };
  const fromAnnotation = service.annotations?.[sourceRangesAnnotation]?.split(',').map((range) => range.trim()).filter((range) => range !== '') ?? [];
  // The field wins; the annotation is what it grew from.
  const ranges = service.sourceRanges.length > 0 ? service.sourceRanges : fromAnnotation;
  if (ranges.length === 0) return { ...base, loadBalancer: 'no source ranges are set' };
  const open = ranges.find(isEveryone);
  return open === undefined ? base : { ...base, loadBalancer: `its source ranges hold ${open}` };
}

function internalBy({ annotations = {}, loadBalancerClass }: ServiceFacts): string | undefined {
  for (const [name, isInternal] of Object.entries(internalAnnotations)) {
    const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
    if (value !== undefined && isInternal(value)) return `annotation ${name}`;
  }
  // The AWS Load Balancer Controller keeps its network load balancers internal unless told otherwise.
  const isAwsController = loadBalancerClass === 'service.k8s.aws/nlb' || annotations['service.beta.kubernetes.io/aws-load-balancer-type'] === 'external';
  if (isAwsController && annotations['service.beta.kubernetes.io/aws-load-balancer-scheme'] === undefined) return 'the default scheme of the AWS Load Balancer Controller';
  return loadBalancerClass === 'tailscale' ? 'the private network of its load balancer class' : undefined;
}

/** A range that leaves hardly anyone out: a half of all addresses counts, as two halves are all. */
function isEveryone(range: string): boolean {
  const slash = range.lastIndexOf('/');
  const bits = Number(range.slice(slash + 1));
  return slash > 0 && Number.isInteger(bits) && bits <= 1;
}
