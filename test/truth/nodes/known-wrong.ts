/** What kube-bench gets wrong, and the roots on which ours must be right. */
export interface Covered {
  /** Names in `#kube-bench/known-wrong.js`; none where its list does not tell it apart. */
  readonly ids: readonly string[];
  readonly said: string;
  /** Roots, and the items there. */
  readonly by: readonly (readonly [root: string, items: string])[];
}

const stock = 'kubeadm control plane';
const of = (base: string) => (name: string, items: string): readonly [string, string] => [`${base}: ${name}`, items];
const plain = of(stock);
const hard = of('hardened control plane');
const worker = of('kubeadm worker');
const k3s = of('k3s server');
const rke2 = of('RKE2 server');

export const covered: readonly Covered[] = [
  // How it reads command lines.
  { ids: ['flags-as-text'], said: 'a value behind a space is true', by: [hard('values that are words of their own', '1.2.17-19'), plain('a threshold as a word of its own', '1.3.1')] },
  { ids: ['flags-as-text'], said: 'quotation marks stay; 0, f and F are no booleans', by: [plain('booleans as Go reads them', '1.2.15'), plain('profiling off, as Go reads it', '1.3.2 1.4.1'), plain('a list in quotes', '1.2.14')] },
  { ids: ['flags-as-text'], said: 'the first occurrence counts', by: [plain('the last of two counts', '1.2.15'), plain('on, and then off', '1.2.15'), worker('a flag given twice', '4.2.1')] },
  { ids: ['flags-as-text'], said: 'repeated lists are not joined', by: [plain('a list given twice', '1.2.14')] },
  { ids: ['flags-as-text'], said: 'parts of words are words', by: [plain('a mode whose name only holds RBAC', '1.2.8'), plain('another plugin switched off', '1.2.12-13')] },
  { ids: ['encryption-prefix'], said: 'a longer flag satisfies a shorter one', by: [plain('only the reload of encryption', '1.2.27')] },
  { ids: ['flags-as-text'], said: 'any process that names the component is it', by: [plain('an editor of the manifest', '1.2.15')] },
  { ids: ['flags-as-text'], said: 'flags with underscores are not seen', by: [hard('underscores', '1.2.15-19'), hard('the manager in underscores', '1.3.1-7'), worker('flags in underscores', '4.2.1 4.2.4')] },
  { ids: ['flags-as-text'], said: 'flags of etcd with one dash are not seen', by: [plain('etcd with single dashes', '2.1-2 2.5 2.7'), plain('etcd makes its own, with single dashes', '2.3 2.6')] },
  { ids: ['config-not-read'], said: 'no process of the name, so no file is read', by: [worker('a worker without kube-proxy', '4.3.1'), worker('a kubelet by another name', '4.2.1-4'), ['k3s server', '4.2.1-3']] },
  { ids: [], said: 'with several etcds their environments are missed', by: [plain('two etcds by variables', '2.1-7'), plain('etcd by variables', '2.1-7')] },
  { ids: ['no-control-plane-here'], said: 'a component that is not there is judged', by: [['kubeadm worker', '1.2.1 1.3.7 1.4.2'], plain('a scheduler without a manifest', '1.1.5-6')] },
  { ids: [], said: 'a file called kubelet is run, as root', by: [worker('a program that leaves a mark', '4.2.1')] },

  // How it looks at files.
  { ids: ['symlink-mode'], said: 'a link is judged by its own mode and owner', by: [plain('a manifest that is a link', '1.1.1'), plain('links of a person to files of root', '1.1.5-6'), plain('certificates that are links', '1.1.20'), plain('links to files that are open', '1.1.1')] },
  { ids: [], said: 'the folder of a link is not looked at', by: [plain('a link in a folder that all may write', '1.1.1')] },
  { ids: ['fixed-paths'], said: 'root-ops and nonroot are root', by: [plain('a group whose name begins with root', '1.1.2 1.1.14'), plain('an owner whose name ends in root', '1.1.2')] },
  { ids: ['fixed-paths', 'etcd-user'], said: 'names of users are those of the container', by: [plain('etcd as a user of its own', '1.1.12'), ['hardened control plane', '1.1.12']] },
  { ids: ['etcd-user'], said: 'the user etcd alone will do', by: [plain('etcd as a user without a name', '1.1.12'), [stock, '1.1.12']] },
  { ids: ['no-etcd-here'], said: 'etcd that runs elsewhere fails', by: [plain('external etcd', '1.1.7-8 1.1.11-12 2.1-7')] },
  { ids: ['no-admin-files'], said: 'removed admin files fail', by: [plain('no admin credentials left', '1.1.13-14')] },
  { ids: ['fixed-paths', 'config-not-read'], said: 'a fixed list of paths, never what the process names', by: [worker('an old file beside the one in use', '4.1.9 4.2.1'), worker('a configuration elsewhere', '4.1.9'), worker('a kubeconfig elsewhere', '4.1.5'), plain('kubeconfigs of components elsewhere', '1.1.15'), plain('static pods elsewhere', '1.1.1')] },
  { ids: ['config-not-read', 'config-json-d', 'drop-ins-joined'], said: 'drop-ins are not read, or are glued together', by: [worker('a drop-in over the file, 1.33', '4.2.1'), of('EKS node')('a drop-in that opens the port', '3.2.4'), rke2('rotation on in a file', '4.2.1-3 4.2.10')] },
  { ids: ['config-json-d'], said: 'modes and owners of drop-ins are not looked at', by: [of('EKS node')('a drop-in that all may write', '3.1.3'), of('EKS node')('a drop-in of a person', '3.1.4')] },
  { ids: ['cni-flag-gone'], said: 'a flag of the kubelet that is gone', by: [[stock, '1.1.9-10'], hard('network plugins elsewhere', '1.1.9'), hard('addresses that a plugin gave', '1.1.9')] },
  { ids: ['unit-in-usr-lib'], said: 'units under /usr/lib are not seen, and no file passes', by: [plain('units under /usr/lib alone', '4.1.1-2'), plain('a drop-in of a person', '4.1.2'), plain('a unit without drop-ins', '4.1.1-2'), [stock, '4.1.1']] },
  { ids: ['no-kube-proxy'], said: 'no kubeconfig of kube-proxy on the node fails', by: [['kubeadm worker', '4.1.3-4'], worker('a worker without kube-proxy', '4.1.3-4 4.3.1')] },
  { ids: ['ca-in-file'], said: 'a CA that the configuration names is not seen', by: [worker('a client CA elsewhere', '4.1.7'), worker('a client CA beside the configuration', '4.1.7-8')] },
  { ids: ['pki-elsewhere'], said: 'certificates elsewhere fail', by: [plain('a folder of certificates elsewhere', '1.1.19-21'), plain('a folder of certificates that is a link', '1.1.19-21'), plain('a folder of certificates that is a link, and open', '1.1.21')] },

  // What its definitions of plain Kubernetes have wrong.
  { ids: ['unset-bind-address'], said: 'an address that is not set passes', by: [plain('addresses left out', '1.3.7 1.4.2')] },
  { ids: ['loopback-v6'], said: '::1 is not loopback', by: [plain('loopback of IPv6', '1.3.7 1.4.2'), worker('metrics of kube-proxy on IPv6\'s loopback', '4.3.1')] },
  { ids: ['unset-read-only-port'], said: 'a port that is not set passes without a file', by: [worker('no file at all', '4.2.4')] },
  { ids: ['zero-idle-timeout'], said: '0s is not 0', by: [worker('a timeout of 0s by flag', '4.2.5'), worker('a timeout of 0 in the file', '4.2.5')] },
  { ids: ['unset-rotation'], said: 'rotation that is not set passes', by: [worker('no managed certificate', '4.2.10'), of('EKS node')('nothing that rotates', '3.2.8')] },
  { ids: ['no-pid-limit', 'seccomp-named'], said: '-1 and false pass', by: [worker('a limit of -1', '4.2.13-14')] },
  { ids: ['proxy-kubeconfig-read'], said: 'the kubeconfig is read for the configuration', by: [worker('metrics of kube-proxy on every address', '4.3.1')] },
  { ids: ['same-ca'], said: 'any CA of etcd passes', by: [plain('one CA for all, by path', '2.7'), plain('one CA for all, by content', '2.7'), plain('etcd trusts both', '2.7')] },
  { ids: ['gc-any-value'], said: 'a threshold of 0 passes', by: [plain('no collection of pods', '1.3.1')] },
  { ids: ['event-rate-file'], said: 'EventRateLimit passes without its file', by: [hard('no EventRateLimit file', '1.2.9')] },
  { ids: ['audit-policy-unread'], said: 'a log passes without a policy', by: [plain('audit kept just long enough', '1.2.16 3.2.1')] },
  { ids: ['audit-webhook'], said: 'a webhook, or the output, fails', by: [plain('audit to a webhook', '1.2.16-19'), plain('audit to the output', '1.2.17-19')] },
  { ids: ['audit-defaults'], said: 'defaults of 1.36 fail', by: [plain('audit log without bounds, 1.36', '1.2.17-19'), plain('audit log never rotated, 1.36', '1.2.19'), plain('audit log without bounds, 1.33', '1.2.17-19')] },
  { ids: ['encryption-first-line'], said: 'the first provider of the file, whatever it is for', by: [hard('secrets in the second rule', '1.2.28'), hard('encryption for configmaps alone', '1.2.28')] },
  { ids: ['encryption-json'], said: 'encryption in JSON warns', by: [hard('encryption in JSON', '1.2.28')] },
  { ids: ['authorization-config'], said: 'a file of authorizers fails', by: [plain('authorizers in a file', '1.2.6-8'), plain('a file that allows all', '1.2.6')] },
  { ids: ['authentication-config'], said: 'a file that refuses anonymous requests warns', by: [plain('anonymous off in a file', '1.2.1')] },
  { ids: ['external-signer'], said: 'an external signer fails', by: [plain('an external signer', '1.2.22 1.3.4')] },
  { ids: ['not-etcd'], said: 'another store than etcd fails', by: [plain('a store behind a socket', '1.2.23 1.2.26')] },
  { ids: ['sni-certificates'], said: 'certificates for names alone', by: [plain('certificates for names alone', '1.2.24')] },
  { ids: ['tls13-only'], said: 'TLS 1.3 alone warns', by: [plain('TLS 1.3 alone', '1.2.29'), worker('TLS 1.3 alone', '4.2.12')] },
  { ids: ['suite-names'], said: 'names of IANA warn', by: [worker('strong suites', '4.2.12'), plain('suites of TLS 1.3 in the list', '1.2.29')] },
  { ids: ['secure-defaults'], said: 'a file that relies on its defaults fails', by: [worker('a file that relies on its defaults', '4.2.1-2')] },
  { ids: ['server-bootstrap'], said: 'certificates of the cluster warn', by: [worker('a certificate of the cluster', '4.2.9')] },
  { ids: ['scheduler-config'], said: 'flags of a scheduler that has a file count', by: [plain('a scheduler whose flag is ignored', '1.4.1'), plain('a scheduler with a file', '1.4.1')] },
  { ids: [], said: 'flags of a kube-proxy that has a file count', by: [worker('a flag of kube-proxy that is ignored', '4.3.1')] },

  // Its definitions for other platforms.
  { ids: ['api-server-line'], said: 'the API server\'s line is read for the kubelet\'s', by: [k3s('a kubelet that lets anybody in', '4.2.1-2'), k3s('an API server that lets anybody in', '4.2.1')] },
  { ids: ['no-such-operator'], said: 'a timeout that is set warns', by: [k3s('a timeout of the kubelet', '4.2.5'), k3s('no timeout of the kubelet', '4.2.5')] },
  { ids: ['sqlite'], said: 'a server with SQLite fails', by: [['k3s server', '1.2.23 1.2.26 2.1-7'], ['k3s server with etcd', '1.2.26']] },
  { ids: ['journal'], said: 'without a journal everything fails', by: [['k3s server', '1.2.1 1.2.15 1.3.2 1.4.1']] },
  { ids: ['one-right-file'], said: 'one file that is right passes for all', by: [rke2('one file of many is right', '1.1.19'), k3s('a key of a person', '1.1.19')] },
  { ids: ['client-section'], said: 'the client section is read for the peers\'', by: [rke2('etcd\'s peers need no certificate', '2.5'), rke2('etcd\'s peers sign for themselves', '2.6'), rke2('etcd\'s clients need no certificate', '2.5')] },
  { ids: ['peer-section'], said: 'the peer section is read for the clients\'', by: [rke2('etcd\'s peers sign for themselves', '2.3')] },
  { ids: ['rotation-in-file'], said: 'rotation that a file switches off passes', by: [rke2('rotation off in a file', '4.2.10')] },
  { ids: ['flag-form'], said: 'a CA by flag fails', by: [rke2('a client CA by flag', '4.2.3')] },
  { ids: ['no-kubelet-unit'], said: 'a unit that the kubelet of RKE2 does not have', by: [['RKE2 server', '4.1.1-2']] },
  { ids: ['unset-is-good'], said: 'keys that are absent fail though the default is good', by: [['EKS node', '3.2.4 3.2.9'], ['AKS node', '3.2.9']] },
  { ids: ['wrong-flag'], said: 'one flag is read for another', by: [of('AKS node')('anonymous off, and everything allowed', '3.2.2')] },
  { ids: ['azure-json'], said: 'credentials are read for the configuration', by: [['AKS node', '3.1.3-4 3.2.1'], of('AKS node')('credentials that all may write', '3.1.3-4')] },
  { ids: ['exactly-zero'], said: 'any number of events but 0 fails', by: [of('AKS node')('some events', '3.2.7')] },
  { ids: ['proxy-for-kubelet'], said: 'the kubeconfig of kube-proxy is looked at for the kubelet\'s', by: [of('GKE node')('the kubelet\'s file open, kube-proxy\'s not', '3.1.1-2'), of('GKE node')('kube-proxy\'s file open, the kubelet\'s not', '3.1.1-2')] },
  { ids: ['path-without-file', 'own-echo'], said: 'settings of the kubelet never pass', by: [['OpenShift worker', '4.2.6-8 4.2.10-11']] },
  { ids: ['any-zero'], said: 'any text with a 0 is a closed port', by: [of('OpenShift worker')('a kubelet with its port open', '4.2.5')] },
  { ids: ['error-passes'], said: 'a failed command passes', by: [['OpenShift worker', '4.2.3']] },
  { ids: ['gate-gone'], said: 'a gate that is gone is asked for', by: [['OpenShift master', '1.2.7']] },
  { ids: ['sdn-gone'], said: 'pods of a plugin that is gone are asked for', by: [['OpenShift worker', '4.1.3-4'], ['OpenShift master', '1.1.9']] },
];

/** What no root of a node shows: it is about the API, about a command of kube-bench, or about its report. */
export const notOfNodes: Readonly<Record<string, string>> = {
  'verbs-as-one-word': 'rights', 'unset-escalation': 'pods', 'every-cluster-warns': 'rights', 'pod-automount': 'pods', 'pods-not-admission': 'pods', 'jq-exit': 'rights', 'denied-kubectl': 'what is not allowed to be read of the API',
  'built-ins-trip': 'pods and rights', 'env-from': 'pods', 'default-service': 'objects', 'own-banner': 'pods', 'info-viewer': 'rights', 'no-gcloud': 'the cloud', 'any-load-balancer': 'services', 'one-strict-scc': 'constraints of the API',
  'inverted-scc': 'constraints of the API', 'mode-not-read': 'an operator\'s ConfigMap', 'bindings-exist': 'rights', 'wrong-timeout': 'an operator\'s ConfigMap',
};
