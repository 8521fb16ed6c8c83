import type { CertificateFile } from './certificate-fact.js';
import type { ComponentProcess } from './component-process.js';
import type { ConfigFact } from './config-facts.js';
import type { FileFact, TreeFact } from './file-fact.js';
import type { Listed, Reading } from './reading.js';
import type { UnitFact } from './unit-fact.js';

/** Who may be running the node, told by files that only such nodes have. A hint, never a proof. */
export type PlatformHint = 'kubeadm' | 'k3s' | 'rke2' | 'eks' | 'aks' | 'gke' | 'openshift' | 'microk8s' | 'k0s' | 'talos';

export interface PlatformSign {
  readonly platform: PlatformHint;
  /** Path that tells. */
  readonly by: string;
}

export interface OsFacts {
  /** `ID`, `VERSION_ID` and `PRETTY_NAME` of os-release. */
  readonly id: string;
  readonly version: string;
  readonly name: string;
}

/** A listening TCP socket of the node's own network on one of the control plane's ports. */
export interface ListeningSocket {
  /** IPv4 or IPv6 in its usual text; `0.0.0.0` and `::` are every address. */
  readonly address: string;
  readonly port: number;
  readonly uid: number;
}

/** A package of the node's own package database that is part of Kubernetes or a container runtime. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

/** How the collector saw the node; what it lacked explains what is `denied`. */
export interface CollectionFacts {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly uid: number;
  /** It saw every process of the node; where not, the list of processes is marked as truncated too. */
  readonly seesAllProcesses: boolean;
  /** For people: what limited it, such as a /proc that is not the node's. */
  readonly notes: readonly string[];
}

/** Everything that one run of the collector saw on one node: the payload of a bundle, format 1. */
export interface NodeEvidence {
  readonly collection: CollectionFacts;
  /**
   * HMAC-SHA256 of the cluster's id under the machine id, in hexadecimals: equal for the same machine in the same cluster,
   * telling nothing elsewhere. Left out where there is no machine id.
   */
  readonly machine?: string;
  readonly platforms: readonly PlatformSign[];
  readonly os: Reading<OsFacts>;
  /** `6.8.0-45-generic` */
  readonly kernel: Reading<string>;
  /** Of dpkg; other package databases are not read, and then it is `absent`. */
  readonly packages: Reading<readonly InstalledPackage[]>;
  readonly processes: Listed<ComponentProcess>;
  /** Each path once, in the order of the text. */
  readonly files: Listed<FileFact>;
  readonly trees: Listed<TreeFact>;
  readonly configs: Listed<ConfigFact>;
  readonly certificates: Listed<CertificateFile>;
  readonly units: Listed<UnitFact>;
  readonly sockets: Reading<Listed<ListeningSocket>>;
  /** The node's passwd and group could be read, so a file without a name of its owner has none. */
  readonly accounts: Reading<true>;
}
