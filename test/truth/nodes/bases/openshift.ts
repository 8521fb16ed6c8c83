import { clusterAuthority, etcdAuthority } from '../authorities.js';
import type { Base } from '../node-case.js';
import { directory, file, manifest, type NodePlan, type Running } from '../node-plan.js';
import { outcomes } from '../outcomes.js';
import { kubeconfig, strongSuites } from './kubeadm.js';

const staticPods = '/etc/kubernetes/static-pod-resources';
export const openshiftKubelet = '/etc/kubernetes/kubelet.conf';
const certs = '/etc/kubernetes/static-pod-certs';
const etcdCerts = `${staticPods}/etcd-certs`;

const etcd: Running = {
  name: 'etcd', program: 'etcd', container: { mounts: { [certs]: etcdCerts, '/var/lib/etcd': '/var/lib/etcd' } },
  args: [
    '--logger=zap', `--cert-file=${certs}/secrets/etcd-all-certs/etcd-serving-master-0.crt`, `--key-file=${certs}/secrets/etcd-all-certs/etcd-serving-master-0.key`, `--trusted-ca-file=${certs}/configmaps/etcd-serving-ca/ca-bundle.crt`, '--client-cert-auth=true',
    `--peer-cert-file=${certs}/secrets/etcd-all-certs/etcd-peer-master-0.crt`, `--peer-key-file=${certs}/secrets/etcd-all-certs/etcd-peer-master-0.key`, '--peer-client-cert-auth=true', '--data-dir=/var/lib/etcd',
  ],
};

const kubelet: Running = { name: 'kubelet', program: '/usr/bin/kubelet', args: [`--config=${openshiftKubelet}`, '--bootstrap-kubeconfig=/etc/kubernetes/kubeconfig', '--kubeconfig=/var/lib/kubelet/kubeconfig', '--container-runtime-endpoint=/var/run/crio/crio.sock', '--hostname-override='] };

const ofEveryNode = {
  '/etc/machine-config-daemon/currentconfig': file('{}'),
  '/etc/systemd/system/kubelet.service': file(`[Service]\nExecStart=/usr/bin/kubelet --config=${openshiftKubelet} --kubeconfig=/var/lib/kubelet/kubeconfig\n`, 0o644),
  '/etc/kubernetes/kubeconfig': file(kubeconfig('bootstrap')),
  '/etc/kubernetes/kubelet-ca.crt': file(clusterAuthority, 0o644),
  [openshiftKubelet]: file(`kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
authentication: {x509: {clientCAFile: /etc/kubernetes/kubelet-ca.crt}, anonymous: {enabled: false}}
evictionHard: {memory.available: 500Mi, nodefs.available: 10%, nodefs.inodesFree: 5%, imagefs.available: 15%}
imageGCHighThresholdPercent: 85
imageGCLowThresholdPercent: 80
kubeAPIQPS: 50
rotateCertificates: true
serverTLSBootstrap: true
featureGates: {RotateKubeletServerCertificate: true}
tlsMinVersion: VersionTLS12
tlsCipherSuites: [${strongSuites}]
`, 0o644),
  '/var/lib/kubelet/kubeconfig': file(kubeconfig('kubelet')),
  '/var/lib/kubelet/config.json': file('{}'),
  '/run/multus/cni/net.d/10-ovn-kubernetes.conf': file('{"cniVersion":"0.4.0","name":"ovn-kubernetes","type":"ovn-k8s-cni-overlay"}'),
};

const masterPlan: NodePlan = {
  platform: 'openshift', version: 'v1.30.7', benchmark: 'rh-1.8', role: 'control-plane', processes: [etcd, kubelet],
  entries: {
    ...ofEveryNode,
    ...Object.fromEntries(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => [`/etc/kubernetes/manifests/${name}-pod.yaml`, manifest(name)])),
    [`${staticPods}/kube-scheduler-pod-7/configmaps/scheduler-kubeconfig/kubeconfig`]: file(kubeconfig('scheduler')),
    [`${staticPods}/kube-controller-manager-pod-7/configmaps/controller-manager-kubeconfig/kubeconfig`]: file(kubeconfig('controller-manager')),
    [`${staticPods}/kube-apiserver-certs/configmaps/client-ca/ca-bundle.crt`]: file(clusterAuthority),
    [`${staticPods}/kube-apiserver-certs/secrets/aggregator-client/tls.crt`]: file(clusterAuthority),
    [`${staticPods}/kube-apiserver-certs/secrets/aggregator-client/tls.key`]: file('key'),
    [`${etcdCerts}/configmaps/etcd-serving-ca/ca-bundle.crt`]: file(etcdAuthority),
    ...Object.fromEntries(['serving', 'peer'].flatMap((name) => [[`${etcdCerts}/secrets/etcd-all-certs/etcd-${name}-master-0.crt`, file(etcdAuthority)], [`${etcdCerts}/secrets/etcd-all-certs/etcd-${name}-master-0.key`, file('key')]])),
    '/var/lib/etcd': directory(0o700),
    '/var/lib/etcd/member': directory(0o700),
  },
};

/** Operators tell these by objects, which are the API's; versions alone end three of them. */
const cluster = {
  unknown: '1.2.1-6 1.2.8 1.2.10-13 1.2.16 1.2.18-31 1.3.2-4 3.1.1 3.2.1-2 4.2.9 5.1.1-6 5.2.1-9 5.3.1-2 5.4.1-2 5.5.1 5.7.2-4',
  manual: '1.2.9 1.2.17 1.3.1 1.4.1-2 5.2.10 5.7.1', gone: '1.2.7 1.2.14-15',
} as const;
const ofNode = '4.1.1-2 4.1.5-10 4.2.1-8 4.2.10-11 4.2.13';

export const openshiftMaster: Base = {
  name: 'OpenShift master', about: 'A master of OpenShift 4.17: operators\' static pods, etcd by flags, the kubelet by one file.', plan: masterPlan,
  expected: outcomes({ pass: `1.1.1-21 2.1-7 ${ofNode}`, 'not-applicable': `4.1.3-4 ${cluster.gone}`, unknown: cluster.unknown, manual: cluster.manual }),
};

export const openshiftWorker: Base = {
  name: 'OpenShift worker', about: 'A worker of OpenShift 4.17.', plan: { ...masterPlan, role: 'worker', processes: [kubelet], entries: ofEveryNode },
  expected: outcomes({ pass: ofNode, 'not-applicable': `1.1.1-21 4.1.3-4 ${cluster.gone}`, unknown: `${cluster.unknown} 2.1-7`, manual: cluster.manual }),
};
