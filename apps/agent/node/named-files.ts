import type { Component } from '#nodes/component-process.js';
import type { Location } from './locations.js';

type Use = Location[1];

/** Flags of any component that name a file of a kind, or a directory. */
const byFlag: Readonly<Record<string, Use>> = {
  kubeconfig: 'kubeconfig',
  'bootstrap-kubeconfig': 'kubeconfig',
  'authentication-kubeconfig': 'kubeconfig',
  'authorization-kubeconfig': 'kubeconfig',
  'authentication-config': 'authentication',
  'authorization-config': 'authorization',
  'encryption-provider-config': 'encryption',
  'audit-policy-file': 'audit',
  'admission-control-config-file': 'admission',
  'pod-security-admission-config-file': 'admission',
  'openshift-config': 'openshift',
  'config-file': 'etcd',
  'config-dir': 'drop-ins',
  'pod-manifest-path': 'static-pods',
  'cert-dir': 'tree',
  'cni-conf-dir': 'tree',
};

const byComponent: { readonly [C in Component]?: Use } = {
  kubelet: 'kubelet',
  'kube-proxy': 'kube-proxy',
  'kube-scheduler': 'kube-scheduler',
  'kube-controller-manager': 'openshift',
  'k3s-server': 'rancher',
  'k3s-agent': 'rancher',
  'rke2-server': 'rancher',
  'rke2-agent': 'rancher',
  containerd: 'container-runtime',
  crio: 'container-runtime',
};

/** Keys and directories of tokens are looked at and never opened. */
const certificates = /(^|-)(ca-file|cafile|cert-file|certfile|client-certificate|certificate-authority|crt-file|root-ca-file|client-ca)$/;

/** What a flag's path is to be read as; every absolute path is looked at. */
export function useOf(flag: string, component: Component | undefined): Use {
  if (flag === 'config' || flag === 'c') return (component && byComponent[component]) ?? 'file';
  if (Object.hasOwn(byFlag, flag)) return byFlag[flag]!;
  if (/^(apiserver|controller-manager|scheduler|kubelet|proxy)-args-file$/.test(flag)) return 'argument-file';
  return certificates.test(flag) ? 'certificate' : 'file';
}
