import type { Platform } from '#inventory/facts.js';
import { minorOf } from '#inventory/readers/minor-version.js';
import type { NodeEvidence, PlatformHint } from '#nodes/node-evidence.js';
import type { DetectedCluster } from './choose-benchmark.js';

const platforms: Readonly<Record<PlatformHint, Platform>> = { kubeadm: 'kubeadm', k3s: 'k3s', rke2: 'rke2', eks: 'eks', aks: 'aks', gke: 'gke', openshift: 'openshift', talos: 'talos', microk8s: 'unknown', k0s: 'unknown' };

/**
 * What nodes themselves tell of their cluster, where its API does not. Files say who installed it, and its version stands in the
 * images of the control plane's static pods.
 */
export function detectByNodes(nodes: readonly NodeEvidence[]): DetectedCluster {
  const version = newestOf(nodes.flatMap(serverVersions));
  return {
    platform: mostFrequent(nodes.flatMap(({ platforms: signs }) => [...new Set(signs.map(({ platform }) => platforms[platform]))])) ?? 'unknown',
    ...(version !== undefined && { version }),
    ...(nodes.some((evidence) => serverImages(evidence).length > 0) && { hasStaticControlPlane: true }),
  };
}

/** `v1.33.4`, as the node's package of the kubelet is; undefined where there is none. */
export function kubeletVersionOf({ packages }: NodeEvidence): string | undefined {
  const found = packages.state === 'read' ? packages.value.find(({ name }) => name === 'kubelet') : undefined;
  const version = found && /^\d+\.\d+\.\d+/.exec(found.version)?.[0];
  return version === undefined ? undefined : `v${version}`;
}

const components: ReadonlySet<string> = new Set(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']);

function serverImages({ configs }: NodeEvidence): readonly string[] {
  return configs.items.flatMap((config) => {
    if (config.kind !== 'static-pod' || config.content.state !== 'read') return [];
    return config.content.value.containers.flatMap(({ name, image }) => (components.has(name) ? image : []));
  });
}

function serverVersions(evidence: NodeEvidence): readonly string[] {
  return serverImages(evidence).flatMap((image) => {
    const tag = /:(v\d+\.\d+\.\d+[\w.+-]*)(?:@|$)/.exec(image)?.[1];
    // RKE2 writes the plus of a version as a dash: no tag may have one.
    return tag === undefined ? [] : tag.replace(/-(rke2r|k3s)/, '+$1');
  });
}

/** Of versions of one cluster, which an upgrade under way may make differ; undefined where none is understood. */
export function newestOf(versions: readonly string[]): string | undefined {
  const known = versions.flatMap((version) => {
    const minor = minorOf(version);
    return minor ? [{ version, minor }] : [];
  });
  return known.toSorted((a, b) => b.minor.major - a.minor.major || b.minor.minor - a.minor.minor)[0]?.version;
}

function mostFrequent(found: readonly Platform[]): Platform | undefined {
  const counts = new Map<Platform, number>();
  for (const platform of found) counts.set(platform, (counts.get(platform) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
