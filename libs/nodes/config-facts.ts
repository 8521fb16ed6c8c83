import type { CertificateFact } from './certificate-fact.js';
import type { ContainerMount, EnvironmentVariable } from './component-process.js';
import type { NodePath } from './file-fact.js';
import type { Reading } from './reading.js';

/** A value of a configuration file as it stands there; `null` is an explicit null. */
export type Scalar = string | number | boolean | null;

/**
 * One leaf that some item reads. `key` is its path with dots: `authentication.anonymous.enabled`,
 * `featureGates.SeccompDefault`. Values keep the type they were written with; nothing is defaulted. A list is one leaf.
 */
export interface Setting {
  readonly key: string;
  readonly value: Scalar | readonly Scalar[];
}

/** Leaves of a file by allow-list; a key that is not here was not written in the file, for every key that items read. */
export interface Settings {
  readonly apiVersion: string;
  readonly settings: readonly Setting[];
}

/** `anonymous` of a structured AuthenticationConfiguration, and who else may sign in. */
export interface AuthenticationSettings {
  readonly apiVersion: string;
  /** Left out where the file has no `anonymous`. `conditions` are paths that stay open. */
  readonly anonymous?: { readonly enabled?: Scalar; readonly conditions: readonly string[] };
  readonly jwt: readonly { readonly issuer: string; readonly audiences: readonly string[] }[];
}

/** Authorizers in order. */
export interface AuthorizationSettings {
  readonly apiVersion: string;
  readonly authorizers: readonly { readonly type: string; readonly name?: string }[];
}

/** Rules of an EncryptionConfiguration in order, and in each its providers in order. Never a key; names of keys only. */
export interface EncryptionSettings {
  readonly apiVersion: string;
  readonly rules: readonly {
    /** As written: `secrets`, `*.apps`, `*.*`. */
    readonly resources: readonly string[];
    readonly providers: readonly { readonly provider: string; readonly keyNames: readonly string[]; readonly kms?: { readonly apiVersion?: string; readonly name?: string } }[];
  }[];
}

/** Rules of an audit policy in order: the first that matches decides. Absent lists match everything and are left out. */
export interface AuditSettings {
  readonly apiVersion: string;
  readonly omitStages: readonly string[];
  readonly rules: readonly {
    readonly level: string;
    readonly users?: readonly string[];
    readonly userGroups?: readonly string[];
    readonly verbs?: readonly string[];
    readonly namespaces?: readonly string[];
    readonly nonResourceUrls?: readonly string[];
    readonly resources?: readonly { readonly group: string; readonly resources: readonly string[]; readonly resourceNames?: readonly string[] }[];
    readonly omitStages?: readonly string[];
  }[];
}

/** Plugins of an AdmissionConfiguration. */
export interface AdmissionSettings {
  readonly apiVersion: string;
  readonly plugins: readonly {
    readonly name: string;
    readonly path?: NodePath;
    /** Of an embedded configuration: its kind, and of PodSecurity its defaults and exemptions. */
    readonly kind?: string;
    readonly settings: readonly Setting[];
  }[];
}

/** How a kubeconfig signs in. Files and embedded data are told apart; no credential is ever kept. */
export type UserKind = 'none' | 'certificate-file' | 'certificate-embedded' | 'token' | 'token-file' | 'exec' | 'auth-provider' | 'password';

/** The current context of a kubeconfig; the only one where it names none. */
export interface KubeconfigSettings {
  /** Without user and password. */
  readonly server?: string;
  readonly skipsTlsVerify: boolean;
  readonly authorityFile?: NodePath;
  readonly hasEmbeddedAuthority: boolean;
  readonly userKind: UserKind;
  readonly certificateFile?: NodePath;
  /** Of an embedded client certificate. */
  readonly certificate?: CertificateFact;
}

/** A manifest of a static pod. */
export interface StaticPodSettings {
  readonly apiVersion: string;
  readonly name: string;
  readonly namespace?: string;
  readonly hostNetwork: boolean;
  readonly containers: readonly {
    readonly name: string;
    /** Without registry credentials, as written. */
    readonly image: string;
    /** `command` and `args`, secrets replaced by WITHHELD. */
    readonly argv: readonly string[];
    readonly withheld: readonly string[];
    /** Literal variables that items read. */
    readonly environment: readonly EnvironmentVariable[];
    readonly runAsUser?: number;
    /** Of hostPath volumes. */
    readonly mounts: readonly ContainerMount[];
  }[];
}

/** One option of k3s' or RKE2's `config.yaml` that items read; its values as written, secrets replaced by WITHHELD. */
export interface RancherOption {
  /** Without a `+` at its end. */
  readonly name: string;
  readonly values: readonly Scalar[];
  /** Written `name+`: adds to what earlier files say instead of replacing it. */
  readonly appends: boolean;
}

export interface RancherSettings {
  readonly options: readonly RancherOption[];
  /** Names of the other options, without values. */
  readonly others: readonly string[];
}

/** Variables of a systemd EnvironmentFile that items read. */
export interface EnvironmentFileSettings {
  readonly variables: readonly EnvironmentVariable[];
}

/** Files with one flag a line, as MicroK8s has. */
export interface ArgumentFileSettings {
  readonly argv: readonly string[];
  readonly withheld: readonly string[];
}

/** What a container runtime's configuration says of network plugins. */
export interface RuntimeSettings {
  readonly cniDirectories: readonly NodePath[];
}

/** What is kept of each kind of file. */
export interface ConfigContents {
  readonly kubelet: Settings;
  readonly 'kube-proxy': Settings;
  readonly 'kube-scheduler': Settings;
  /** etcd's own file has no API version: it is empty. */
  readonly etcd: Settings;
  /** Of `--openshift-config`: `apiServerArguments.audit-log-path` and the like. */
  readonly openshift: Settings;
  readonly authentication: AuthenticationSettings;
  readonly authorization: AuthorizationSettings;
  readonly encryption: EncryptionSettings;
  readonly audit: AuditSettings;
  readonly admission: AdmissionSettings;
  readonly kubeconfig: KubeconfigSettings;
  readonly 'static-pod': StaticPodSettings;
  readonly rancher: RancherSettings;
  readonly 'environment-file': EnvironmentFileSettings;
  readonly 'argument-file': ArgumentFileSettings;
  readonly 'container-runtime': RuntimeSettings;
}

export type ConfigKind = keyof ConfigContents;

/** One configuration file, read as one kind. A file that is read as two kinds is listed twice. */
export type ConfigFact = { readonly [K in ConfigKind]: { readonly kind: K; readonly path: NodePath; readonly content: Reading<ConfigContents[K]> } }[ConfigKind];
