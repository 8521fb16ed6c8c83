import type { PodSecurityCheckId } from '#inventory/pod-security/checks.js';
import { normalHostPath } from '#inventory/readers/host-path.js';
import type { ResourceRef } from '#inventory/resource-ref.js';

/**
 * System components that need what a control forbids. Narrow by control, kind, namespace and name, visible in
 * the catalogue, and counted as `expected`, with the reason, in every evaluation: never silence.
 */
export interface Expectation {
  readonly controls: readonly string[];
  readonly kind: string;
  readonly namespace: string;
  /** The whole name, or a prefix where it ends in `*`. */
  readonly name: string;
  /** The only parts meant; every part where they are left out. */
  readonly parts?: readonly string[];
  /** For volumes, the one path of the node that each of the parts may be: its name is anybody's to choose. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Only a pod that a kubelet started from a file and mirrors to the server: nobody else can stand in for it. */
  readonly isMirror?: true;
  /** For verdicts on a pod as a whole, the only checks of its standard that it may break. */
  readonly checks?: readonly PodSecurityCheckId[];
  readonly because: string;
}

const kubeSystem = 'kube-system';

/** Volumes by which kubeadm gives control plane pods their node's certificates, kubeconfigs and state. */
const controlPlaneVolumes: Readonly<Record<string, readonly string[]>> = {
  'kube-apiserver': ['ca-certs', 'etc-ca-certificates', 'etc-pki', 'k8s-certs', 'usr-local-share-ca-certificates', 'usr-share-ca-certificates'],
  'kube-controller-manager': ['ca-certs', 'etc-ca-certificates', 'etc-pki', 'flexvolume-dir', 'k8s-certs', 'kubeconfig', 'usr-local-share-ca-certificates', 'usr-share-ca-certificates'],
  'kube-scheduler': ['kubeconfig'],
  etcd: ['etcd-certs', 'etcd-data'],
};

/** Volumes by which agents program their node's packet filter. */
const packetFilter = { 'lib-modules': '/lib/modules', 'xtables-lock': '/run/xtables.lock' };
const cniNet = '/etc/cni/net.d';
const cniBin = '/opt/cni/bin';

/** DaemonSets that make the pod network, each with the volumes and containers of its own manifests. */
const networkAgents: Readonly<Record<string, { readonly namespaces: readonly string[]; readonly volumes: Readonly<Record<string, string>>; readonly containers: readonly string[] }>> = {
  'aws-node': {
    namespaces: [kubeSystem],
    volumes: { 'cni-bin-dir': cniBin, 'cni-net-dir': cniNet, 'log-dir': '/var/log/aws-routed-eni', 'run-dir': '/run/aws-node', 'xtables-lock': packetFilter['xtables-lock'] },
    containers: ['aws-node', 'aws-vpc-cni-init', 'aws-eks-nodeagent'],
  },
  'calico-node': {
    namespaces: [kubeSystem, 'calico-system'],
    volumes: {
      ...packetFilter, bpffs: '/sys/fs/bpf', 'cni-bin-dir': cniBin, 'cni-log-dir': '/var/log/calico/cni', 'cni-net-dir': cniNet, 'host-local-net-dir': '/var/lib/cni/networks',
      nodeproc: '/proc', policysync: '/run/nodeagent', 'sys-fs': '/sys/fs', 'var-lib-calico': '/var/lib/calico', 'var-run-calico': '/run/calico',
    },
    containers: ['calico-node', 'ebpf-bootstrap', 'flexvol-driver', 'install-cni', 'mount-bpffs', 'upgrade-ipam'],
  },
  cilium: {
    namespaces: [kubeSystem],
    volumes: {
      ...packetFilter, 'bpf-maps': '/sys/fs/bpf', 'cilium-cgroup': '/run/cilium/cgroupv2', 'cilium-netns': '/run/cilium/netns', 'cilium-run': '/run/cilium', 'cni-path': cniBin,
      'etc-cni-netd': cniNet, 'host-proc-sys-kernel': '/proc/sys/kernel', 'host-proc-sys-net': '/proc/sys/net', hostproc: '/proc',
    },
    containers: ['apply-sysctl-overwrites', 'cilium-agent', 'clean-cilium-state', 'config', 'install-cni-binaries', 'mount-bpf-fs', 'mount-cgroup'],
  },
  kindnet: { namespaces: [kubeSystem], volumes: { ...packetFilter, 'cni-cfg': cniNet }, containers: ['kindnet-cni'] },
  'kube-flannel-ds': {
    namespaces: ['kube-flannel'],
    volumes: { 'xtables-lock': packetFilter['xtables-lock'], cni: cniNet, 'cni-plugin': cniBin, run: '/run/flannel' },
    containers: ['install-cni', 'install-cni-plugin', 'kube-flannel'],
  },
};

const volumesOf = (volumes: Readonly<Record<string, string>>): Pick<Expectation, 'parts' | 'paths'> => ({ parts: Object.keys(volumes), paths: volumes });

/** Verdicts on a pod as a whole. Which of its privileges, namespaces and volumes are expected, the entries for their own controls say. */
const podSecurity = ['workloads/pss-baseline', 'workloads/pss-restricted'];
const onTheNode: readonly PodSecurityCheckId[] = ['hostNamespaces', 'hostPathVolumes', 'hostPorts', 'hostProbesAndHostLifecycle', 'restrictedVolumes'];
const asRoot: readonly PodSecurityCheckId[] = [...onTheNode, 'allowPrivilegeEscalation', 'capabilities_restricted', 'runAsNonRoot', 'runAsUser'];
const programsTheNode: readonly PodSecurityCheckId[] = [...asRoot, 'privileged', 'seccompProfile_restricted'];
/** Cilium's own manifests ask for these instead of a privileged container. */
const programsTheNetwork: readonly PodSecurityCheckId[] = [...programsTheNode, 'capabilities_baseline', 'seLinuxOptions', 'appArmorProfile'];

export const expectations: readonly Expectation[] = [
  ...Object.entries(controlPlaneVolumes).flatMap(([name, volumes]): readonly Expectation[] => [
    { controls: ['workloads/host-namespaces'], kind: 'Pod', namespace: kubeSystem, name: `${name}-*`, isMirror: true, parts: ['hostNetwork'], because: 'control plane static pods serve on their node\'s own addresses before any pod network exists' },
    { controls: ['workloads/host-path'], kind: 'Pod', namespace: kubeSystem, name: `${name}-*`, isMirror: true, parts: volumes, because: 'control plane static pods read their certificates and state from their node' },
    { controls: ['supply-chain/image-pull-policy'], kind: 'Pod', namespace: kubeSystem, name: `${name}-*`, isMirror: true, parts: [name], because: 'the control plane must be able to start while no registry answers' },
    { controls: podSecurity, kind: 'Pod', namespace: kubeSystem, name: `${name}-*`, isMirror: true, checks: asRoot, because: 'control plane static pods need their node\'s network and files, which no standard but privileged allows' },
  ]),
  { controls: ['workloads/host-namespaces'], kind: 'DaemonSet', namespace: kubeSystem, name: 'kube-proxy', parts: ['hostNetwork'], because: 'kube-proxy programs the node\'s own packet filter' },
  { controls: ['workloads/host-path'], kind: 'DaemonSet', namespace: kubeSystem, name: 'kube-proxy', ...volumesOf(packetFilter), because: 'kube-proxy programs the node\'s own packet filter' },
  {
    controls: ['workloads/privileged', 'workloads/privilege-escalation', 'workloads/run-as-non-root', 'workloads/explicit-uid'], kind: 'DaemonSet', namespace: kubeSystem, name: 'kube-proxy', parts: ['kube-proxy'],
    because: 'kube-proxy programs the node\'s own packet filter',
  },
  { controls: ['runtime/layered-defence'], kind: 'DaemonSet', namespace: kubeSystem, name: 'kube-proxy', because: 'kube-proxy programs the node\'s own packet filter' },
  { controls: ['workloads/probes-and-replicas'], kind: 'DaemonSet', namespace: kubeSystem, name: 'kube-proxy', parts: ['kube-proxy/liveness', 'kube-proxy/readiness'], because: 'kube-proxy programs the node\'s own packet filter, is asked nothing by clients, and comes without probes' },
  { controls: podSecurity, kind: 'DaemonSet', namespace: kubeSystem, name: 'kube-proxy', checks: programsTheNode, because: 'kube-proxy programs the node\'s own packet filter' },
  ...Object.entries(networkAgents).flatMap(([name, { namespaces, volumes, containers }]) => namespaces.flatMap((namespace): readonly Expectation[] => [
    { controls: ['workloads/host-namespaces'], kind: 'DaemonSet', namespace, name, parts: ['hostNetwork'], because: 'the pod network is made by pods that cannot be in it yet' },
    { controls: ['workloads/host-path'], kind: 'DaemonSet', namespace, name, ...volumesOf(volumes), because: 'a network plugin installs itself into the node\'s own directories' },
    {
      controls: ['workloads/privileged', 'workloads/privilege-escalation', 'workloads/run-as-non-root', 'workloads/explicit-uid', 'workloads/capabilities-added'], kind: 'DaemonSet', namespace, name, parts: containers,
      because: 'a network plugin programs its node\'s interfaces, routes and packet filter',
    },
    { controls: ['runtime/layered-defence'], kind: 'DaemonSet', namespace, name, because: 'a network plugin is a part of its node' },
    { controls: podSecurity, kind: 'DaemonSet', namespace, name, checks: programsTheNetwork, because: 'a network plugin programs its node\'s interfaces, routes and packet filter' },
  ])),
  {
    controls: ['workloads/apparmor-selinux'], kind: 'DaemonSet', namespace: kubeSystem, name: 'cilium', parts: ['appArmor', 'seLinux'],
    because: 'cilium mounts and programs its node\'s file systems, which the profiles of containers forbid',
  },
  { controls: ['network/control-plane-reachability'], kind: 'Deployment', namespace: kubeSystem, name: 'metrics-server', parts: ['kubelet'], because: 'metrics-server reads the usage of pods from every kubelet' },
  { controls: ['workloads/psa-enforce'], kind: 'Namespace', namespace: '', name: kubeSystem, because: 'the cluster\'s own components need their nodes; who may create pods here owns the cluster either way' },
  ...['kube-public', 'kube-node-lease'].map((name): Expectation => ({ controls: ['workloads/psa-enforce'], kind: 'Namespace', namespace: '', name, because: 'the API server makes this namespace for objects that are no pods' })),
  ...['calico-system', 'kube-flannel'].map((name): Expectation => ({ controls: ['workloads/psa-enforce'], kind: 'Namespace', namespace: '', name, parts: ['enforce'], because: 'a network plugin\'s pods need their nodes' })),
];

const byControl = new Map<string, Expectation[]>();
for (const expectation of expectations) {
  for (const control of expectation.controls) {
    const list = byControl.get(control);
    if (list) list.push(expectation);
    else byControl.set(control, [expectation]);
  }
}

/** What may fail a control, and why. */
export const expectationsOf = (controlId: string): readonly Expectation[] => byControl.get(controlId) ?? [];

/** What is known of a subject beside its resource and part. */
export interface ExpectedSubject {
  readonly isMirror: boolean;
  /** Where its control is about a directory of the node. */
  readonly path?: string;
  /** Where its control is about a pod as a whole, what that breaks. */
  readonly checks?: readonly string[];
}

/** Why this object is expected to fail the control; undefined where it is not. */
export function expectedToFail(controlId: string, resource: ResourceRef, part: string, { isMirror, path, checks }: ExpectedSubject): string | undefined {
  return byControl.get(controlId)?.find((expectation) =>
    (expectation.isMirror === undefined || isMirror) && expectation.kind === resource.kind && expectation.namespace === resource.namespace &&
    (expectation.parts === undefined || expectation.parts.includes(part)) &&
    (expectation.checks === undefined || checks?.every((check) => (expectation.checks as readonly string[]).includes(check)) === true) &&
    (expectation.paths === undefined || (path !== undefined && expectation.paths[part] === normalHostPath(path))) &&
    (expectation.name.endsWith('*') ? resource.name.startsWith(expectation.name.slice(0, -1)) : resource.name === expectation.name),
  )?.because;
}
