import { atVersion, flags, mounted, onlyMounted, put, startedFirst, twin, underscored, valuesApart, withoutFlags, words, wordsFirst } from '../changes.js';
import { auditPolicy, controlPlane, encryption, encryptionFile, hardened, secretbox, strongSuites } from '../bases/kubeadm.js';
import { encryptionJson } from '../bases/rke2.js';
import { variation, type Expectation, type NodeCase } from '../node-case.js';
import { file } from '../node-plan.js';

const api = 'kube-apiserver';
const authz = '/etc/kubernetes/authz/config.yaml';
const authorizers = (...types: readonly string[]) => [
  withoutFlags(api, 'authorization-mode'), words(api, `--authorization-config=${authz}`), mounted(api, { '/etc/kubernetes/authz': '/etc/kubernetes/authz' }),
  put(authz, file(`apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n${types.map((type) => `- {type: ${type}, name: ${type.toLowerCase()}}\n`).join('')}`)),
];

const authn = '/etc/kubernetes/authn/config.yaml';
const authentication = (more: string) => [
  words(api, `--authentication-config=${authn}`), mounted(api, { '/etc/kubernetes/authn': '/etc/kubernetes/authn' }), put(authn, file(`apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n${more}`)),
];

const log = '--audit-log-path=/var/log/audit.log';
const encrypted = (content: string) => put(encryptionFile, file(content));
const policy = (rules: string) => put(auditPolicy, file(`apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${rules}`));

/** Nothing any more is to be asked of versions so late. */
const streams: Expectation = ['not-applicable', '4.2.5', 'from 1.34 on the kubelet leaves streams to the runtime'];
const late: readonly Expectation[] = [streams, ['not-applicable', '1.2.11', 'kubelets from 1.35 on check by themselves who may use an image that is there']];

export const apiServerVariations: readonly NodeCase[] = [
  variation(controlPlane, 'booleans as Go reads them', 'Switches given as f, F and 0.', [flags(api, 'anonymous-auth=F', 'profiling=f', 'service-account-extend-token-expiration=0')],
    ['pass', '1.2.1 1.2.15 1.2.30', 'strconv.ParseBool takes f, F and 0 for false']),
  variation(controlPlane, 'true as Go reads it', 'Switches given as T and 1.', [flags(api, 'service-account-lookup=T', 'anonymous-auth=1')],
    ['pass', '1.2.21', 'T is true'], ['fail', '1.2.1', '1 is true']),
  variation(controlPlane, 'token lookup off', 'A token outlives its account.', [flags(api, 'service-account-lookup=0')], ['fail', '1.2.21', '0 is false, and true is only the default']),
  variation(hardened, 'values that are words of their own', 'Flags and their values as two words.', [valuesApart(api, 'audit-log-maxage', 'audit-log-maxbackup', 'audit-log-maxsize', 'audit-log-path', 'tls-cipher-suites', 'encryption-provider-config')],
    ['pass', '1.2.16-19 1.2.27-29', 'pflag takes the next word for the value of what is no switch']),
  variation(hardened, 'underscores', 'Every flag with _ for -.', [underscored(api)],
    ['pass', '1.2.1 1.2.15-19 1.2.27-30', 'components normalise _ to - in names of flags (WordSepNormalizeFunc)']),
  variation(controlPlane, 'the last of two counts', 'A switch off and on again.', [wordsFirst(api, '--profiling=false', '--anonymous-auth=false'), words(api, '--profiling=true', '--anonymous-auth=true')], ['fail', '1.2.1 1.2.15', 'the last occurrence wins']),
  variation(controlPlane, 'on, and then off', 'A switch on and off again.', [wordsFirst(api, '--profiling=true'), words(api, '--profiling=false')], ['pass', '1.2.15', 'the last occurrence wins']),
  variation(controlPlane, 'a list given twice', 'NodeRestriction stands in the second of two lists.', [flags(api, 'enable-admission-plugins=PodSecurity'), words(api, '--enable-admission-plugins=NodeRestriction,AlwaysPullImages')],
    ['pass', '1.2.14 1.2.11', 'lists of several occurrences are joined']),
  variation(controlPlane, 'a list in quotes', 'Names of plugins in quotation marks.', [flags(api, 'enable-admission-plugins="NodeRestriction","AlwaysPullImages"')], ['pass', '1.2.14 1.2.11', 'pflag reads lists as CSV, whose quotes go']),
  variation(controlPlane, 'no NodeRestriction', 'Another plugin in its place.', [flags(api, 'enable-admission-plugins=PodSecurity')], ['fail', '1.2.14', 'NodeRestriction is off by default']),
  variation(controlPlane, 'a plugin switched off', 'ServiceAccount and NamespaceLifecycle are disabled.', [flags(api, 'disable-admission-plugins=ServiceAccount,NamespaceLifecycle')], ['fail', '1.2.12-13', 'on by default, off by name']),
  variation(controlPlane, 'another plugin switched off', 'What is disabled is none that is asked for.', [flags(api, 'disable-admission-plugins=DefaultStorageClass')], ['pass', '1.2.12-13', 'only the named plugin is off']),
  variation(controlPlane, 'everything admitted', 'The plugin AlwaysAdmit.', [flags(api, 'enable-admission-plugins=NodeRestriction,AlwaysAdmit')], ['fail', '1.2.10', 'it is on'], ['pass', '1.2.14', 'so is NodeRestriction']),
  variation(controlPlane, 'static tokens', 'A file of tokens.', [flags(api, 'token-auth-file=/etc/kubernetes/pki/tokens.csv')], ['fail', '1.2.2', 'the flag is set']),
  variation(controlPlane, 'a mode whose name only holds RBAC', 'Node,XRBACX.', [flags(api, 'authorization-mode=Node,XRBACX')], ['fail', '1.2.8', 'modes are whole words']),
  variation(controlPlane, 'an editor of the manifest', 'A process that is none of Kubernetes names the API server and a good flag.', [startedFirst({ name: 'editor', program: '/usr/bin/vi', args: ['/etc/kubernetes/manifests/kube-apiserver.yaml', 'kube-apiserver', '--profiling=false', '--anonymous-auth=false'] })], ['fail', '1.2.1 1.2.15', 'it is no API server']),
  variation(controlPlane, 'certificates for names alone', '--tls-sni-cert-key without --tls-cert-file.', [withoutFlags(api, 'tls-cert-file', 'tls-private-key-file'), words(api, '--tls-sni-cert-key=/etc/kubernetes/pki/apiserver.crt,/etc/kubernetes/pki/apiserver.key')], ['fail', '1.2.24', 'who asks for no name gets a certificate that the server signed for itself']),
  variation(controlPlane, 'no authorization mode', 'Neither flag is given.', [withoutFlags(api, 'authorization-mode')], ['fail', '1.2.6-8', 'the default is AlwaysAllow'], ['pass', '1.2.1', 'where all is allowed the server takes no anonymous requests, whatever its flag (ApplyAuthorization)']),
  variation(controlPlane, 'authorizers in a file', 'AuthorizationConfiguration with Node and RBAC.', authorizers('Node', 'RBAC'), ['pass', '1.2.6-8', 'the file decides; it is stable since 1.32']),
  variation(controlPlane, 'a file that allows all', 'AuthorizationConfiguration that ends in AlwaysAllow.', authorizers('Node', 'RBAC', 'AlwaysAllow'), ['fail', '1.2.6', 'one of its authorizers allows everything'], ['pass', '1.2.7-8', 'the others are there']),
  variation(controlPlane, 'a file without Node', 'AuthorizationConfiguration with RBAC alone.', authorizers('RBAC'), ['fail', '1.2.7', 'there is no authorizer Node']),
  variation(controlPlane, 'authorizers in the image', 'The file that the flag names is not on the node.', [withoutFlags(api, 'authorization-mode'), words(api, `--authorization-config=${authz}`)], ['unknown', '1.2.6-8', 'nobody can read what is within a container']),
  variation(controlPlane, 'anonymous off in a file', 'AuthenticationConfiguration of 1.34 with anonymous off.', [atVersion('v1.34.1', 'cis-2.0'), ...authentication('anonymous: {enabled: false}\n')], streams, ['pass', '1.2.1', 'with the file the flag is absent, and the file says no']),
  variation(controlPlane, 'a file silent on anonymous', 'AuthenticationConfiguration that says nothing of it.', [atVersion('v1.34.1', 'cis-2.0'), ...authentication('jwt: []\n')], streams, ['fail', '1.2.1', 'anonymous requests are the default']),
  variation(controlPlane, 'anonymous for probes alone', 'AuthenticationConfiguration of 1.34 that leaves the paths of probes open.', [atVersion('v1.34.1', 'cis-2.0'), ...authentication('anonymous:\n  enabled: true\n  conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}]\n')], streams, ['manual', '1.2.1', 'only those paths answer: whether that is meant a person must say']),
  variation(controlPlane, 'audit to the output', 'The audit log goes to the container\'s output.', [words(api, '--audit-log-path=-', '--audit-policy-file=/etc/kubernetes/pki/policy.yaml'), put('/etc/kubernetes/pki/policy.yaml', file('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n'))],
    ['pass', '1.2.16 3.2.1-2', 'it is written'], ['not-applicable', '1.2.17-19', 'no file to keep or rotate']),
  variation(controlPlane, 'audit to a webhook', 'Events go to a webhook alone.', [words(api, '--audit-webhook-config-file=/etc/kubernetes/pki/webhook.yaml')], ['pass', '1.2.16', 'a backend is set'], ['not-applicable', '1.2.17-19', 'its receiver keeps them']),
  variation(controlPlane, 'audit log without bounds, 1.33', 'A log and no word of its keeping.', [words(api, log)], ['pass', '1.2.16', 'a file is set'], ['fail', '1.2.17-19', 'until 1.35 the defaults are 0, which is no bound that anybody chose']),
  variation(controlPlane, 'audit log without bounds, 1.36', 'A log and no word of its keeping, in a version with defaults.', [atVersion('v1.36.0', 'cis-2.0'), words(api, log)], ...late, ['pass', '1.2.16-19', 'from 1.36 on: 366 days, 100 files, 100 MB']),
  variation(controlPlane, 'audit log never rotated, 1.36', 'A size of 0.', [atVersion('v1.36.0', 'cis-2.0'), words(api, log, '--audit-log-maxsize=0')], ...late, ['pass', '1.2.16-18', 'defaults of 1.36'], ['fail', '1.2.19', '0 means no rotation since 1.36']),
  variation(controlPlane, 'audit kept too short', 'A week, two files, 10 MB.', [words(api, log, '--audit-log-maxage=7', '--audit-log-maxbackup=2', '--audit-log-maxsize=10')], ['pass', '1.2.16', 'a file is set'], ['fail', '1.2.17-19', 'below the bounds']),
  variation(controlPlane, 'audit kept just long enough', '30 days, 10 files, 100 MB.', [words(api, log, '--audit-log-maxage=30', '--audit-log-maxbackup=10', '--audit-log-maxsize=100')], ['pass', '1.2.16-19', 'at the bounds']),
  variation(hardened, 'an audit policy that forgets secrets', 'The first rule that matches secrets is None.', [policy('- level: None\n  resources: [{group: "", resources: [secrets]}]\n- level: Metadata\n')], ['fail', '3.2.2', 'the first rule that matches decides']),
  variation(hardened, 'an audit policy for secrets alone', 'Nothing is said of exec and workloads.', [policy('- level: Metadata\n  resources: [{group: "", resources: [secrets, configmaps]}]\n')], ['fail', '3.2.2', 'a request that no rule matches is not recorded']),
  variation(hardened, 'an audit policy with noise left out', 'kube-proxy\'s watches are not recorded, all else is.', [policy('- level: None\n  users: ["system:kube-proxy"]\n  verbs: [watch]\n  resources: [{group: "", resources: [endpoints, services]}]\n- level: Metadata\n')], ['pass', '3.2.2', 'what is left out is none of what must be seen']),
  variation(hardened, 'an audit policy that nobody can read', 'It is no YAML.', [policy('- level: [\n')], ['unknown', '3.2.2', 'no rule of it is known']),
  variation(controlPlane, 'an external signer', 'Tokens are signed over a socket, and no key file is named.', [atVersion('v1.34.1', 'cis-2.0'), withoutFlags(api, 'service-account-key-file', 'service-account-signing-key-file'), words(api, '--service-account-signing-endpoint=/run/signer.sock'), withoutFlags('kube-controller-manager', 'service-account-private-key-file')],
    streams, ['pass', '1.2.22 1.3.4', 'the endpoint takes the place of both files']),
  variation(controlPlane, 'a store behind a socket', 'kine in place of etcd.', [withoutFlags(api, 'etcd-cafile', 'etcd-certfile', 'etcd-keyfile'), flags(api, 'etcd-servers=unix:///run/kine.sock')], ['not-applicable', '1.2.23 1.2.26', 'a socket of the node has no certificates']),
  variation(controlPlane, 'a certificate without a key', 'Halves of pairs.', [withoutFlags(api, 'tls-private-key-file', 'kubelet-client-key', 'etcd-keyfile')], ['fail', '1.2.4 1.2.23-24', 'one file of two']),
  variation(controlPlane, 'TLS 1.3 alone', 'No list of suites, and no TLS 1.2.', [words(api, '--tls-min-version=VersionTLS13')], ['pass', '1.2.29', 'suites of TLS 1.3 cannot be chosen, and all are strong']),
  variation(controlPlane, 'suites of TLS 1.3 in the list', 'They stand beside strong ones.', [words(api, `--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_CHACHA20_POLY1305_SHA256,${strongSuites}`)], ['pass', '1.2.29', 'all of them are strong']),
  variation(controlPlane, 'suites by their short names', 'ChaCha without _SHA256.', [words(api, '--tls-cipher-suites=TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305')], ['pass', '1.2.29', 'Go takes both names for one suite']),
  variation(controlPlane, 'one weak suite', 'CBC beside strong ones.', [words(api, `--tls-cipher-suites=${strongSuites},TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA`)], ['fail', '1.2.29', 'one of the list is weak']),
  variation(controlPlane, 'requests without end', 'Ten minutes.', [words(api, '--request-timeout=10m')], ['fail', '1.2.20', 'longer than 300 s']),
  variation(controlPlane, 'five minutes, as Go writes them', 'A compound duration.', [words(api, '--request-timeout=4m60s')], ['pass', '1.2.20', '4m60s are 300 s']),
  variation(controlPlane, 'only the reload of encryption', 'The flag that begins like the one that matters.', [words(api, '--encryption-provider-config-automatic-reload=true')], ['fail', '1.2.27-28', 'no file is named, so nothing is encrypted']),
  variation(hardened, 'encryption in JSON', 'EncryptionConfiguration as JSON.', [encrypted(encryptionJson({ secretbox: { keys: [{ name: 'k', secret: 'x' }] } }, { identity: {} }))], ['pass', '1.2.27-28', 'JSON is read as YAML is']),
  variation(hardened, 'identity first', 'What is written stays as it is.', [encrypted(encryption('  - identity: {}\n  - aescbc: {keys: [{name: k, secret: x}]}\n'))], ['pass', '1.2.27', 'a file is set'], ['fail', '1.2.28', 'the first provider writes']),
  variation(hardened, 'aesgcm first', 'A cipher that wants its key rotated.', [encrypted(encryption('  - aesgcm: {keys: [{name: k, secret: x}]}\n  - identity: {}\n'))], ['fail', '1.2.28', 'aesgcm is none of those asked for']),
  variation(hardened, 'kms first', 'A key service, version 2.', [encrypted(encryption('  - kms: {apiVersion: v2, name: vault, endpoint: "unix:///run/kms.sock"}\n  - identity: {}\n'))], ['pass', '1.2.28', 'kms is']),
  variation(hardened, 'a wildcard of the core group', 'Resources are named by *. alone.', [encrypted(encryption(secretbox, '"*."'))], ['pass', '1.2.28', '*. is every resource of the core group, so secrets too']),
  variation(hardened, 'a wildcard of all groups', 'Resources are named by *.*.', [encrypted(encryption(secretbox, '"*.*"'))], ['pass', '1.2.28', '*.* is every resource']),
  variation(hardened, 'a wildcard of another group', 'Only apps is encrypted.', [encrypted(encryption(secretbox, '"*.apps"'))], ['fail', '1.2.28', 'secrets are not in apps']),
  variation(hardened, 'encryption for configmaps alone', 'Secrets are not named.', [encrypted(encryption(secretbox, 'configmaps'))], ['fail', '1.2.28', 'what no rule names is written as it is']),
  variation(hardened, 'secrets in the second rule', 'The first rule encrypts configmaps, the second leaves secrets as they are.', [encrypted(`${encryption(secretbox, 'configmaps')}- resources: [secrets]\n  providers: [{identity: {}}]\n`)],
    ['fail', '1.2.28', 'the rule for secrets decides, not the first of the file']),
  variation(hardened, 'a wildcard after secrets', 'Secrets are left as they are, all else is encrypted.', [encrypted(`apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers: [{identity: {}}]\n- resources: ["*.*"]\n  providers:\n${secretbox}`)],
    ['fail', '1.2.28', 'the first rule that matches secrets decides']),
  variation(hardened, 'encryption of a version nobody knows', 'apiVersion v9.', [encrypted(encryption(secretbox).replace('/v1', '/v9'))], ['pass', '1.2.27', 'a file is set'], ['unknown', '1.2.28', 'what it means is not known']),
  variation(hardened, 'encryption with a key twice', 'providers stand twice in one rule.', [encrypted(`${encryption(secretbox)}  providers: [{identity: {}}]\n`)], ['pass', '1.2.27', 'a file is set'], ['unknown', '1.2.28', 'which of the two counts nobody should guess']),
  variation(hardened, 'encryption out of reach', 'The file is in the container alone.', [onlyMounted(api, '/etc/kubernetes/pki', '/etc/kubernetes/audit')],
    ['pass', '1.2.27', 'a file is set'], ['unknown', '1.2.28', 'the file of the node at that path is not the one that is read']),
  variation(hardened, 'two API servers', 'A second one, started by hand, lets anybody in.', [twin(api, 'second', (args) => args.map((word) => (word === '--anonymous-auth=false' ? '--anonymous-auth=true' : word)))], ['fail', '1.2.1', 'the worse of two counts']),
  variation(hardened, 'no EventRateLimit file', 'The plugin without its limits.', [withoutFlags(api, 'admission-control-config-file')], ['fail', '1.2.9', 'without its file the plugin limits nothing']),
];
