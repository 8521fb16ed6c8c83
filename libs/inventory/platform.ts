import type { ClusterFacts, NodeFacts, Platform } from './facts.js';

const byVersion: readonly (readonly [RegExp, Platform])[] = [
  [/-eks-/, 'eks'],
  [/-gke\./, 'gke'],
  [/\+k3s/, 'k3s'],
  [/\+rke2/, 'rke2'],
];
const byNodeLabel: readonly (readonly [string, Platform])[] = [
  ['eks.amazonaws.com/', 'eks'],
  ['kubernetes.azure.com/', 'aks'],
  ['cloud.google.com/gke-', 'gke'],
  ['node.openshift.io/', 'openshift'],
  ['minikube.k8s.io/', 'minikube'],
];

/** Who runs the cluster, told from version strings, node labels, provider ids and OS images. */
export function detectPlatform(
  version: string | undefined,
  nodes: readonly NodeFacts[],
  hints: { readonly hasOpenShiftApi: boolean; readonly hasKubeadmConfig: boolean; readonly hasStaticControlPlane: boolean },
): ClusterFacts {
  const platform = platformOf(version, nodes, hints);
  const isManaged = platform === 'eks' || platform === 'aks' || platform === 'gke';
  return { platform, isManaged, ...(version !== undefined && { version }) };
}

function platformOf(version: string | undefined, nodes: readonly NodeFacts[], hints: Parameters<typeof detectPlatform>[2]): Platform {
  if (hints.hasOpenShiftApi) return 'openshift';
  const versions = [version ?? '', ...nodes.map((node) => node.kubeletVersion)];
  for (const [pattern, platform] of byVersion) if (versions.some((text) => pattern.test(text))) return platform;
  for (const [prefix, platform] of byNodeLabel) if (nodes.some((node) => Object.keys(node.labels).some((label) => label.startsWith(prefix)))) return platform;
  if (nodes.some((node) => node.osImage.startsWith('Talos'))) return 'talos';
  if (nodes.some((node) => node.providerId.startsWith('kind://'))) return 'kind';
  return hints.hasKubeadmConfig || hints.hasStaticControlPlane ? 'kubeadm' : 'unknown';
}
