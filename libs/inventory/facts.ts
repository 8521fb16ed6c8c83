import type { ComponentFiles } from './node-facts.js';
import type { Observed } from './observed.js';
import type { ResourceKey } from './resources.js';

/**
 * The compact facts that controls read. Each is what a Kubernetes object says after API defaulting,
 * with everything left out that no control needs. No value of a Secret, ConfigMap or env literal is ever a fact.
 */
export type Labels = Readonly<Record<string, string>>;

export interface ObjectFacts {
  readonly namespace: string;
  readonly name: string;
  /** Only labels that decide verdicts; all of them on namespaces, nodes and cluster roles. */
  readonly labels?: Labels;
  /** `group/version` by which it was written, where servers are to serve that no longer. */
  readonly writtenAs?: string;
}

export interface Capabilities {
  readonly add: readonly string[];
  readonly drop: readonly string[];
}

/** What an SELinux context says beside its level; parts that are empty are left out. */
export interface SeLinuxOptions {
  readonly type?: string;
  readonly user?: string;
  readonly role?: string;
}

export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly capabilities?: Capabilities;
  /** The profile's type; '' where there is a profile without one. */
  readonly seccompProfile?: string;
  /** The profile's type; '' where there is a profile without one. */
  readonly appArmorProfile?: string;
  readonly seLinux?: SeLinuxOptions;
  /** Names as they are written, in order; the pod's only. */
  readonly sysctls?: readonly string[];
  readonly procMount?: string;
  readonly hostProcess?: boolean;
  readonly runAsUserName?: string;
}

export interface EnvVar {
  readonly name: string;
  readonly source: 'literal' | 'secret' | 'configmap' | 'field' | 'other';
  /** Name of the Secret or ConfigMap. */
  readonly from?: string;
  /** The container starts without it. */
  readonly optional?: true;
}

export interface ContainerPort {
  readonly port: number;
  readonly protocol: string;
  readonly hostPort?: number;
  readonly name?: string;
}

export interface VolumeMount {
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** A host that a probe or a lifecycle handler names, and the container's field that does. */
export interface ProbeHost {
  readonly field: string;
  readonly host: string;
}

export interface Container {
  readonly name: string;
  readonly type: 'container' | 'init' | 'ephemeral';
  readonly image: string;
  readonly pullPolicy?: string;
  readonly securityContext?: SecurityContext;
  readonly ports: readonly ContainerPort[];
  readonly env: readonly EnvVar[];
  readonly mounts: readonly VolumeMount[];
  readonly limits: Labels;
  readonly requests: Labels;
  /** An init container with restartPolicy Always runs beside the others. */
  readonly sidecar?: boolean;
  /** Hosts of probes and lifecycle handlers, where any is named: by default it is the pod itself. */
  readonly probeHosts?: readonly ProbeHost[];
  readonly liveness?: true;
  readonly readiness?: true;
  /** Programs that its own command starts, of those that matter. */
  readonly starts?: readonly StartedProgram[];
  /** Command line, kept only where the container runs a Kubernetes component. */
  readonly componentCommand?: readonly string[];
  /** The argument by which a network plugin's process is told whether to enforce policies, as it is written. */
  readonly policySwitch?: string;
}

export type StartedProgram = 'sshd' | 'sudo';

export interface Volume {
  readonly name: string;
  readonly source: 'hostPath' | 'secret' | 'configMap' | 'projected' | 'emptyDir' | 'persistentVolumeClaim' | 'csi' | 'downwardAPI' | 'ephemeral' | 'image' | 'other';
  /** Path on the host, or name of the Secret, ConfigMap, claim or CSI driver. */
  readonly of?: string;
  /** Secrets beside that: sources of a projected volume, or what a storage or CSI driver is given. */
  readonly secrets?: readonly string[];
  /** Lifetimes in seconds of projected service account tokens. */
  readonly tokenSeconds?: readonly number[];
  /** One of these tokens names no audience, so that it is one for the API server. */
  readonly apiToken?: true;
  /** The field that gives the source, where it is `other`. */
  readonly type?: string;
  /** Every field that gives a source, where there are several; the API server takes no such volume. */
  readonly sources?: readonly string[];
  /** Its place in the object, where volumes that are no facts come before it. */
  readonly index?: number;
  /** Pods start without the Secret or ConfigMap. */
  readonly optional?: true;
}

export interface Toleration {
  readonly key?: string;
  readonly operator: 'Exists' | 'Equal' | 'Lt' | 'Gt';
  readonly value?: string;
  readonly effect?: string;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A Kubernetes label selector; an empty one selects everything. */
export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly LabelExpression[];
}

export interface PodResources {
  readonly limits: Labels;
  readonly requests: Labels;
}

/** One pod template: of a controller, of a bare pod, or of pods that differ from their controller's. */
export interface PodTemplate {
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
  readonly labels: Labels;
  /** Only annotations that decide verdicts (AppArmor, seccomp, injection). */
  readonly annotations?: Labels;
  readonly serviceAccount: string;
  readonly automountToken?: boolean;
  readonly securityContext?: SecurityContext;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  readonly hostUsers?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly os?: string;
  readonly tolerations: readonly Toleration[];
  readonly nodeSelector: Labels;
  /** Terms of requiredDuringScheduling node affinity: any of the terms, all expressions of one. */
  readonly nodeAffinity?: readonly (readonly LabelExpression[])[];
  readonly runtimeClass?: string;
  /** Limits and requests of the pod as a whole, where it sets any. */
  readonly resources?: PodResources;
  /** Where it is not `Always`: its containers are to end. */
  readonly restartPolicy?: string;
  /** Secrets by which its images are pulled, where it names any: from its own account otherwise. */
  readonly pullSecrets?: readonly string[];
}

/** The top owner of pods: what people deploy, and what a finding names. */
export interface Workload {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Distinct templates, the controller's own first. */
  readonly templates: readonly number[];
  readonly serviceAccount: string;
  /** A pod that a kubelet started from a file, seen as its mirror. */
  readonly isMirror: boolean;
  /** The list that would tell who owns it and could not be read: its pods run, but under whose name is not known. */
  readonly ownerHiddenBy?: ResourceKey;
  /** Pods that are not finished. */
  readonly pods: number;
  readonly replicas?: number;
  /** Labels that its own metadata has beside those of its template. */
  readonly labels?: Labels;
  /** Annotations that people gave it, with values cut short. */
  readonly annotations?: Labels;
  /** Its selector does not select what its template makes; no API server takes it. */
  readonly selectsOthers?: true;
  /** `group/version` by which it was written, where servers are to serve that no longer. */
  readonly writtenAs?: string;
}

export interface NamespaceFacts extends ObjectFacts {
  readonly labels: Labels;
  /** Those by which a mesh takes the namespace's pods in, and those that people gave it, with values cut short. */
  readonly annotations?: Labels;
  readonly terminating: boolean;
}

export interface NodeFacts extends ObjectFacts {
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly kubeletVersion: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly containerRuntime: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly providerId: string;
  /** Internal and external IPs. */
  readonly addresses: readonly string[];
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** Whether the server that runs here enforces network policies itself; only where it says what it was started with. */
  readonly policyController?: 'on' | 'off';
}

export interface ServiceAccountFacts extends ObjectFacts {
  readonly automountToken?: boolean;
  /** Secrets that it names: its old tokens, and on some platforms more. */
  readonly secrets?: readonly string[];
  /** Those by which images of pods that name none themselves are pulled. */
  readonly pullSecrets?: readonly string[];
  readonly annotations?: Labels;
}

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export interface RoleFacts extends ObjectFacts {
  readonly kind: 'Role' | 'ClusterRole';
  readonly rules: readonly PolicyRule[];
  /** Selectors of an aggregated cluster role; the server writes the rules. */
  readonly aggregates?: readonly LabelSelector[];
}

export interface Subject {
  /** User, Group or ServiceAccount; anything else grants nothing. */
  readonly kind: string;
  readonly name: string;
  /** '' for users and groups. */
  readonly namespace: string;
}

export interface BindingFacts extends ObjectFacts {
  readonly kind: 'RoleBinding' | 'ClusterRoleBinding';
  /** Role or ClusterRole. */
  readonly roleKind: string;
  readonly roleName: string;
  readonly subjects: readonly Subject[];
}

export interface NetworkPolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly cidr?: string;
  readonly except?: readonly string[];
}

export interface NetworkPolicyPort {
  readonly protocol: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface NetworkPolicyRule {
  /** Empty: every peer. */
  readonly peers: readonly NetworkPolicyPeer[];
  /** Empty: every port. */
  readonly ports: readonly NetworkPolicyPort[];
}

export interface NetworkPolicyFacts extends ObjectFacts {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly NetworkPolicyRule[];
  readonly egress: readonly NetworkPolicyRule[];
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

export interface ServiceFacts extends ObjectFacts {
  /** ClusterIP, NodePort, LoadBalancer or ExternalName. */
  readonly type: string;
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
  readonly externalIPs: readonly string[];
  readonly sourceRanges: readonly string[];
  readonly loadBalancerClass?: string;
  /** Local: what comes from outside keeps its sender's address. */
  readonly externalTrafficPolicy?: 'Local';
  readonly externalName?: string;
  readonly annotations?: Labels;
}

export interface IngressPath {
  readonly path: string;
  /** Exact or Prefix; left out where the controller decides. */
  readonly type?: 'Exact' | 'Prefix';
  readonly service?: string;
  readonly port?: number | string;
  /** Leads to an object of another kind than Service. */
  readonly resource?: true;
}

export interface IngressRule {
  readonly host: string;
  readonly paths: readonly IngressPath[];
}

export interface IngressFacts extends ObjectFacts {
  readonly className?: string;
  readonly annotations: Labels;
  readonly rules: readonly IngressRule[];
  readonly defaultService?: string;
  readonly defaultPort?: number | string;
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secret?: string }[];
}

/** A Secret or ConfigMap by its metadata; the type is known for Secrets alone, and of ConfigMaps outside kube-system nothing but the name. */
export interface MetadataFacts extends ObjectFacts {
  /** What an operator of OpenShift gave a server, of the ConfigMaps that say so. Not there in evidence that was kept before anybody looked. */
  readonly operatorConfig?: Observed<Fields>;
  readonly type?: string;
  readonly createdAt?: string;
  /** When those who wrote a Secret's data last changed something of it, where the server said that: its data is at least as old. */
  readonly dataWrittenAt?: string;
  /** Kinds of its owners as `Kind.group`, of Secrets that have any. */
  readonly owners?: readonly string[];
  readonly annotations?: Labels;
}

export interface WebhookFacts {
  readonly name: string;
  /** Fail or Ignore. */
  readonly failurePolicy: string;
  readonly service?: { readonly namespace: string; readonly name: string };
  readonly url?: true;
  readonly rules: readonly { readonly operations: readonly string[]; readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[];
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly matchConditions: number;
}

export interface WebhookConfigurationFacts extends ObjectFacts {
  readonly kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';
  readonly webhooks: readonly WebhookFacts[];
}

/** Lowest common shape of limit ranges and quotas: which defaults containers get, and which totals hold. */
export interface QuotaFacts extends ObjectFacts {
  readonly kind: 'LimitRange' | 'ResourceQuota';
  readonly defaultLimits: Labels;
  readonly defaultRequests: Labels;
  readonly hard: Labels;
}

/** A custom resource as its spec says; each reader narrows what it needs. Size-capped by the projection. */
export interface CustomFacts extends ObjectFacts {
  readonly spec: unknown;
  /** Cilium policies may hold several specs beside or instead of one. */
  readonly specs?: readonly unknown[];
  readonly annotations?: Labels;
}

/** Fields as the API nests them. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object by which a platform is configured: the fields of it that are kept, each of a shape that is known. */
export interface ConfigurationFacts extends ObjectFacts {
  readonly fields: Fields;
}

/** Live kubelet configuration of one node, the keys that controls read. */
export interface KubeletFacts {
  readonly node: string;
  readonly anonymousAuth?: boolean;
  readonly webhookAuthn?: boolean;
  readonly clientCAFile?: string;
  readonly authorizationMode?: string;
  readonly readOnlyPort?: number;
  /** Whether port 10250 runs commands in containers, beside logs and port forwarding. */
  readonly debuggingHandlers?: boolean;
  readonly protectKernelDefaults?: boolean;
  /** Whether it renews the certificate that it signs in with. */
  readonly rotateCertificates?: boolean;
  /** Whether it asks the cluster for the certificate that it serves with. */
  readonly serverTLSBootstrap?: boolean;
  /** What its gate for renewing that one is set to. */
  readonly rotateServerCertificate?: boolean;
  readonly tlsCertFile?: string;
  readonly tlsMinVersion?: string;
  readonly tlsCipherSuites?: readonly string[];
  /** Events a second, 0 for no limit. Every answer has it. */
  readonly eventRecordQPS?: number;
  /** As Go writes durations. */
  readonly streamingConnectionIdleTimeout?: string;
  readonly makeIPTablesUtilChains?: boolean;
  readonly seccompDefault?: boolean;
  /** Processes a pod, -1 for no limit. */
  readonly podPidsLimit?: number;
  /** Where each setting was found, where the node's own evidence, or `flagz`, tells instead of configz: a flag, a file, or `default`. */
  readonly origins?: Readonly<Partial<Record<KubeletField, string>>>;
  /** Settings that the node's own evidence, or `flagz`, leaves open, and why. */
  readonly unread?: Readonly<Partial<Record<KubeletField, string>>>;
  /** Left out where configz or the node's own evidence tells: what the kubelet says of its flags does. */
  readonly shownBy?: 'flagz';
}

/** A setting among the facts of a kubelet. */
export type KubeletField = Exclude<keyof KubeletFacts, 'node' | 'origins' | 'unread' | 'shownBy'>;

/** What a kubelet says at /flagz of its own command line, the flags that somebody reads. It shows no file, and a flag that is given its default like one that is not given. */
export interface KubeletFlags {
  /** Those with another value than their default, as a command line would give it. */
  readonly flags: Readonly<Record<string, string>>;
  /** Those that may have any value. */
  readonly unread?: readonly string[];
}

/** One certificate, as far as it can go bad. */
export interface CertificateFacts {
  /** The server's own, one of those that vouch for it, or the one that scans sign in with. */
  readonly role: 'server' | 'authority' | 'client';
  /** Common name, or what stands for it. */
  readonly subject: string;
  /** When it begins and ends, as ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** `rsa`, `ec`, `ed25519` …; `unknown` where its key cannot be read. */
  readonly keyType: string;
  readonly keyBits?: number;
  /** Name of the algorithm that it is signed with, or its object identifier. A root has none: nobody checks its signature. */
  readonly signature?: string;
}

/** What the API server shows somebody who has no credential, at the address that scans use. What got no answer is left out. */
export interface ProbeFacts {
  readonly tls?: {
    /** What kind of address answered. */
    readonly address: 'public' | 'private' | 'loopback';
    /** As negotiated today: `TLSv1.3`. */
    readonly version: string;
    /** Public addresses that its certificate is made for, a few of them. */
    readonly publicAddresses: readonly string[];
    /** The server's own first. */
    readonly certificates: readonly CertificateFacts[];
  };
  /** Whether it takes TLS 1.0 or 1.1. */
  readonly acceptsOutdatedTls?: boolean;
  /** Statuses of requests without a credential. */
  readonly anonymous?: { readonly version?: number; readonly health?: number; readonly namespaces?: number };
  readonly clientCertificate?: CertificateFacts;
}

/** A process of the control plane by the command line of its static pod, or as the evidence of its node shows it. */
export interface ComponentFacts {
  readonly component: 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'etcd';
  readonly namespace: string;
  readonly pod: string;
  readonly kind: string;
  readonly group: string;
  readonly container: string;
  /** Every value a flag was given, in order; a flag without a value has `true`. The last one is in force. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
  /** Names of its environment variables, where it has any: etcd takes every flag from one as well. Their values are no facts. */
  readonly variables?: readonly string[];
  /** The node whose evidence shows it; left out for what only the API shows. */
  readonly node?: string;
  /** What tells of it where no pod or process does: what the API server says of its own flags, or what k3s wrote on its node. */
  readonly shownBy?: 'flagz' | 'node-args';
  /** The file in whose place flags mean nothing: its settings are the `flags`. */
  readonly settingsFrom?: string;
  /** Flags that may be set though `flags` has not got them, and why nobody knows. */
  readonly unreadFlags?: Readonly<Record<string, string>>;
  /** Why any flag may be set that `flags` has not got. */
  readonly unseenFlags?: string;
  /** Files that its flags name, as they are on its node. */
  readonly files?: ComponentFiles;
}

export type Platform = 'kubeadm' | 'eks' | 'aks' | 'gke' | 'openshift' | 'k3s' | 'rke2' | 'kind' | 'minikube' | 'talos' | 'unknown';

export interface ClusterFacts {
  readonly platform: Platform;
  /** `v1.35.2` as the server says; absent where it is not known. */
  readonly version?: string;
  /** Whether a provider runs the control plane and hides its processes. */
  readonly isManaged: boolean;
}
