import type { RancherSettings, Scalar } from '../config-facts.js';
import { withholdValue } from '../secrets.js';
import { bounded, mapOf, scalarAt } from './fields.js';

/** Options of k3s and RKE2 that decide an item, or where files lie. */
const read = new Set([
  'anonymous-auth',
  'audit-policy-file',
  'advertise-address',
  'bind-address',
  'cluster-init',
  'cni',
  'config',
  'container-runtime-endpoint',
  'control-plane-resource-limits',
  'data-dir',
  'datastore-endpoint',
  'disable',
  'disable-apiserver',
  'disable-cloud-controller',
  'disable-controller-manager',
  'disable-etcd',
  'disable-kube-proxy',
  'disable-network-policy',
  'disable-scheduler',
  'docker',
  'egress-selector-mode',
  'enable-pprof',
  'etcd-arg',
  'etcd-expose-metrics',
  'flannel-backend',
  'https-listen-port',
  'kube-apiserver-arg',
  'kube-cloud-controller-manager-arg',
  'kube-controller-manager-arg',
  'kube-proxy-arg',
  'kube-scheduler-arg',
  'kubelet-arg',
  'node-name',
  'pod-security-admission-config-file',
  'profile',
  'protect-kernel-defaults',
  'rootless',
  'secrets-encryption',
  'secrets-encryption-provider',
  'selinux',
  'server',
  'tls-san-security',
  'write-kubeconfig',
  'write-kubeconfig-group',
  'write-kubeconfig-mode',
]);

/** An empty file has no options. Throws `ConfigError` for what is no map. */
export function rancherSettings(document: unknown): RancherSettings {
  const entries = Object.entries(mapOf(document, 'The file')).map(([key, value]) => ({ name: bounded(key.replace(/\+$/, ''), 'a key'), appends: key.endsWith('+'), value }));
  return {
    options: entries.filter(({ name }) => read.has(name)).map(({ name, appends, value }) => ({ name, values: valuesOf(name, value), appends })),
    others: entries.filter(({ name }) => !read.has(name)).map(({ name }) => name),
  };
}

function valuesOf(name: string, value: unknown): readonly Scalar[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((each) => {
    const scalar = scalarAt(each, name);
    if (typeof scalar !== 'string') return scalar;
    // `kubelet-arg: token=x` has a flag of its own inside.
    const [, flag, inner] = /^(?:--)?([\w-]+)=([\s\S]*)$/.exec(scalar) ?? [];
    if (name.endsWith('-arg') && flag !== undefined && inner !== undefined) return scalar.slice(0, scalar.length - inner.length) + withholdValue(flag, inner);
    return withholdValue(name, scalar);
  });
}
