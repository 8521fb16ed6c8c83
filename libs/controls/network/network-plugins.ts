import type { Container } from '#inventory/facts.js';
import type { ImageReference } from '#inventory/image-reference.js';
import type { Signature } from '../runtime/signature.js';

/** Whether a network plugin holds NetworkPolicies, or what would have to be known to tell. */
export type Enforcement = 'yes' | { readonly no: string } | { readonly unclear: string };

/** A network plugin or policy engine by the images of its node agent, or by the place of its DaemonSet, whatever mirror its image is from. */
export interface NetworkPlugin extends Signature {
  readonly daemonSets?: readonly string[];
  readonly enforces: Enforcement | ((container: Container, image: ImageReference | undefined) => Enforcement);
  /** Whose own policies it holds beside NetworkPolicies. */
  readonly own?: 'calico' | 'cilium';
}

const isOff = (container: Container): boolean => /=(?:false|f|0)$/i.test(container.policySwitch ?? '');

/** Days of the tags of kind's own plugin: the last release before policies, and the first with them. */
const KINDNET_WITHOUT = 20_240_513;
const KINDNET_WITH = 20_240_813;

function kindnetEnforces(_: Container, image: ImageReference | undefined): Enforcement {
  const day = Number(/^v(\d{8})/.exec(image?.tag ?? '')?.[1]);
  if (day >= KINDNET_WITH) return 'yes';
  return day <= KINDNET_WITHOUT ? { no: 'kindnet holds no policies before kind 0.24' } : { unclear: 'kindnet holds policies from kind 0.24 on, and the tag of its image does not tell its release' };
}

/** AWS's plugin holds policies by an agent beside it, which does nothing unless it is told to. */
function awsEnforces(container: Container): Enforcement {
  if (container.policySwitch === undefined) return { unclear: 'the policy agent of the Amazon VPC CNI is there, and its arguments do not say whether it is on' };
  return isOff(container) ? { no: 'the policy agent of the Amazon VPC CNI runs with --enable-network-policy=false' } : 'yes';
}

/** Agents that hold policies, those that do not, and those of which it depends. Any of the first is enough, whatever stands beside it. */
export const networkPlugins: readonly NetworkPlugin[] = [
  { product: 'Calico', images: ['calico/node', 'rancher/calico-node', 'rancher/mirrored-calico-node', 'rancher/hardened-calico', 'tigera/cnx-node', 'tigera/calico-node'], shared: ['calico-node'], daemonSets: ['calico-system/calico-node', 'kube-system/calico-node', 'kube-system/canal', 'kube-system/rke2-canal'], enforces: 'yes', own: 'calico' },
  { product: 'Cilium', images: ['cilium/cilium', 'cilium/cilium-ci', 'isovalent/cilium', 'rancher/mirrored-cilium-cilium'], daemonSets: ['kube-system/cilium', 'kube-system/anetd'], enforces: 'yes', own: 'cilium' },
  { product: 'Antrea', images: ['antrea/antrea-agent-ubuntu', 'antrea/antrea-ubuntu', 'antrea/antrea-agent-ubi', 'antrea/antrea-ubi'], shared: ['antrea-agent', 'antrea-agent-ubuntu', 'antrea-ubuntu'], daemonSets: ['kube-system/antrea-agent'], enforces: 'yes' },
  { product: 'OVN-Kubernetes', images: ['ovn-kubernetes/ovn-kube-ubuntu', 'ovn-kubernetes/ovn-kube-fedora', 'ovn-org/ovn-kubernetes/ovn-kube-ubuntu'], daemonSets: ['openshift-ovn-kubernetes/ovnkube-node', 'ovn-kubernetes/ovnkube-node'], enforces: 'yes' },
  { product: 'Kube-OVN', images: ['kubeovn/kube-ovn'], enforces: 'yes' },
  { product: 'kube-network-policies', images: ['networking/kube-network-policies'], shared: ['kube-network-policies'], enforces: 'yes' },
  { product: 'Azure NPM', images: ['containernetworking/azure-npm'], daemonSets: ['kube-system/azure-npm', 'kube-system/azure-npm-win'], enforces: 'yes' },
  { product: 'Weave Net', images: ['weaveworks/weave-npc', 'rajchaudhuri/weave-npc'], enforces: 'yes' },
  { product: 'NSX', images: [], daemonSets: ['nsx-system/nsx-node-agent', 'nsx-system-operator/nsx-node-agent', 'vmware-system-nsx/nsx-node-agent'], enforces: 'yes' },
  {
    product: 'kube-router', images: ['cloudnativelabs/kube-router', 'k0sproject/kube-router'], shared: ['kube-router'],
    enforces: (container) => (isOff(container) ? { no: 'kube-router runs with --run-firewall=false' } : 'yes'),
  },
  { product: 'Amazon VPC CNI', images: ['aws-network-policy-agent'], enforces: awsEnforces },
  { product: 'kindnet', images: ['kindest/kindnetd'], enforces: kindnetEnforces },
  { product: 'OpenShift SDN', images: [], daemonSets: ['openshift-sdn/sdn'], enforces: { unclear: 'OpenShift SDN holds policies in its mode NetworkPolicy alone, and its mode is not read' } },
  { product: 'Terway', images: ['acs/terway'], enforces: { unclear: 'Terway holds policies where its configuration turns them on, which is not read' } },
  { product: 'Amazon VPC CNI', images: ['amazon-k8s-cni'], enforces: { no: 'the Amazon VPC CNI holds policies only by its policy agent, which does not run beside it' } },
  { product: 'flannel', images: ['flannel/flannel', 'flannelcni/flannel', 'coreos/flannel', 'rancher/hardened-flannel', 'rancher/mirrored-flannelcni-flannel', 'rancher/mirrored-flannel-io-flannel', 'siderolabs/flannel'], shared: ['flannel'], enforces: { no: 'flannel holds no policies' } },
  { product: 'Weave Net', images: ['weaveworks/weave-kube', 'rajchaudhuri/weave-kube'], enforces: { no: 'Weave Net holds policies only by its policy controller, which does not run beside it' } },
  { product: 'Azure CNI', images: [], daemonSets: ['kube-system/azure-cns', 'kube-system/azure-ip-masq-agent'], enforces: { no: 'AKS holds policies only with one of its network policy engines, and none runs' } },
  { product: 'OCI VCN-native pod networking', images: [], daemonSets: ['kube-system/vcn-native-ip-cni'], enforces: { no: 'OCI VCN-native pod networking holds no policies by itself' } },
];
