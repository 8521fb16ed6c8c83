import type { AuditRule } from './components/audit-policy.js';
import type { AuthenticationConfiguration } from './components/authentication-configuration.js';
import type { EncryptedResources } from './components/encryption-configuration.js';
import type { ComponentFacts, KubeletFacts } from './facts.js';
import type { Observed } from './observed.js';

/** Exemptions of Pod Security admission, as an AdmissionConfiguration sets them. */
export interface PodSecurityExemptions {
  readonly usernames: readonly string[];
  readonly runtimeClasses: readonly string[];
  readonly namespaces: readonly string[];
}

/** An AdmissionConfiguration, as far as controls read it. */
export interface AdmissionFile {
  /** Names of the plugins that it configures. */
  readonly plugins: readonly string[];
  /** Of PodSecurity; left out where the file does not configure it. Missing where its own file was not read. */
  readonly podSecurity?: Observed<PodSecurityExemptions>;
}

/** Files that flags of the API server name, by flag, and what controls read of each. */
export interface ComponentFiles {
  readonly 'authentication-config'?: Observed<AuthenticationConfiguration>;
  /** Types of the authorizers in order. */
  readonly 'authorization-config'?: Observed<readonly string[]>;
  readonly 'encryption-provider-config'?: Observed<readonly EncryptedResources[]>;
  readonly 'audit-policy-file'?: Observed<readonly AuditRule[]>;
  readonly 'admission-control-config-file'?: Observed<AdmissionFile>;
}
export type ComponentFile = keyof ComponentFiles;

/** A file or directory of a component on a node. `file` names what it is for: see `componentFiles` of libs/nodes. */
export type NodeFileFacts =
  | {
      readonly file: string;
      readonly path: string;
      readonly state: 'present';
      /** Permission bits with set-uid, set-gid and sticky. */
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      /** By the node's own passwd and group, where these know the number. */
      readonly owner?: string;
      readonly group?: string;
      /** How many others of the same `file`, mode and owner there are that are not listed. */
      readonly alike?: number;
    }
  /** `unseen`: it may be there, and the collector could not look. */
  | { readonly file: string; readonly path: string; readonly state: 'unseen'; readonly detail: string };

/** A certificate that lies on a node, or that a kubeconfig there signs in with. */
export interface NodeCertificateFacts {
  /** The files that hold it. */
  readonly path: string;
  /** Whether a kubeconfig signs in with it. */
  readonly isOfKubeconfig: boolean;
  readonly subject: string;
  /** Groups that it signs in as. */
  readonly organizations: readonly string[];
  readonly isAuthority: boolean;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly keyType: string;
  readonly keyBits?: number;
  readonly signature?: string;
}

/** How a component's kubeconfig signs in. */
export interface NodeIdentityFacts {
  readonly component: 'kubelet' | 'kube-scheduler' | 'kube-controller-manager';
  readonly path: string;
  /** With a token, or by a program that gets one. */
  readonly signsInOtherwise?: true;
  /** Common name and organisations of its client certificate. */
  readonly certificate: Observed<{ readonly subject: string; readonly organizations: readonly string[] }>;
}

/** What a run of the node collector saw on one node, as far as controls judge it. */
export interface NodeEvidenceFacts {
  readonly node: string;
  /** When its collector ended, ISO 8601. */
  readonly collectedAt: string;
  /** The kubelet's settings by its command line, files and drop-ins. */
  readonly kubelet: Observed<KubeletFacts>;
  /** Processes of the control plane that are the cluster's own. */
  readonly components: readonly ComponentFacts[];
  /** Why there may be processes that were not seen. */
  readonly unseenProcesses?: string;
  readonly files: readonly NodeFileFacts[];
  /** What could not be looked at as a whole, by what it is for. */
  readonly unseenFiles: Readonly<Record<string, string>>;
  /** Where certificates may be that are not among `certificates`. */
  readonly certificates: readonly NodeCertificateFacts[];
  readonly unseenCertificates?: string;
  readonly identities: readonly NodeIdentityFacts[];
  /** User that etcd runs as here, where it runs. */
  readonly etcdUser?: { readonly uid: number };
}
