import { parseImage } from '#inventory/image-reference.js';
import type { PodTemplate } from '#inventory/facts.js';
import { signatureOf, type Signature } from '../runtime/signature.js';

export interface Dashboard extends Signature {
  /** It has accounts of its own, so that reaching it is not yet being in it. */
  readonly hasAccounts?: true;
  /** Workloads in front of it that run somebody else's image. */
  readonly frontedBy?: readonly string[];
}

/** Consoles from which a cluster is looked into and changed. */
const dashboards: readonly Dashboard[] = [
  {
    product: 'Kubernetes Dashboard', frontedBy: ['kubernetes-dashboard-kong'],
    images: ['kubernetesui/dashboard', 'kubernetesui/dashboard-web', 'kubernetesui/dashboard-api', 'kubernetesui/dashboard-auth', 'kubernetes-dashboard-amd64', 'kubernetes-dashboard-init-amd64'],
  },
  { product: 'Headlamp', images: ['headlamp-k8s/headlamp', 'kinvolk/headlamp', 'kubernetes-sigs/headlamp'] },
  { product: 'Rancher', images: ['rancher/rancher'], hasAccounts: true },
  { product: 'Argo CD', images: ['argoproj/argocd'], hasAccounts: true },
  { product: 'Argo Workflows', images: ['argoproj/argocli'] },
  { product: 'Argo Rollouts Dashboard', images: ['argoproj/kubectl-argo-rollouts'] },
  { product: 'Lens agent', images: ['bored-agent', 'lens-agent'] },
  { product: 'Octant', images: ['octant'] },
  { product: 'Weave Scope', images: ['weaveworks/scope'] },
  { product: 'Skooner', images: ['skooner-k8s/skooner', 'herbrandson/k8dash'] },
  { product: 'Portainer', images: ['portainer/portainer-ce', 'portainer/portainer-ee', 'portainer/portainer', 'portainer/agent'], hasAccounts: true },
  { product: 'KubeSphere', images: ['kubesphere/ks-console', 'kubesphere/ks-apiserver'], hasAccounts: true },
  { product: 'Kubernetes Operational View', images: ['hjacobs/kube-ops-view'] },
  { product: 'Kubernetes Web View', images: ['hjacobs/kube-web-view'] },
  { product: 'KubeView', images: ['kubeview'] },
  { product: 'Hubble UI', images: ['cilium/hubble-ui'] },
  { product: 'Kubeapps', images: ['kubeapps-dashboard', 'kubeapps/dashboard'] },
];

/** The dashboard that a workload is, by the images of its containers or by its name in front of one. */
export function dashboardOf(name: string, template: PodTemplate): Dashboard | undefined {
  for (const container of template.containers) {
    if (container.type !== 'container') continue;
    const image = parseImage(container.image);
    const found = image && signatureOf(image, [], dashboards);
    if (found) return dashboards.find((dashboard) => dashboard.product === found.product);
  }
  return dashboards.find((dashboard) => dashboard.frontedBy?.includes(name));
}
