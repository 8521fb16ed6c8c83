import { asUser, environment, flags, mode, mounted, owned, put, removed, spelt, started, stopped, twin, underscored, valuesApart, withoutFlags, words } from '../changes.js';
import { controlPlane, hardened } from '../bases/kubeadm.js';
import { clusterAuthority, etcdAuthority } from '../authorities.js';
import { variation, type NodeCase } from '../node-case.js';
import { directory, etcdUser, file } from '../node-plan.js';

const manager = 'kube-controller-manager';
const scheduler = 'kube-scheduler';
const pki = '/etc/kubernetes/pki/etcd';
const schedulerFile = '/etc/kubernetes/scheduler-config/config.yaml';
const schedulerConfig = (more: string) => [
  words(scheduler, `--config=${schedulerFile}`), mounted(scheduler, { '/etc/kubernetes/scheduler-config': '/etc/kubernetes/scheduler-config' }),
  put(schedulerFile, file(`apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nclientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}\n${more}`)),
];
const tls = ['cert-file', 'key-file', 'client-cert-auth', 'trusted-ca-file', 'peer-cert-file', 'peer-key-file', 'peer-client-cert-auth', 'peer-trusted-ca-file'];
const etcdYaml = (client: string, peer: string) => [
  words('etcd', '--config-file=/var/lib/etcd/etcd.yaml'),
  put('/var/lib/etcd/etcd.yaml', file(`name: node-1\ndata-dir: /var/lib/etcd\nclient-transport-security: {cert-file: ${pki}/server.crt, key-file: ${pki}/server.key, trusted-ca-file: ${pki}/ca.crt, ${client}}\npeer-transport-security: {cert-file: ${pki}/peer.crt, key-file: ${pki}/peer.key, trusted-ca-file: ${pki}/ca.crt, ${peer}}\n`)),
];
const etcdVariables = {
  ETCD_CERT_FILE: `${pki}/server.crt`, ETCD_KEY_FILE: `${pki}/server.key`, ETCD_CLIENT_CERT_AUTH: 'true', ETCD_TRUSTED_CA_FILE: `${pki}/ca.crt`,
  ETCD_PEER_CERT_FILE: `${pki}/peer.crt`, ETCD_PEER_KEY_FILE: `${pki}/peer.key`, ETCD_PEER_CLIENT_CERT_AUTH: 'true', ETCD_PEER_TRUSTED_CA_FILE: `${pki}/ca.crt`,
};

export const controlPlaneVariations: readonly NodeCase[] = [
  variation(controlPlane, 'addresses left out', 'Neither component has --bind-address.', [withoutFlags(manager, 'bind-address'), withoutFlags(scheduler, 'bind-address')], ['fail', '1.3.7 1.4.2', 'the default is every address']),
  variation(controlPlane, 'loopback of IPv6', '--bind-address=::1.', [flags(manager, 'bind-address=::1'), flags(scheduler, 'bind-address=::1')], ['pass', '1.3.7 1.4.2', '::1 is loopback']),
  variation(controlPlane, 'every address of IPv6', '--bind-address=::.', [flags(manager, 'bind-address=::'), flags(scheduler, 'bind-address=::')], ['fail', '1.3.7 1.4.2', ':: is every address']),
  variation(controlPlane, 'profiling off, as Go reads it', 'False and 0.', [words(manager, '--profiling=False'), words(scheduler, '--profiling=0')], ['pass', '1.3.2 1.4.1', 'both are false']),
  variation(controlPlane, 'a gate off', 'RotateKubeletServerCertificate=False among others.', [words(manager, '--feature-gates=AllAlpha=false,RotateKubeletServerCertificate=False')], ['fail', '1.3.6', 'values of gates are read as Go reads booleans']),
  variation(controlPlane, 'a gate off and on', 'The second occurrence switches it on again.', [words(manager, '--feature-gates=RotateKubeletServerCertificate=false', '--feature-gates=RotateKubeletServerCertificate=true')], ['pass', '1.3.6', 'the last value of a gate wins']),
  variation(controlPlane, 'no collection of pods', 'A threshold of 0.', [words(manager, '--terminated-pod-gc-threshold=0')], ['fail', '1.3.1', '0 switches the collection off']),
  variation(controlPlane, 'a threshold as a word of its own', 'Flag and number apart.', [words(manager, '--terminated-pod-gc-threshold', '500')], ['pass', '1.3.1', 'a number above 0 was chosen']),
  variation(controlPlane, 'a switch without a value', '--use-service-account-credentials alone.', [withoutFlags(manager, 'use-service-account-credentials'), words(manager, '--use-service-account-credentials')], ['pass', '1.3.3', 'a switch without a value is true']),
  variation(controlPlane, 'the manager without its files', 'Neither root CA nor signing key, one credential for all.', [withoutFlags(manager, 'root-ca-file', 'service-account-private-key-file', 'use-service-account-credentials')], ['fail', '1.3.3-5', 'false and unset by default']),
  variation(hardened, 'the manager in underscores', 'Flags of the controller-manager and the scheduler with _.', [underscored(manager), underscored(scheduler), words(scheduler, '--profiling=true', '--profiling=false')],
    ['pass', '1.3.1-7 1.4.1', 'names are normalised, and the last value wins']),
  variation(controlPlane, 'a scheduler with a file', 'The file switches profiling off.', schedulerConfig('enableProfiling: false\n'), ['pass', '1.4.1', 'the file decides']),
  variation(controlPlane, 'a scheduler whose flag is ignored', 'A file that is silent on profiling, and a flag.', [...schedulerConfig(''), words(scheduler, '--profiling=false')], ['fail', '1.4.1', 'with --config the flag counts for nothing, and the file\'s default is true']),
  variation(controlPlane, 'a scheduler with a file out of reach', 'The file is in the image.', [words(scheduler, '--config=/config/scheduler.yaml', '--profiling=false')], ['unknown', '1.4.1 1.1.15-16', 'the file decides, and is not on the node']),

  variation(controlPlane, 'etcd with single dashes', 'Every flag of etcd with one dash.', [spelt('etcd', (word) => word.slice(1))], ['pass', '2.1-7', 'etcd uses Go\'s own flags, for which one dash is as good as two']),
  variation(controlPlane, 'etcd makes its own certificates', 'auto-tls on both sides.', [words('etcd', '--auto-tls', '--peer-auto-tls=t')], ['fail', '2.3 2.6', 'a switch without a value is true, and so is t']),
  variation(controlPlane, 'etcd makes its own, with single dashes', '-auto-tls=true.', [words('etcd', '-auto-tls=true', '-peer-auto-tls=true')], ['fail', '2.3 2.6', 'one dash is as good as two']),
  variation(controlPlane, 'etcd by variables', 'Settings of TLS stand in the environment.', [withoutFlags('etcd', ...tls), environment('etcd', etcdVariables)], ['pass', '2.1-7', 'etcd reads ETCD_ variables for flags that are not given']),
  variation(controlPlane, 'a flag of etcd over a variable', 'The variable asks for certificates, the flag does not.', [flags('etcd', 'client-cert-auth=false'), environment('etcd', { ETCD_CLIENT_CERT_AUTH: 'true' })], ['fail', '2.2', 'a flag shadows its variable']),
  variation(controlPlane, 'etcd switches without a value', 'client-cert-auth alone.', [withoutFlags('etcd', 'client-cert-auth', 'peer-client-cert-auth'), words('etcd', '--client-cert-auth', '--peer-client-cert-auth')], ['pass', '2.2 2.5', 'a switch without a value is true']),
  variation(controlPlane, 'etcd values apart', 'Files as words of their own.', [valuesApart('etcd', 'cert-file', 'key-file', 'trusted-ca-file')], ['pass', '2.1 2.7', 'the next word is the value']),
  variation(controlPlane, 'etcd by a file', 'The file is good; flags are ignored.', [...etcdYaml('client-cert-auth: true', 'client-cert-auth: true'), words('etcd', '--auto-tls=true')], ['pass', '2.1-7', 'with --config-file every flag is ignored']),
  variation(controlPlane, 'etcd by a bad file', 'Flags are good, the file is not.', etcdYaml('client-cert-auth: false, auto-tls: true', 'client-cert-auth: true'), ['fail', '2.2-3', 'the file decides'], ['pass', '2.5-6', 'and its peer side is good']),
  variation(controlPlane, 'etcd by a file out of reach', 'The file is in the image.', [words('etcd', '--config-file=/config/etcd.yaml')], ['unknown', '2.1-7 1.1.11', 'the file decides, and is not on the node'], ['fail', '1.1.12', 'what is at the usual place proves no pass, but it can fail']),
  variation(controlPlane, 'one CA for all, by path', 'etcd trusts the cluster\'s CA.', [flags('etcd', 'trusted-ca-file=/etc/kubernetes/pki/ca.crt'), mounted('etcd', { '/etc/kubernetes/pki': '/etc/kubernetes/pki' })], ['fail', '2.7', 'every client of the cluster could read etcd']),
  variation(controlPlane, 'one CA for all, by content', 'The same certificate at another path.', [put(`${pki}/ca.crt`, file(clusterAuthority, 0o644))], ['fail', '2.7', 'the fingerprints are equal']),
  variation(controlPlane, 'etcd trusts both', 'A bundle of two authorities.', [put(`${pki}/ca.crt`, file(`${etcdAuthority}${clusterAuthority}`, 0o644))], ['fail', '2.7', 'one of them is the cluster\'s']),
  variation(controlPlane, 'two etcds', 'A second one for events asks for no certificate.', [twin('etcd', 'etcd-events', (args) => args.filter((word) => word !== '--client-cert-auth=true'))],
    ['fail', '2.2', 'the worse of two counts'], ['pass', '2.1 2.3-6', 'all else is as good']),
  variation(controlPlane, 'two etcds by variables', 'Settings of both stand in their environments.', [withoutFlags('etcd', ...tls), environment('etcd', etcdVariables), twin('etcd', 'etcd-events', (args) => args)], ['pass', '2.1-7', 'each has its own variables']),
  variation(controlPlane, 'etcd without peers\' certificates', 'A single member that was never asked for them.', [withoutFlags('etcd', 'peer-cert-file', 'peer-key-file', 'peer-client-cert-auth')], ['fail', '2.4-5', 'the peer port is open all the same']),
  variation(controlPlane, 'etcd of the node itself', 'etcd runs as a service, by variables, as its own user.', [
    removed('/etc/kubernetes/manifests/etcd.yaml'), stopped('etcd'), started({ name: 'etcd', program: '/usr/local/bin/etcd', args: [], uid: etcdUser.uid, environment: { ...etcdVariables, ETCD_DATA_DIR: '/srv/etcd' } }), put('/srv/etcd', directory(0o700, etcdUser)), removed('/var/lib/etcd'),
  ], ['not-applicable', '1.1.7-8', 'no manifest starts it'], ['pass', '1.1.11-12 2.1-7', 'its directory is its user\'s, 0700; variables say the rest']),
  variation(controlPlane, 'external etcd', 'The store runs on other machines.', [stopped('etcd'), removed('/etc/kubernetes/manifests/etcd.yaml', '/var/lib/etcd'), flags('kube-apiserver', 'etcd-servers=https://10.0.0.50:2379')],
    ['not-applicable', '1.1.7-8 1.1.11-12', 'no etcd is on the node'], ['unknown', '2.1-7', 'it is somewhere, and nobody looked']),
  variation(controlPlane, 'etcd\'s directory open', '0755.', [mode('/var/lib/etcd', 0o755)], ['fail', '1.1.11', 'wider than 0700']),
  variation(controlPlane, 'etcd\'s directory elsewhere', 'The flag names another one.', [flags('etcd', 'data-dir=/data/etcd'), mounted('etcd', { '/data/etcd': '/srv/data/etcd' }), put('/srv/data/etcd', directory(0o750)), removed('/var/lib/etcd')], ['fail', '1.1.11-12', 'the directory that it uses is wider than 0700, and root\'s']),
  variation(controlPlane, 'etcd as a user of its own', 'Its directory is etcd:etcd.', [asUser('etcd', etcdUser.uid), owned('/var/lib/etcd', etcdUser)], ['pass', '1.1.12', 'etcd:etcd']),
  variation(controlPlane, 'etcd as a user without a name', 'kubeadm\'s rootless control plane: a number.', [asUser('etcd', 2001), owned('/var/lib/etcd', { uid: 2001, gid: 2001 })], ['pass', '1.1.12', 'the account that etcd runs as, and not root']),
  variation(controlPlane, 'etcd\'s directory somebody else\'s', 'etcd runs as root, its directory is a person\'s.', [owned('/var/lib/etcd', { uid: 1000, gid: 1000 })], ['fail', '1.1.12', 'neither etcd:etcd nor the account that etcd runs as']),
];
