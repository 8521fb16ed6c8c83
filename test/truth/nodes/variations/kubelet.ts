import { appended, atVersion, called, environment, flags, mode, put, removed, replaced, rewritten, stopped, withoutFlags, words, wordsFirst } from '../changes.js';
import { kubeletConfig, controlPlane, strongSuites, worker } from '../bases/kubeadm.js';
import { variation, type NodeCase } from '../node-case.js';
import { file, link } from '../node-plan.js';

const header = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
const drops = '/etc/kubernetes/kubelet.conf.d';
const dropIns = (...contents: readonly string[]) => [words('kubelet', `--config-dir=${drops}`), ...contents.map((content, at) => put(`${drops}/${at + 1}0-own.conf`, file(`${header}${content}`)))];
const says = (content: string) => put(kubeletConfig, file(`${header}${content}`, 0o644));
/** What the file alone decides. */
const ofTheFile = '4.2.1-6 4.2.8-14';
const pki = 'authentication: {x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}\n';

export const kubeletVariations: readonly NodeCase[] = [
  variation(worker, 'a file that relies on its defaults', 'Neither authentication nor authorization is named.', [says(`${pki}rotateCertificates: true\n`)], ['pass', '4.2.1-4', 'of a file the defaults are no anonymous requests, Webhook, port 0']),
  variation(worker, 'no file at all', 'A kubelet without --config.', [withoutFlags('kubelet', 'config'), removed(kubeletConfig)],
    ['fail', '4.2.1-4 4.2.10', 'without a file: anonymous requests, AlwaysAllow, no CA, port 10255, no rotation'], ['not-applicable', '4.1.7-10', 'no CA and no file']),
  variation(worker, 'no file, all by flags', 'Every setting is a flag.', [withoutFlags('kubelet', 'config'), removed(kubeletConfig), words('kubelet', '--anonymous-auth=false', '--authorization-mode=Webhook', '--client-ca-file=/etc/kubernetes/pki/ca.crt', '--read-only-port=0', '--rotate-certificates', '--event-qps=0', '--pod-max-pids', '4096', '--seccomp-default', `--tls-cipher-suites=${strongSuites}`, '--rotate-server-certificates=true')],
    ['pass', '4.2.1-14', 'flags say it all'], ['not-applicable', '4.1.9-10', 'there is no file']),
  variation(worker, 'flags over the file', 'The file is good, flags are not.', [words('kubelet', '--anonymous-auth', '--authorization-mode=AlwaysAllow', '--read-only-port=10255')], ['fail', '4.2.1-2 4.2.4', 'a flag is stronger than the file, and alone it is true']),
  variation(worker, 'good flags over a bad file', 'The file is bad, flags are not.', [replaced(kubeletConfig, 'enabled: false', 'enabled: true'), appended(kubeletConfig, 'readOnlyPort: 10255\n'), words('kubelet', '--anonymous-auth=0', '--read-only-port=0')], ['pass', '4.2.1 4.2.4', 'a flag is stronger than the file']),
  variation(worker, 'a kubelet by another name', 'hyperkube kubelet.', [called('kubelet', '/usr/bin/hyperkube'), wordsFirst('kubelet', 'kubelet')], ['pass', '4.2.1-4 4.2.10', 'it is the same program'], ['fail', '4.2.13-14', 'with the same file']),
  variation(worker, 'flags in underscores', 'As components take them.', [words('kubelet', '--anonymous_auth=true', '--read_only_port=10255', '--hostname_override=other')], ['fail', '4.2.1 4.2.4 4.2.7', 'names are normalised']),
  variation(worker, 'a flag given twice', 'The last one is good.', [words('kubelet', '--anonymous-auth=true', '--anonymous-auth=false')], ['pass', '4.2.1', 'the last occurrence wins']),
  variation(worker, 'a file in JSON', 'The same as JSON.', [says(''), put(kubeletConfig, file(JSON.stringify({ kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1', authentication: { anonymous: { enabled: false }, x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } }, authorization: { mode: 'Webhook' }, rotateCertificates: true }), 0o644))], ['pass', '4.2.1-4 4.2.10', 'JSON is read as YAML is']),
  variation(worker, 'whatever the file can say wrong', 'Each setting of the file is bad.', [says('authentication: {anonymous: {enabled: true}}\nauthorization: {mode: AlwaysAllow}\nreadOnlyPort: 10255\nmakeIPTablesUtilChains: false\nrotateCertificates: false\nfeatureGates: {RotateKubeletServerCertificate: false}\npodPidsLimit: -1\nseccompDefault: false\n')],
    ['fail', '4.2.1-4 4.2.6 4.2.9-14', 'as written'], ['not-applicable', '4.1.7-8', 'no CA is named']),
  variation(worker, 'a limit of -1', 'podPidsLimit is there, and no limit.', [appended(kubeletConfig, 'podPidsLimit: -1\nseccompDefault: false\n')], ['fail', '4.2.13-14', '-1 is no limit, and false is false']),
  variation(worker, 'a limit and a profile', 'podPidsLimit and seccompDefault are set.', [appended(kubeletConfig, 'podPidsLimit: 1024\nseccompDefault: true\n')], ['pass', '4.2.13-14', 'as asked']),
  variation(worker, 'a timeout of 0 in the file', 'kubeadm writes 0s.', [], ['pass', '4.2.5', 'zero in the file counts as left out, which is 4 h']),
  variation(worker, 'a timeout of 0 by flag', '--streaming-connection-idle-timeout=0.', [words('kubelet', '--streaming-connection-idle-timeout=0')], ['fail', '4.2.5', 'after a flag there are no defaults: streams stay open for ever']),
  variation(worker, 'a timeout of 0s by flag', '--streaming-connection-idle-timeout=0s.', [words('kubelet', '--streaming-connection-idle-timeout=0s')], ['fail', '4.2.5', '0s is 0']),
  variation(worker, 'events without a limit', 'eventRecordQPS 0.', [appended(kubeletConfig, 'eventRecordQPS: 0\n')], ['pass', '4.2.8', '0 has no limit, so none is lost']),
  variation(worker, 'few events', 'eventRecordQPS 5.', [appended(kubeletConfig, 'eventRecordQPS: 5\n')], ['manual', '4.2.8', 'whether 5 are enough a person must say']),
  variation(worker, 'a name of its own', '--hostname-override.', [flags('kubelet', 'hostname-override=worker-1.example')], ['fail', '4.2.7', 'the flag is set']),
  variation(worker, 'no managed certificate', 'No rotation: the key is left out.', [replaced(kubeletConfig, 'rotateCertificates: true\n', '')], ['fail', '4.2.10', 'the default is false']),
  variation(worker, 'rotation by a bare flag', '--rotate-certificates.', [replaced(kubeletConfig, 'rotateCertificates: true\n', ''), words('kubelet', '--rotate-certificates')], ['pass', '4.2.10', 'alone it is true']),
  variation(worker, 'a certificate of the cluster', 'serverTLSBootstrap.', [appended(kubeletConfig, 'serverTLSBootstrap: true\n')], ['pass', '4.2.9', 'the cluster\'s CA signs it']),
  variation(worker, 'a certificate of its own choice', 'tlsCertFile and tlsPrivateKeyFile.', [appended(kubeletConfig, 'tlsCertFile: /etc/kube/kubelet.crt\ntlsPrivateKeyFile: /etc/kube/kubelet.key\n')], ['pass', '4.2.9', 'somebody gave it a certificate']),
  variation(worker, 'its self-signed certificate by name', 'tlsCertFile is where the kubelet itself writes.', [appended(kubeletConfig, 'tlsCertFile: /var/lib/kubelet/pki/kubelet.crt\ntlsPrivateKeyFile: /var/lib/kubelet/pki/kubelet.key\n')], ['fail', '4.2.9', 'that is the certificate that it signs for itself']),
  variation(worker, 'a gate off by flag', 'RotateKubeletServerCertificate.', [words('kubelet', '--feature-gates=RotateKubeletServerCertificate=false')], ['fail', '4.2.11', 'the gate is off']),
  variation(worker, 'strong suites', 'By their names of IANA.', [appended(kubeletConfig, `tlsCipherSuites: [${strongSuites}]\n`)], ['pass', '4.2.12', 'all are strong']),
  variation(worker, 'TLS 1.3 alone', 'tlsMinVersion.', [appended(kubeletConfig, 'tlsMinVersion: VersionTLS13\n')], ['pass', '4.2.12', 'its suites cannot be chosen, and all are strong']),
  variation(worker, 'a suite without forward secrecy', 'RSA key exchange.', [appended(kubeletConfig, 'tlsCipherSuites: [TLS_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n')], ['fail', '4.2.12', 'one of them is not in 1.12\'s list']),

  variation(worker, 'a drop-in over the file, 1.33', 'It lets anybody in and switches rotation off.', dropIns('authentication: {anonymous: {enabled: true}}\nrotateCertificates: false\n'), ['fail', '4.2.1 4.2.10', 'from 1.32 on drop-ins are a merge patch: false counts']),
  variation(worker, 'a drop-in over the file, 1.30', 'The same before merge patches.', [atVersion('v1.30.8'), ...dropIns('authentication: {anonymous: {enabled: true}}\nrotateCertificates: false\n')], ['fail', '4.2.1 4.2.10', 'from 1.29 to 1.31 keys that a drop-in has are laid over: false counts']),
  variation(worker, 'a drop-in over the file, 1.28', 'The same in the first version.', [atVersion('v1.28.12'), environment('kubelet', { KUBELET_CONFIG_DROPIN_DIR_ALPHA: '1' }), ...dropIns('authentication: {anonymous: {enabled: true}}\nrotateCertificates: false\n')], ['fail', '4.2.1', 'true counts'], ['pass', '4.2.10', 'in 1.28 what is zero in a drop-in changes nothing']),
  variation(worker, 'drop-ins in order', 'The second takes back what the first said.', dropIns('readOnlyPort: 10255\npodPidsLimit: 100\n', 'readOnlyPort: 0\nseccompDefault: true\n'), ['pass', '4.2.4 4.2.13-14', 'in the order of their names; what the second leaves out stays']),
  variation(worker, 'a drop-in with another ending', 'The kubelet reads .conf alone.', [words('kubelet', `--config-dir=${drops}`), put(`${drops}/10-own.yaml`, file(`${header}readOnlyPort: 10255\n`))], ['pass', '4.2.4', 'what does not end in .conf is not read']),
  variation(worker, 'drop-ins and flags', 'A flag over a drop-in.', [...dropIns('readOnlyPort: 10255\n'), words('kubelet', '--read-only-port=0')], ['pass', '4.2.4', 'flags are stronger than drop-ins']),
  variation(worker, 'a drop-in that nobody can read', 'It is no YAML.', [words('kubelet', `--config-dir=${drops}`), put(`${drops}/10-own.conf`, file('a: [\n'))], ['unknown', ofTheFile, 'what it changes is not known'], ['unknown', '4.1.7-8', 'nor which CA it names']),
  variation(worker, 'null in a drop-in, 1.33', 'It takes a key out again.', dropIns('rotateCertificates: null\nauthorization: null\n'), ['fail', '4.2.10', 'null takes the key out, and the default is false'], ['pass', '4.2.2', 'the default is Webhook']),

  variation(worker, 'a file that never ends', '50 MB.', [put(kubeletConfig, file(new Uint8Array(50 * 1024 * 1024).fill(0x20), 0o644))], ['unknown', `${ofTheFile} 4.1.7-8`, 'so much is not read, and what it says is not known']),
  variation(worker, 'a key twice', 'readOnlyPort stands there twice, with two values.', [appended(kubeletConfig, 'readOnlyPort: 0\nreadOnlyPort: 10255\n')], ['unknown', `${ofTheFile} 4.1.7-8`, 'nobody should guess']),
  variation(worker, 'a NUL in the file', 'It is no text.', [appended(kubeletConfig, 'readOnlyPort: 0\0\n')], ['unknown', `${ofTheFile} 4.1.7-8`, 'it cannot be read']),
  variation(worker, 'a version that nobody knows', 'kubelet.config.k8s.io/v9.', [rewritten(kubeletConfig, (text) => text.replace('v1beta1', 'v9'))], ['unknown', `${ofTheFile} 4.1.7-8`, 'what its keys mean is not known']),
  variation(worker, 'a pipe for a file', 'A FIFO in its place.', [put(kubeletConfig, { kind: 'fifo', uid: 0, gid: 0 })], ['unknown', `${ofTheFile} 4.1.7-8`, 'what is no file is never opened']),
  variation(worker, 'a file that is not there', 'The kubelet names a file that is gone.', [removed(kubeletConfig)], ['unknown', `${ofTheFile} 4.1.7-8`, 'it runs with what it read before'], ['not-applicable', '4.1.9-10', 'there is no file']),
  variation(worker, 'a link to itself for a file', 'The configuration goes round in circles.', [put(kubeletConfig, link('config.yaml'))], ['unknown', `${ofTheFile} 4.1.7-10`, 'nobody can say what it is']),
  variation(worker, 'no kubelet that runs', 'The node is there, its kubelet is not.', [stopped('kubelet')], ['unknown', '4.2.1-14 4.1.5-8 4.1.10', 'with what it would be started nobody can say, nor with which files'], ['fail', '4.1.9', 'what is at the usual place proves no pass, but it can fail']),
  variation(controlPlane, 'a container\'s processes', 'The collector was given the /proc of a container.', [put('/proc/1/comm', file('pause\n')), stopped('kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd', 'kubelet', 'kube-proxy')],
    ['unknown', '1.1.11 1.1.15-18 1.2.1-30 1.3.1-7 1.4.1-2 2.1-7 3.1.3 3.2.1-2 4.1.3-8 4.1.10 4.2.1-14 4.3.1', 'what runs was not seen, which is not the same as nothing runs; which files it would name neither'], ['unknown', '1.1.12', 'nor which account'], ['fail', '4.1.9', 'what is at the usual place proves no pass, but it can fail']),
  variation(controlPlane, 'half of it done', 'Flags, a file and drop-ins each have a part, and some of it is undone elsewhere.', [
    flags('kube-apiserver', 'profiling=false', 'anonymous-auth=false'), words('kube-scheduler', '--profiling=f'), mode('/etc/kubernetes/admin.conf', 0o644), mode('/etc/cni/net.d/10-flannel.conflist', 0o600),
    appended(kubeletConfig, 'podPidsLimit: 4096\nseccompDefault: true\n'), ...dropIns('serverTLSBootstrap: true\npodPidsLimit: -1\n', 'tlsMinVersion: VersionTLS13\n'), words('kubelet', '--seccomp-default=false', '--rotate-certificates=0'),
  ], ['pass', '1.1.9 1.2.1 1.2.15 1.4.1 4.2.9 4.2.12', 'each where it counts'], ['pass', '4.2.14', 'of this one the flag and the file are joined by or: what the file switches on no flag switches off'], ['fail', '1.1.13 1.3.2 4.2.10 4.2.13', 'flags over drop-ins over the file; the manager was forgotten']),
  variation(worker, 'a good file, 0600', 'Only its mode was put right.', [mode(kubeletConfig, 0o600)], ['pass', '4.1.9', '0600']),
];
