import type { ServiceFacts } from '../facts.js';

const isTrue = (value: string): boolean => value.toLowerCase() === 'true';

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

/** Why a load balancer is not reached from the internet; undefined where nothing says so. */
export function internalBy({ annotations = {}, loadBalancerClass }: ServiceFacts): string | undefined {
  for (const [name, isInternal] of Object.entries(internalAnnotations)) {
    const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
    if (value !== undefined && isInternal(value)) return `annotation ${name}`;
  }
  // The AWS Load Balancer Controller keeps its network load balancers internal unless told otherwise.
  const isAwsController = loadBalancerClass === 'service.k8s.aws/nlb' || annotations['service.beta.kubernetes.io/aws-load-balancer-type'] === 'external';
  if (isAwsController && annotations['service.beta.kubernetes.io/aws-load-balancer-scheme'] === undefined) return 'the default scheme of the AWS Load Balancer Controller';
  return loadBalancerClass === 'tailscale' ? 'the private network of its load balancer class' : undefined;
}

/** Ranges of addresses that a load balancer lets in; none: it lets in all. The field wins over the annotation that it grew from. */
export function sourceRangesOf({ sourceRanges, annotations = {} }: ServiceFacts): readonly string[] {
  if (sourceRanges.length > 0) return sourceRanges;
  return annotations['service.beta.kubernetes.io/load-balancer-source-ranges']?.split(',').map((range) => range.trim()).filter((range) => range !== '') ?? [];
}
