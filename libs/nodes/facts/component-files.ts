import type { Component } from '../component-process.js';

/** One path, or what is below a directory: `named` by the end of its name, with the directories themselves where `directories`. */
export type Place = { readonly at: string } | { readonly below: string; readonly named?: readonly string[]; readonly directories?: true; readonly except?: readonly string[] };

export interface ComponentFileRow {
  /** What it is for, in our words. */
  readonly what: string;
  /** Where installers put it: kubeadm, then k3s and RKE2. */
  readonly places: readonly Place[];
  /** Flags that name it; where a process says so, that counts beside the usual places. */
  readonly named?: readonly { readonly component: Component; readonly flag: string }[];
}

const rancher = (path: (data: string) => Place): readonly Place[] => ['/var/lib/rancher/k3s', '/var/lib/rancher/rke2'].map(path);
const manifest = (component: string): readonly Place[] => [{ at: `/etc/kubernetes/manifests/${component}.yaml` }, { at: `/var/lib/rancher/rke2/agent/pod-manifests/${component}.yaml` }];
const pki = (named?: readonly string[]): readonly Place[] =>
  [{ below: '/etc/kubernetes/pki', ...(named ? { named } : { directories: true as const }) }, ...rancher((data) => ({ below: `${data}/server/tls`, ...(named ? { named } : { directories: true as const }) }))];

/**
 * Files and directories by which components work, on nodes (the benchmark's file items). Paths are those of kubeadm's
 * implementation details and of k3s' and RKE2's documentation; what processes name goes before them.
 */
export const componentFiles = {
  'api-server-manifest': { what: 'the manifest of kube-apiserver', places: manifest('kube-apiserver') },
  'controller-manager-manifest': { what: 'the manifest of kube-controller-manager', places: manifest('kube-controller-manager') },
  'scheduler-manifest': { what: 'the manifest of kube-scheduler', places: manifest('kube-scheduler') },
  'etcd-manifest': { what: 'the manifest of etcd', places: manifest('etcd') },
  'cni-config': {
    what: 'configuration of network plugins',
    places: [{ below: '/etc/cni/net.d' }, { below: '/var/lib/cni/networks', except: ['lock'] }, ...rancher((data) => ({ below: `${data}/agent/etc/cni/net.d` }))],
  },
  'etcd-data': { what: 'the data of etcd', places: [{ at: '/var/lib/etcd' }, ...rancher((data) => ({ at: `${data}/server/db/etcd` }))], named: [{ component: 'etcd', flag: 'data-dir' }] },
  'admin-kubeconfig': { what: 'a kubeconfig of the cluster\'s administrator', places: [{ at: '/etc/kubernetes/admin.conf' }, { at: '/etc/kubernetes/super-admin.conf' }, ...rancher((data) => ({ at: `${data}/server/cred/admin.kubeconfig` }))] },
  'scheduler-kubeconfig': { what: 'the kubeconfig of kube-scheduler', places: [{ at: '/etc/kubernetes/scheduler.conf' }, ...rancher((data) => ({ at: `${data}/server/cred/scheduler.kubeconfig` }))], named: [{ component: 'kube-scheduler', flag: 'kubeconfig' }] },
  'controller-manager-kubeconfig': {
    what: 'the kubeconfig of kube-controller-manager', places: [{ at: '/etc/kubernetes/controller-manager.conf' }, ...rancher((data) => ({ at: `${data}/server/cred/controller.kubeconfig` }))],
    named: [{ component: 'kube-controller-manager', flag: 'kubeconfig' }],
  },
  pki: { what: 'keys and certificates of the control plane', places: pki() },
  'pki-certificate': { what: 'a certificate of the control plane', places: pki(['.crt']) },
  'pki-key': { what: 'a private key of the control plane', places: pki(['.key']) },
  // Its files in force are told unit by unit, wherever they lie.
  'kubelet-unit': { what: 'how systemd starts the kubelet', places: [] },
  'proxy-kubeconfig': { what: 'the kubeconfig of kube-proxy', places: [{ at: '/var/lib/kube-proxy/kubeconfig' }, { at: '/var/lib/kube-proxy/kubeconfig.conf' }, ...rancher((data) => ({ at: `${data}/agent/kubeproxy.kubeconfig` }))], named: [{ component: 'kube-proxy', flag: 'kubeconfig' }] },
  'kubelet-kubeconfig': { what: 'the kubeconfig of the kubelet', places: [{ at: '/etc/kubernetes/kubelet.conf' }, ...rancher((data) => ({ at: `${data}/agent/kubelet.kubeconfig` }))], named: [{ component: 'kubelet', flag: 'kubeconfig' }] },
  'kubelet-client-ca': { what: 'the CA by which the kubelet knows its clients', places: [{ at: '/etc/kubernetes/pki/ca.crt' }, ...rancher((data) => ({ at: `${data}/agent/client-ca.crt` }))], named: [{ component: 'kubelet', flag: 'client-ca-file' }] },
  'kubelet-config': { what: 'the configuration of the kubelet', places: [{ at: '/var/lib/kubelet/config.yaml' }], named: [{ component: 'kubelet', flag: 'config' }] },
} as const satisfies Readonly<Record<string, ComponentFileRow>>;

/** Of the files of a row that are alike in mode and owner so many are told one by one: a node has one for each address of its pods. */
export const FILES_TOLD = 10;

export type ComponentFileId = keyof typeof componentFiles;
export const componentFileIds = Object.keys(componentFiles) as readonly ComponentFileId[];
