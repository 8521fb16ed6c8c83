import type { PathTable } from './path-ref.js';

const master = 'https://github.com/aquasecurity/kube-bench/blob/main/cfg/rh-1.8/master.yaml';
const node = 'https://github.com/aquasecurity/kube-bench/blob/main/cfg/rh-1.8/node.yaml';
const staticPods = '/etc/kubernetes/static-pod-resources';
const manifest = (name: string) => ({ places: [{ at: `/etc/kubernetes/manifests/${name}-pod.yaml` }], source: 'https://github.com/openshift/library-go/tree/master/pkg/operator/staticpod' });

/** Paths on the node. Flags name them as they are within the pods, so that no process tells where they are here. */
export const openshiftPaths = {
  'api-server-manifest': manifest('kube-apiserver'),
  'controller-manager-manifest': manifest('kube-controller-manager'),
  'scheduler-manifest': manifest('kube-scheduler'),
  'etcd-manifest': manifest('etcd'),
  'admin-kubeconfigs': { places: [{ at: '/etc/kubernetes/kubeconfig' }], source: master },
  'scheduler-kubeconfig': { places: [{ below: staticPods, named: 'kubeconfig', within: 'scheduler-kubeconfig' }], source: master },
  'controller-manager-kubeconfig': { places: [{ below: staticPods, named: 'kubeconfig', within: 'controller-manager-kubeconfig' }], source: master },
  pki: { places: [{ below: staticPods, directories: true }], source: master },
  'pki-certificates': { places: [{ below: staticPods, named: '*.crt' }], source: master },
  'pki-keys': { places: [{ below: staticPods, named: '*.key' }], source: master },
  'cni-config': { places: [{ below: '/etc/cni/net.d' }, { below: '/run/multus/cni/net.d' }], source: master },
  'etcd-data': { places: [{ at: '/var/lib/etcd/member' }], source: master },
  'api-server-client-ca': { places: [{ below: staticPods, named: 'ca-bundle.crt', within: 'client-ca' }], source: 'https://github.com/openshift/cluster-kube-apiserver-operator/tree/master/bindata/assets' },
  'etcd-client-ca': { places: [{ below: staticPods, named: 'ca-bundle.crt', within: 'etcd-serving-ca' }], source: 'https://github.com/openshift/cluster-etcd-operator/blob/master/bindata/etcd/pod.yaml' },
  'kubelet-unit': { places: [{ at: '/etc/systemd/system/kubelet.service' }], source: node },
  'kubelet-kubeconfig': { places: [{ at: '/var/lib/kubelet/kubeconfig' }], named: { component: 'kubelet', flag: 'kubeconfig' }, source: 'https://github.com/openshift/machine-config-operator/blob/main/templates/master/01-master-kubelet/_base/units/kubelet.service.yaml' },
  'kubelet-client-ca': { places: [{ at: '/etc/kubernetes/kubelet-ca.crt' }], named: { component: 'kubelet', path: ['authentication', 'x509', 'clientCAFile'] }, source: node },
  'kubelet-config': { places: [{ at: '/etc/kubernetes/kubelet.conf' }], named: { component: 'kubelet', flag: 'config' }, source: node },
  'kubelet-live-config': { places: [{ at: '/var/data/kubelet/config.json' }, { at: '/var/lib/kubelet/config.json' }], source: node },
  // In a ConfigMap that a pod mounts; with OVN-Kubernetes there is no kube-proxy at all.
  'proxy-kubeconfig': { absent: 'OVN-Kubernetes needs no kube-proxy, and OpenShift SDN had its file in a ConfigMap', source: node },
} as const satisfies PathTable;
