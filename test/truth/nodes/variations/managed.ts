import { flags, mode, moved, owned, put, rewritten, withoutFlags, words } from '../changes.js';
import { aksNode, bottlerocketConfig, bottlerocketNode, eksConfig, eksDropIn, eksNode, gkeNode } from '../bases/managed.js';
import { openshiftKubelet, openshiftMaster, openshiftWorker } from '../bases/openshift.js';
import { variation, type NodeCase } from '../node-case.js';
import { file } from '../node-plan.js';

const header = { kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1' };
const kubeconfig = '/var/lib/kubelet/kubeconfig';
const eksSays = (more: object) => rewritten(eksConfig, (text) => JSON.stringify({ ...(JSON.parse(text) as object), ...more }));
const master = 'kube-apiserver-pod.yaml';

export const managedVariations: readonly NodeCase[] = [
  variation(eksNode, 'a drop-in that opens the port', 'readOnlyPort in config.json.d.', [put(`${eksConfig}.d/50-own.conf`, file(JSON.stringify({ ...header, readOnlyPort: 10_255 }), 0o644))], ['fail', '3.2.4', 'drop-ins are stronger than the file']),
  variation(eksNode, 'a drop-in that lets anybody in', 'The file is good.', [put(`${eksConfig}.d/50-own.conf`, file(JSON.stringify({ ...header, authentication: { anonymous: { enabled: true } }, authorization: { mode: 'AlwaysAllow' } }), 0o644))], ['fail', '3.2.1-2', 'drop-ins are stronger than the file']),
  variation(eksNode, 'a drop-in that all may write', '0666.', [mode(eksDropIn, 0o666)], ['fail', '3.1.3', 'who may write it may say anything']),
  variation(eksNode, 'a drop-in of a person', 'deploy owns it.', [owned(eksDropIn, { uid: 1000, gid: 1000 })], ['fail', '3.1.4', 'not root']),
  variation(eksNode, 'files that all may write', '0666.', [mode(kubeconfig, 0o666), mode(eksConfig, 0o666)], ['fail', '3.1.1 3.1.3', 'wider than 0644']),
  variation(eksNode, 'files narrower than asked', '0600.', [mode(kubeconfig, 0o600), mode(eksConfig, 0o600)], ['pass', '3.1.1 3.1.3', 'no bit beyond 0644']),
  variation(eksNode, 'Amazon Linux 2', 'The older name of the file, its values by flags too.', [moved(eksConfig, '/etc/kubernetes/kubelet/kubelet-config.json'), flags('kubelet', 'config=/etc/kubernetes/kubelet/kubelet-config.json'), withoutFlags('kubelet', 'config-dir')], ['pass', '3.1.3-4 3.2.1-9', 'the file that it uses counts']),
  variation(eksNode, 'a gate off', 'RotateKubeletServerCertificate.', [eksSays({ featureGates: { RotateKubeletServerCertificate: false } })], ['fail', '3.2.9', 'the gate is off']),
  variation(eksNode, 'nothing that rotates', 'Neither its client\'s nor its server\'s certificate.', [eksSays({ serverTLSBootstrap: false })], ['fail', '3.2.8', 'both are false']),
  variation(eksNode, 'chains left alone', 'makeIPTablesUtilChains: false.', [eksSays({ makeIPTablesUtilChains: false })], ['fail', '3.2.6', 'false']),
  variation(eksNode, 'events without a limit', 'eventRecordQPS 0.', [eksSays({ eventRecordQPS: 0 })], ['pass', '3.2.7', '0 has no limit']),
  variation(bottlerocketNode, 'an open port', 'readOnlyPort.', [rewritten(bottlerocketConfig, (text) => text.replace('readOnlyPort: 0', 'readOnlyPort: 10255'))], ['fail', '3.2.4', 'the port is open']),
  variation(bottlerocketNode, 'a client CA that is missing', 'The file names none.', [rewritten(bottlerocketConfig, (text) => text.replace(', x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}', ''))], ['fail', '3.2.3', 'none by default']),
  variation(aksNode, 'anybody may ask', '--anonymous-auth=true.', [flags('kubelet', 'anonymous-auth=true')], ['fail', '3.2.1', 'true']),
  variation(aksNode, 'anonymous off, and everything allowed', '--authorization-mode=AlwaysAllow.', [flags('kubelet', 'authorization-mode=AlwaysAllow')], ['fail', '3.2.2', 'its own flag counts, not another one'], ['pass', '3.2.1', 'false']),
  variation(aksNode, 'defaults of flags', 'Flags on the port, on authorization and on who may ask are left out.', [withoutFlags('kubelet', 'read-only-port', 'authorization-mode', 'anonymous-auth')], ['fail', '3.2.1-2 3.2.4', 'without a file the defaults are 10255, AlwaysAllow and true']),
  variation(aksNode, 'no word of rotation', 'Neither flag.', [withoutFlags('kubelet', 'rotate-certificates')], ['fail', '3.2.8', 'false by default']),
  variation(aksNode, 'some events', '--event-qps=5.', [flags('kubelet', 'event-qps=5')], ['pass', '3.2.7', 'the profile asks for no number']),
  variation(aksNode, 'credentials that all may write', 'azure.json of 0666, and a person\'s.', [mode('/etc/kubernetes/azure.json', 0o666), owned('/etc/kubernetes/azure.json', { uid: 1000, gid: 0 })], ['fail', '3.1.3-4', 'wider than 0644; not root']),
  variation(gkeNode, 'the kubelet\'s file open, kube-proxy\'s not', 'Kubelet\'s kubeconfig is 0666 and a person\'s.', [mode(kubeconfig, 0o666), owned(kubeconfig, { uid: 1000, gid: 0 })], ['fail', '3.1.1-2', 'the kubelet\'s kubeconfig is what is asked for']),
  variation(gkeNode, 'kube-proxy\'s file open, the kubelet\'s not', 'kube-proxy\'s kubeconfig is 0666.', [mode('/var/lib/kube-proxy/kubeconfig', 0o666)], ['pass', '3.1.1-2', 'it is not what is asked for']),
  variation(gkeNode, 'a configuration that all may write', '0666.', [mode('/home/kubernetes/kubelet-config.yaml', 0o666)], ['fail', '3.1.3', 'wider than 0644']),

  variation(openshiftMaster, 'a manifest that was opened', '0644.', [mode(`/etc/kubernetes/manifests/${master}`, 0o644), owned('/etc/kubernetes/manifests/etcd-pod.yaml', { uid: 1000, gid: 1000 })], ['fail', '1.1.1 1.1.8', 'wider than 0600; not root']),
  variation(openshiftMaster, 'etcd without certificates of clients', 'Both sides.', [flags('etcd', 'client-cert-auth=false', 'peer-client-cert-auth=false'), words('etcd', '--auto-tls=true')], ['fail', '2.2-3 2.5', 'as the flags say']),
  variation(openshiftMaster, 'etcd\'s directory a person\'s', 'The guide wants it to be root\'s.', [owned('/var/lib/etcd/member', { uid: 998, gid: 997 })], ['fail', '1.1.12', 'root:root is asked for here']),
  variation(openshiftWorker, 'a kubelet with its port open', 'readOnlyPort in kubelet.conf.', [rewritten(openshiftKubelet, (text) => `${text}readOnlyPort: 10255\n`)], ['fail', '4.2.5', 'the port is open']),
  variation(openshiftWorker, 'no certificates of the cluster', 'Neither rotates.', [rewritten(openshiftKubelet, (text) => text.replace('rotateCertificates: true\nserverTLSBootstrap: true\n', ''))], ['fail', '4.2.10-11', 'false by default']),
  variation(openshiftWorker, 'files that are open', 'kubelet.conf and the unit of 0666.', [mode(openshiftKubelet, 0o666), mode('/etc/systemd/system/kubelet.service', 0o666)], ['fail', '4.1.1 4.1.5', 'wider than 0644']),
];
