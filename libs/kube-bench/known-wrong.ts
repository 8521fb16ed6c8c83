/** Which way a check of kube-bench goes wrong. */
export type WrongKind =
  /** It passes what does not hold. */
  | 'false-pass'
  /** It fails, or warns of, what holds or does not apply. */
  | 'false-fail'
  /** It passes never, whatever holds. */
  | 'never-pass';

export interface KnownWrong {
  /** Stable. */
  readonly id: string;
  readonly kind: WrongKind;
  /** Benchmarks as kube-bench names them; absent: all. A trailing `*` stands for any end. */
  readonly benchmarks?: readonly string[];
  /** Numbers in these benchmarks; a trailing `*` stands for any end. */
  readonly checks: readonly string[];
  readonly reason: string;
}

/** Plain Kubernetes of the releases whose numbers are carried; those of k3s and RKE2 share most definitions. */
const plain = ['cis-*'];
const eks = ['eks-*'];
const aks = ['aks-*'];
const gke = ['gke-*'];
const rh = ['rh-*'];
const k3s = ['k3s-cis-*'];
const rke2 = ['rke2-cis-*'];

/** Definitions whose tests are wrong for this check alone. */
const definitions: readonly KnownWrong[] = [
  { id: 'unset-bind-address', kind: 'false-pass', benchmarks: plain, checks: ['1.3.7', '1.4.2'], reason: 'kube-bench passes a bind address that is not set; by default the component listens on all interfaces' },
  { id: 'loopback-v6', kind: 'false-fail', benchmarks: plain, checks: ['1.3.7', '1.4.2', '4.3.1'], reason: 'kube-bench knows 127.0.0.1 alone; ::1 is loopback as well' },
  { id: 'unset-read-only-port', kind: 'false-pass', benchmarks: plain, checks: ['4.2.4'], reason: 'kube-bench passes a read-only port that is not set; a kubelet without a configuration file then opens 10255' },
  { id: 'zero-idle-timeout', kind: 'false-pass', benchmarks: plain, checks: ['4.2.5'], reason: 'kube-bench compares texts: 0s differs from 0 and passes, though both switch the timeout off' },
  { id: 'unset-rotation', kind: 'false-pass', benchmarks: [...plain, ...eks], checks: ['4.2.10', '3.2.8'], reason: 'kube-bench passes rotation of certificates that is not set; by default it is off' },
  { id: 'no-pid-limit', kind: 'false-pass', benchmarks: plain, checks: ['4.2.13'], reason: 'kube-bench asks only whether the limit is named: -1, which is none, passes' },
  { id: 'seccomp-named', kind: 'false-pass', benchmarks: plain, checks: ['4.2.14'], reason: 'kube-bench asks only whether the setting is named: false passes' },
  { id: 'proxy-kubeconfig-read', kind: 'false-pass', benchmarks: plain, checks: ['4.3.1'], reason: 'kube-bench reads the kubeconfig of kube-proxy instead of its configuration, where the address stands' },
  { id: 'no-kube-proxy', kind: 'false-fail', benchmarks: plain, checks: ['4.3.1', '4.1.3', '4.1.4'], reason: 'kube-bench fails nodes without kube-proxy, or whose kube-proxy has no kubeconfig on the node: there is nothing to judge' },
  { id: 'same-ca', kind: 'false-pass', benchmarks: plain, checks: ['2.7'], reason: 'kube-bench asks only whether etcd has a CA: the same CA as the cluster\'s passes' },
  { id: 'verbs-as-one-word', kind: 'false-pass', benchmarks: plain, checks: ['5.1.2'], reason: 'kube-bench asks kubectl for one verb called get,list,watch, which nobody has, so the answer is always no' },
  { id: 'unset-escalation', kind: 'false-pass', benchmarks: [...plain, ...eks], checks: ['5.2.6', '4.2.5'], reason: 'kube-bench passes containers that do not set allowPrivilegeEscalation; by default it is allowed' },
  { id: 'gc-any-value', kind: 'false-pass', benchmarks: plain, checks: ['1.3.1'], reason: 'kube-bench passes any value, also 0, which keeps terminated pods for ever' },
  { id: 'event-rate-file', kind: 'false-pass', benchmarks: plain, checks: ['1.2.9'], reason: 'kube-bench does not look whether a file of limits is named, without which the plugin limits nothing' },
  { id: 'audit-policy-unread', kind: 'false-pass', benchmarks: plain, checks: ['1.2.16'], reason: 'kube-bench does not look whether there is an audit policy, without which nothing is recorded' },
  { id: 'audit-webhook', kind: 'false-fail', benchmarks: plain, checks: ['1.2.16', '1.2.17', '1.2.18', '1.2.19'], reason: 'kube-bench knows audit logs in files alone; here events go to a webhook or to the container\'s output' },
  { id: 'encryption-prefix', kind: 'false-pass', benchmarks: plain, checks: ['1.2.27'], reason: 'kube-bench takes --encryption-provider-config-automatic-reload for --encryption-provider-config' },
  { id: 'encryption-first-line', kind: 'false-pass', benchmarks: plain, checks: ['1.2.28'], reason: 'kube-bench takes the first provider of the file, whatever resource it is for' },
  { id: 'encryption-json', kind: 'false-fail', benchmarks: plain, checks: ['1.2.28'], reason: 'kube-bench searches the file by line: one in JSON, or whose first entry is for another resource, is misread' },
  { id: 'authorization-config', kind: 'false-fail', benchmarks: plain, checks: ['1.2.6', '1.2.7', '1.2.8'], reason: 'kube-bench reads --authorization-mode alone; here --authorization-config names the authorizers' },
  { id: 'authentication-config', kind: 'false-fail', benchmarks: plain, checks: ['1.2.1'], reason: 'kube-bench reads --anonymous-auth alone; here the file of --authentication-config decides' },
  { id: 'audit-defaults', kind: 'false-fail', benchmarks: plain, checks: ['1.2.17', '1.2.18', '1.2.19'], reason: 'kube-bench fails what is not set; from 1.36 on the defaults are 366 days, 100 files and 100 MB' },
  { id: 'external-signer', kind: 'false-fail', benchmarks: plain, checks: ['1.2.22', '1.3.4'], reason: 'kube-bench wants a key file; here an external signer makes the tokens' },
  { id: 'not-etcd', kind: 'false-fail', benchmarks: plain, checks: ['1.2.23', '1.2.26'], reason: 'kube-bench wants certificates for etcd; here another store is used, to which they do not apply' },
  { id: 'sni-certificates', kind: 'false-fail', benchmarks: plain, checks: ['1.2.24'], reason: 'kube-bench wants --tls-cert-file; here --tls-sni-cert-key names the certificates' },
  { id: 'tls13-only', kind: 'false-fail', benchmarks: plain, checks: ['1.2.29', '4.2.12'], reason: 'kube-bench wants a list of suites; here TLS 1.3 is the minimum, whose suites cannot be chosen and are all strong' },
  { id: 'suite-names', kind: 'false-fail', benchmarks: plain, checks: ['4.2.12'], reason: 'kube-bench does not know the names of suites that end in _SHA256, nor those of TLS 1.3' },
  { id: 'secure-defaults', kind: 'false-fail', benchmarks: plain, checks: ['4.2.1', '4.2.2'], reason: 'kube-bench fails a configuration file that leaves the setting out; by default it is secure there' },
  { id: 'server-bootstrap', kind: 'false-fail', benchmarks: plain, checks: ['4.2.9'], reason: 'kube-bench wants the files of a certificate; here serverTLSBootstrap has the cluster issue it' },
  { id: 'scheduler-config', kind: 'false-pass', benchmarks: plain, checks: ['1.4.1'], reason: 'kube-bench reads --profiling of kube-scheduler, which ignores it where --config names a file' },
  { id: 'scheduler-config', kind: 'false-fail', benchmarks: plain, checks: ['1.4.1'], reason: 'kube-bench reads --profiling of kube-scheduler, which ignores it where --config names a file' },
  { id: 'etcd-user', kind: 'false-fail', benchmarks: [...plain, ...k3s, ...rke2], checks: ['1.1.12'], reason: 'kube-bench wants the user etcd, which kubeadm does not make; and in a container it looks names up in the container\'s own files' },
  { id: 'no-etcd-here', kind: 'false-fail', benchmarks: plain, checks: ['1.1.7', '1.1.8', '1.1.11', '1.1.12', '2.*'], reason: 'kube-bench fails nodes whose etcd runs elsewhere: there is nothing to judge' },
  { id: 'no-control-plane-here', kind: 'false-fail', benchmarks: plain, checks: ['1.1.*', '1.2.*', '1.3.*', '1.4.*'], reason: 'kube-bench judges a component that does not run on the node as if it did' },
  { id: 'no-admin-files', kind: 'false-fail', benchmarks: plain, checks: ['1.1.13', '1.1.14'], reason: 'kube-bench fails nodes from which the administrators\' kubeconfigs were removed, which is the safest state' },
  { id: 'cni-flag-gone', kind: 'false-fail', benchmarks: plain, checks: ['1.1.9', '1.1.10'], reason: 'kube-bench looks for a flag of the kubelet that is gone since 1.24, and so never at the files' },
  { id: 'pki-elsewhere', kind: 'false-fail', benchmarks: plain, checks: ['1.1.19', '1.1.20', '1.1.21'], reason: 'kube-bench looks in /etc/kubernetes/pki alone; here certificates lie elsewhere' },
  { id: 'symlink-mode', kind: 'false-fail', benchmarks: plain, checks: ['1.1.1', '1.1.3', '1.1.5', '1.1.6', '1.1.7', '1.1.20'], reason: 'kube-bench judges a symbolic link by the mode and owner of the link, not of the file that is read' },
  { id: 'unit-in-usr-lib', kind: 'false-fail', benchmarks: plain, checks: ['4.1.1', '4.1.2'], reason: 'kube-bench does not look in /usr/lib/systemd, where packages put the kubelet\'s unit' },
  { id: 'unit-in-usr-lib', kind: 'false-pass', benchmarks: plain, checks: ['4.1.1', '4.1.2'], reason: 'kube-bench does not look in /usr/lib/systemd, where packages put the kubelet\'s unit; that it finds no file even passes' },
  { id: 'ca-in-file', kind: 'false-fail', benchmarks: plain, checks: ['4.1.7', '4.1.8'], reason: 'kube-bench takes the CA file from the command line or a fixed list, not from the kubelet\'s configuration' },
  { id: 'ca-in-file', kind: 'false-pass', benchmarks: plain, checks: ['4.1.7', '4.1.8'], reason: 'kube-bench takes the CA file from the command line or a fixed list, not from the kubelet\'s configuration' },
  { id: 'every-cluster-warns', kind: 'never-pass', benchmarks: plain, checks: ['5.1.1', '5.1.3'], reason: 'kube-bench counts what every cluster has, such as the built-in cluster-admin' },
  { id: 'pod-automount', kind: 'false-fail', benchmarks: plain, checks: ['5.1.6'], reason: 'kube-bench fails pods that switch the token off where their account says nothing' },
  { id: 'pods-not-admission', kind: 'false-fail', benchmarks: plain, checks: ['5.2.*'], reason: 'kube-bench counts pods of kube-system, which need what they have, and looks at no admission policy' },

  { id: 'jq-exit', kind: 'never-pass', benchmarks: ['eks-1.8.0'], checks: ['4.1.1'], reason: 'kube-bench waits for a text that its command never prints' },
  { id: 'denied-kubectl', kind: 'false-pass', benchmarks: ['eks-1.8.0'], checks: ['4.1.2', '4.1.3', '4.1.4', '4.1.5', '4.1.6', '4.3.2', '4.4.1', '4.5.2'], reason: 'without rights kubectl fails and prints nothing that kube-bench looks for, so the check passes' },
  { id: 'built-ins-trip', kind: 'never-pass', benchmarks: ['eks-1.8.0'], checks: ['4.2.1', '4.2.4', '4.1.3', '4.1.4', '4.3.2', '4.5.2'], reason: 'kube-bench counts what every cluster of EKS has by itself' },
  { id: 'unset-is-good', kind: 'false-fail', benchmarks: [...eks, ...aks], checks: ['3.2.4', '3.2.9'], reason: 'kube-bench fails a setting that is not written, though its default is good' },
  { id: 'config-json-d', kind: 'false-fail', benchmarks: [...eks, ...gke], checks: ['3.1.3', '3.1.4', '3.2.*'], reason: 'kube-bench does not read the drop-in directory of the kubelet' },
  { id: 'config-json-d', kind: 'false-pass', benchmarks: [...eks, ...gke], checks: ['3.1.3', '3.1.4', '3.2.*'], reason: 'kube-bench does not read the drop-in directory of the kubelet' },
  { id: 'env-from', kind: 'false-pass', benchmarks: [...eks, ...gke], checks: ['4.4.1'], reason: 'kube-bench does not see envFrom, which hands whole Secrets to the environment' },

  { id: 'wrong-flag', kind: 'false-pass', benchmarks: aks, checks: ['3.2.2'], reason: 'kube-bench reads --anonymous-auth where the mode of authorization is meant' },
  { id: 'azure-json', kind: 'false-fail', benchmarks: aks, checks: ['3.1.3', '3.1.4', '3.2.*'], reason: 'kube-bench may take the file of the cloud\'s credentials for the kubelet\'s configuration, or the other way round' },
  { id: 'exactly-zero', kind: 'false-fail', benchmarks: aks, checks: ['3.2.7'], reason: 'kube-bench demands 0 exactly, against the text of its own item' },
  { id: 'default-service', kind: 'never-pass', benchmarks: [...aks, ...gke], checks: ['4.6.3', '4.6.4'], reason: 'kube-bench counts the Service kubernetes, which every cluster has in the default namespace' },
  { id: 'denied-kubectl', kind: 'false-pass', benchmarks: aks, checks: ['4.6.3'], reason: 'without rights kubectl fails and prints nothing that kube-bench looks for, so the check passes' },

  { id: 'denied-kubectl', kind: 'false-pass', benchmarks: ['gke-1.9.0'], checks: ['4.1.2', '4.1.3', '4.1.4', '4.1.6', '4.1.8', '4.1.9', '4.1.10', '4.4.1', '4.6.4'], reason: 'without rights kubectl fails and prints nothing that kube-bench looks for, so the check passes' },
  { id: 'own-banner', kind: 'never-pass', benchmarks: ['gke-1.9.0'], checks: ['4.1.5'], reason: 'the text that kube-bench prints itself holds the word that it forbids' },
  { id: 'info-viewer', kind: 'never-pass', benchmarks: ['gke-1.9.0'], checks: ['4.1.10', '4.1.3'], reason: 'kube-bench counts bindings and roles that every cluster has by itself' },
  { id: 'no-gcloud', kind: 'never-pass', benchmarks: ['gke-1.9.0'], checks: ['5.1.1', '5.2.1'], reason: 'kube-bench calls gcloud, which its image does not have' },
  { id: 'proxy-for-kubelet', kind: 'false-fail', benchmarks: gke, checks: ['3.1.1', '3.1.2'], reason: 'kube-bench confuses the kubeconfigs of the kubelet and of kube-proxy' },
  { id: 'proxy-for-kubelet', kind: 'false-pass', benchmarks: gke, checks: ['3.1.1', '3.1.2'], reason: 'kube-bench confuses the kubeconfigs of the kubelet and of kube-proxy' },
  { id: 'any-load-balancer', kind: 'false-fail', benchmarks: gke, checks: ['5.6.7'], reason: 'kube-bench fails any public Service of type LoadBalancer' },

  { id: 'path-without-file', kind: 'never-pass', benchmarks: rh, checks: ['4.2.6', '4.2.7', '4.2.8', '4.2.10'], reason: 'kube-bench looks for a key in a file that it never reads' },
  { id: 'own-echo', kind: 'never-pass', benchmarks: rh, checks: ['4.2.11'], reason: 'kube-bench matches the line that it prints itself' },
  { id: 'one-strict-scc', kind: 'false-pass', benchmarks: rh, checks: ['5.2.1', '5.2.2', '5.2.3', '5.2.4', '5.2.5', '5.2.6', '5.2.7', '5.2.8', '5.2.9'], reason: 'kube-bench passes as soon as one SecurityContextConstraint is strict, which every cluster has' },
  { id: 'inverted-scc', kind: 'false-pass', benchmarks: rh, checks: ['5.2.2'], reason: 'kube-bench counts the constraints that allow what it means to forbid' },
  { id: 'error-passes', kind: 'false-pass', benchmarks: rh, checks: ['4.2.3', '1.2.8'], reason: 'kube-bench passes when its command fails' },
  { id: 'any-zero', kind: 'false-pass', benchmarks: rh, checks: ['4.2.5'], reason: 'kube-bench reads an argument of the API server, and passes any text with a 0 in it, also 10255' },
  { id: 'mode-not-read', kind: 'false-pass', benchmarks: rh, checks: ['1.2.5', '1.2.6'], reason: 'kube-bench does not read the list of authorizers that it judges' },
  { id: 'bindings-exist', kind: 'false-pass', benchmarks: rh, checks: ['1.2.1'], reason: 'kube-bench passes where bindings for unauthenticated requests exist' },
  { id: 'gate-gone', kind: 'false-fail', benchmarks: rh, checks: ['1.2.7'], reason: 'kube-bench looks for a feature gate that is gone since 1.29, because the feature is always on' },
  { id: 'wrong-timeout', kind: 'false-fail', benchmarks: rh, checks: ['1.2.22'], reason: 'kube-bench demands one value of another flag' },
  { id: 'sdn-gone', kind: 'false-fail', benchmarks: rh, checks: ['4.1.3', '4.1.4', '1.1.9'], reason: 'kube-bench looks for pods of a network plugin that is gone since 4.17' },

  { id: 'api-server-line', kind: 'false-pass', benchmarks: k3s, checks: ['4.2.1', '4.2.2', '4.2.3'], reason: 'kube-bench reads the API server\'s line in the journal instead of the kubelet\'s, and prints a passing text itself where it finds none' },
  { id: 'no-such-operator', kind: 'never-pass', benchmarks: k3s, checks: ['4.2.5'], reason: 'kube-bench compares with an operator that it does not have' },
  { id: 'sqlite', kind: 'false-fail', benchmarks: k3s, checks: ['1.2.26', '1.2.23', '2.*'], reason: 'kube-bench judges etcd where the server stores in SQLite or in another database' },
  { id: 'journal', kind: 'false-fail', benchmarks: k3s, checks: ['1.2.*', '1.3.*', '1.4.*'], reason: 'kube-bench reads flags from the journal, which may be rotated, or not be there' },

  { id: 'one-right-file', kind: 'false-pass', benchmarks: rke2, checks: ['1.1.19'], reason: 'kube-bench passes as soon as one file has the right owner' },
  { id: 'client-section', kind: 'false-pass', benchmarks: rke2, checks: ['2.5', '2.6'], reason: 'kube-bench reads what is set for clients where what is set for peers is meant' },
  { id: 'peer-section', kind: 'false-fail', benchmarks: rke2, checks: ['2.3'], reason: 'kube-bench may read what is set for peers where what is set for clients is meant' },
  { id: 'peer-section', kind: 'false-pass', benchmarks: rke2, checks: ['2.3'], reason: 'kube-bench may read what is set for peers where what is set for clients is meant' },
  { id: 'rotation-in-file', kind: 'false-pass', benchmarks: rke2, checks: ['4.2.10'], reason: 'kube-bench does not see rotateCertificates: false in the kubelet\'s files' },
  { id: 'flag-form', kind: 'false-fail', benchmarks: rke2, checks: ['4.2.3'], reason: 'kube-bench fails where the CA is given as a flag' },
  { id: 'drop-ins-joined', kind: 'false-fail', benchmarks: rke2, checks: ['4.2.*'], reason: 'kube-bench takes the kubelet\'s drop-in directory for its configuration file, and loses nested settings' },
  { id: 'no-kubelet-unit', kind: 'false-fail', benchmarks: rke2, checks: ['4.1.1', '4.1.2'], reason: 'the kubelet of RKE2 has no unit of its own: there is nothing to judge' },
];

const flagChecks = ['1.2.*', '1.3.*', '1.4.*', '2.*', '3.2.1', '4.2.*', '4.3.1'];
const fileChecks = ['1.1.*', '4.1.*'];

/** What the engine does wrong in every check of a sort; told where no definition explains more. */
const engine: readonly KnownWrong[] = [
  {
    id: 'flags-as-text', kind: 'false-fail', benchmarks: [...plain, ...k3s, ...rke2], checks: flagChecks,
    reason: 'kube-bench searches command lines as text: it misreads values behind a space, flags with underscores or one dash, switches written 0 or f, and repeated flags, of which it takes the first',
  },
  {
    id: 'flags-as-text', kind: 'false-pass', benchmarks: [...plain, ...k3s, ...rke2], checks: flagChecks,
    reason: 'kube-bench searches command lines as text: it takes the first of repeated flags, parts of words for words, other processes that name the component, and does not see flags with underscores or one dash',
  },
  { id: 'config-not-read', kind: 'false-fail', benchmarks: [...plain, ...k3s, ...rke2, ...rh], checks: ['4.2.*'], reason: 'kube-bench reads the first file of a fixed list, not the one that the kubelet was started with, and no drop-ins; where it finds no process it reads nothing' },
  { id: 'config-not-read', kind: 'false-pass', benchmarks: [...plain, ...k3s, ...rke2, ...rh], checks: ['4.2.*'], reason: 'kube-bench reads the first file of a fixed list, not the one that the kubelet was started with, and no drop-ins' },
  { id: 'fixed-paths', kind: 'false-fail', benchmarks: [...plain, ...k3s, ...rke2, ...rh], checks: fileChecks, reason: 'kube-bench looks at fixed paths: it fails files that are not there, and looks names of users up in its own container' },
  { id: 'fixed-paths', kind: 'false-pass', benchmarks: [...plain, ...k3s, ...rke2, ...rh], checks: fileChecks, reason: 'kube-bench looks at fixed paths and compares owners by parts of words: it passes files that no process reads, and owners such as root:root-ops' },
];

export const knownWrong: readonly KnownWrong[] = [...definitions, ...engine];

const fits = (pattern: string, value: string): boolean => (pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value);

/** What is known of a check; definitions first. */
export const knownWrongOf = (benchmark: string, number: string): readonly KnownWrong[] =>
  knownWrong.filter(({ benchmarks, checks }) => (benchmarks ?? [benchmark]).some((pattern) => fits(pattern, benchmark)) && checks.some((pattern) => fits(pattern, number)));
