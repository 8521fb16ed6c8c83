import type { Platform } from '#inventory/facts.js';
import { minorOf, type MinorVersion } from '#inventory/readers/minor-version.js';
import type { Benchmark } from '../benchmark.js';
import { benchmarks, isBenchmarkId } from '../benchmarks.js';
import { aks, eks, gke, k3s, kubernetes, openshift, rke2, type Family } from './published.js';

export interface DetectedCluster {
  readonly platform: Platform;
  /** Of the API server, with whatever its provider appends. */
  readonly version?: string;
  /** Of OpenShift itself: `4.16.3`. Told from the API server's where it is not known. */
  readonly openshiftVersion?: string;
  /** Its control plane runs as static pods of its own nodes, whatever version and labels say of a provider. */
  readonly hasStaticControlPlane?: boolean;
}

export type Choice =
  /** `caveat`: why the verdicts are to be read with care; to be shown with every report. */
  | { readonly state: 'chosen'; readonly benchmark: Benchmark; readonly reason: string; readonly caveat?: string }
  /** `reason` says what is to be done instead. */
  | { readonly state: 'refused'; readonly reason: string };

/** The benchmark for a cluster, and why. `pinned`: the one that its owner chose, which counts before all. */
export function chooseBenchmark(cluster: DetectedCluster, pinned?: string): Choice {
  return pinned === undefined ? byVersion(cluster) : byOwner(cluster, pinned);
}

function byOwner(cluster: DetectedCluster, pinned: string): Choice {
  if (!isBenchmarkId(pinned)) return { state: 'refused', reason: `There is no benchmark ${JSON.stringify(pinned.slice(0, 60))}: pin one of ${Object.keys(benchmarks).join(', ')}, or none.` };
  const benchmark = benchmarks[pinned];
  const usual = byVersion(cluster);
  const chosen = { state: 'chosen', benchmark, reason: `${benchmark.title} is pinned for this cluster.` } as const;
  if (usual.state === 'refused') return { ...chosen, caveat: `By itself no benchmark would have been chosen: ${usual.reason}` };
  if (usual.benchmark.id === benchmark.id) return chosen;
  return { ...chosen, caveat: `${usual.benchmark.title} would have been chosen: ${usual.reason}` };
}

function byVersion(cluster: DetectedCluster): Choice {
  const { family, product, version, why, elsewhere } = productOf(cluster);
  const chosenAs = (benchmark: Benchmark, reason: string, ...caveats: readonly (string | undefined)[]): Choice => {
    const caveat = [...caveats, elsewhere].filter((one) => one !== undefined).join(' ');
    return { state: 'chosen', benchmark, reason, ...(caveat !== '' && { caveat }) };
  };
  if (version === undefined) {
    return { state: 'refused', reason: `The version of ${product} is not known, and no benchmark is taken by guess: let the API server's /version be read, or pin a benchmark.` };
  }
  const { major, minor } = version;
  const name = `${product} ${major}.${minor}`;
  if (major !== (family === openshift ? 4 : 1) || minor < family.first) return { state: 'refused', reason: `${name} is outside of every benchmark that is carried: upgrade it, or pin the benchmark to judge it by all the same.` };

  const published = publishedFor(family, minor);
  const newest = benchmarks[family.carried.at(-1)!];
  const exact = family.carried.find((id) => id === published);
  if (exact) return chosenAs(benchmarks[exact], `${why}${benchmarks[exact].title} is for ${name}.`, superseded(family, minor, benchmarks[exact]));
  if (published === undefined) {
    return chosenAs(newest, `${why}${newest.title} is the newest that is carried.`, superseded(family, minor, newest) ?? `No benchmark for ${name} is carried yet: judged by ${newest.title}, which was written for earlier versions.`);
  }
  const older = new Set(publishedUpTo(family, minor));
  const newer = benchmarks[family.carried.find((id) => !older.has(id)) ?? family.carried.at(-1)!];
  return chosenAs(newer, `${why}${newer.title} is the nearest newer one that is carried.`, `Judged by ${newer.title}: your version's benchmark, ${published}, is not carried.`);
}

const publishedFor = ({ published, after }: Family, minor: number): string | undefined => published.find(({ last }) => minor <= last)?.name ?? after;

const publishedUpTo = ({ published }: Family, minor: number): readonly string[] => published.filter(({ last }) => last < minor).map(({ name }) => name);

function superseded({ notCarried }: Family, minor: number, { title }: Benchmark): string | undefined {
  return notCarried !== undefined && minor >= notCarried.from ? `Judged by ${title}: your version's benchmark, ${notCarried.name}, is not carried.` : undefined;
}

interface Product {
  readonly family: Family;
  readonly product: string;
  readonly version: MinorVersion | undefined;
  /** A sentence and a space, where there is more to say than the version. */
  readonly why: string;
  /** Where files may not be where the benchmark's tables have them. */
  readonly elsewhere?: string;
}

const kubeadmPaths = 'Files are looked for where kubeadm has them, unless a running process names them.';

function productOf({ platform, version, openshiftVersion, hasStaticControlPlane }: DetectedCluster): Product {
  const server = minorOf(version ?? '');
  const plain = (why: string): Product => ({ family: kubernetes, product: 'Kubernetes', version: server, why });
  const elsewhere = (why: string): Product => ({ ...plain(why), elsewhere: kubeadmPaths });
  switch (platform) {
    case 'openshift': return { family: openshift, product: 'OpenShift', version: minorOf(openshiftVersion ?? '') ?? openshiftOf(server), why: '' };
    case 'k3s': return { family: k3s, product: 'k3s', version: server, why: '' };
    case 'rke2': return { family: rke2, product: 'RKE2', version: server, why: '' };
    case 'gke': return { family: gke, product: 'GKE', version: server, why: '' };
    case 'eks':
    case 'aks':
      if (hasStaticControlPlane) return elsewhere(`It looks like ${platform === 'eks' ? 'EKS' : 'AKS'} but runs a control plane of its own. `);
      return platform === 'eks' ? { family: eks, product: 'EKS', version: server, why: '' } : { family: aks, product: 'AKS', version: server, why: '' };
    case 'kubeadm': return plain('');
    case 'kind':
    case 'minikube': return plain(`${platform} has no benchmark of its own. `);
    case 'talos': return elsewhere('Talos has no benchmark of its own. ');
    case 'unknown': return elsewhere('Who installed the cluster was not recognised, so that it is taken for plain Kubernetes. ');
  }
}

const openshiftOf = (server: MinorVersion | undefined): MinorVersion | undefined => (server && server.major === 1 && server.minor > 13 ? { major: 4, minor: server.minor - 13 } : undefined);
