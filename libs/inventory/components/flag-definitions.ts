import type { KubernetesComponent } from './component-name.js';

/** A value of a setting, as its component holds it. Durations are in seconds. */
export type SettingValue = boolean | number | string | readonly string[] | Readonly<Record<string, boolean>>;

export type FlagType =
  | 'boolean'
  | 'integer'
  | 'text'
  | 'duration'
  /** Comma-separated; given again, it is longer. */
  | 'list'
  /** Given again, it is longer; commas count as text. */
  | 'texts'
  /** etcd's lists: given again, the last one counts. */
  | 'last-list'
  /** Given again, gates are joined. */
  | 'gates';

/** From which minor of 1.x on a default holds. */
export interface DefaultSince {
  readonly since: number;
  readonly value: SettingValue;
}

export interface FlagDefinition {
  readonly type: FlagType;
  readonly defaults: readonly [DefaultSince, ...DefaultSince[]];
  /** Where the default is set, below the root of kubernetes/kubernetes or etcd-io/etcd. */
  readonly source: string;
}

/** Minors whose defaults were looked up. A newer one is judged by the newest. */
export const oldestMinor = 28;
export const newestMinor = 36;

const flag = (type: FlagType, value: SettingValue, source: string, ...later: readonly DefaultSince[]): FlagDefinition => ({ type, defaults: [{ since: oldestMinor, value }, ...later], source });

const apiserver = 'staging/src/k8s.io/apiserver/pkg/server/options';
const kubeapiserver = 'pkg/kubeapiserver/options';
const controllerManager = 'cmd/kube-controller-manager/app/options';
const scheduler = 'cmd/kube-scheduler/app/options';
const kubeProxy = 'cmd/kube-proxy/app/options.go, pkg/proxy/apis/config/v1alpha1/defaults.go';
const kubelet = 'cmd/kubelet/app/options/options.go';
const etcd = 'server/embed/config.go';

const serving = (bindAddress: string, port: number): Readonly<Record<string, FlagDefinition>> => ({
  'bind-address': flag('text', bindAddress, `${apiserver}/serving.go`),
  'secure-port': flag('integer', port, `${apiserver}/serving.go`),
  'tls-cert-file': flag('text', '', `${apiserver}/serving.go`),
  'tls-private-key-file': flag('text', '', `${apiserver}/serving.go`),
  'tls-cipher-suites': flag('list', [], `${apiserver}/serving.go`),
  'tls-min-version': flag('text', '', `${apiserver}/serving.go`),
  'tls-sni-cert-key': flag('texts', [], `${apiserver}/serving.go`),
});

/** Flags that benchmark items read, and what holds where they are not given. */
export const flagDefinitions: Readonly<Record<KubernetesComponent, Readonly<Record<string, FlagDefinition>>>> = {
  'kube-apiserver': {
    ...serving('0.0.0.0', 6443),
    'admission-control': flag('list', [], `${kubeapiserver}/admission.go`),
    'admission-control-config-file': flag('text', '', `${apiserver}/admission.go`),
    'allow-privileged': flag('boolean', false, 'pkg/controlplane/apiserver/options/options.go'),
    'anonymous-auth': flag('boolean', true, `${kubeapiserver}/authentication.go`),
    'audit-log-maxage': flag('integer', 0, `${apiserver}/audit.go`, { since: 36, value: 366 }),
    'audit-log-maxbackup': flag('integer', 0, `${apiserver}/audit.go`, { since: 36, value: 100 }),
    'audit-log-maxsize': flag('integer', 0, `${apiserver}/audit.go`, { since: 36, value: 100 }),
    'audit-log-path': flag('text', '', `${apiserver}/audit.go`),
    'audit-policy-file': flag('text', '', `${apiserver}/audit.go`),
    'audit-webhook-config-file': flag('text', '', `${apiserver}/audit.go`),
    'authentication-config': flag('text', '', `${kubeapiserver}/authentication.go`),
    'authorization-config': flag('text', '', `${kubeapiserver}/authorization.go`),
    'authorization-mode': flag('list', ['AlwaysAllow'], `${kubeapiserver}/authorization.go`),
    'client-ca-file': flag('text', '', `${apiserver}/authentication.go`),
    'disable-admission-plugins': flag('list', [], `${apiserver}/admission.go`),
    'enable-admission-plugins': flag('list', [], `${apiserver}/admission.go`),
    'enable-bootstrap-token-auth': flag('boolean', false, `${kubeapiserver}/authentication.go`),
    'encryption-provider-config': flag('text', '', `${apiserver}/etcd.go`),
    'etcd-cafile': flag('text', '', `${apiserver}/etcd.go`),
    'etcd-certfile': flag('text', '', `${apiserver}/etcd.go`),
    'etcd-keyfile': flag('text', '', `${apiserver}/etcd.go`),
    'etcd-servers': flag('list', [], `${apiserver}/etcd.go`),
    'feature-gates': flag('gates', {}, `${apiserver}/server_run_options.go`),
    'kubelet-certificate-authority': flag('text', '', 'pkg/controlplane/apiserver/options/options.go'),
    'kubelet-client-certificate': flag('text', '', 'pkg/controlplane/apiserver/options/options.go'),
    'kubelet-client-key': flag('text', '', 'pkg/controlplane/apiserver/options/options.go'),
    'oidc-issuer-url': flag('text', '', `${kubeapiserver}/authentication.go`),
    profiling: flag('boolean', true, `${apiserver}/feature.go`),
    'request-timeout': flag('duration', 60, `${apiserver}/server_run_options.go`),
    'service-account-extend-token-expiration': flag('boolean', true, `${kubeapiserver}/authentication.go`),
    'service-account-key-file': flag('texts', [], `${kubeapiserver}/authentication.go`),
    'service-account-lookup': flag('boolean', true, `${kubeapiserver}/authentication.go`),
    'service-account-signing-endpoint': flag('text', '', 'pkg/controlplane/apiserver/options/options.go'),
    'token-auth-file': flag('text', '', `${kubeapiserver}/authentication.go`),
  },
  'kube-controller-manager': {
    ...serving('0.0.0.0', 10257),
    'feature-gates': flag('gates', {}, `${controllerManager}/options.go`),
    kubeconfig: flag('text', '', `${controllerManager}/options.go`),
    profiling: flag('boolean', true, 'staging/src/k8s.io/component-base/config/v1alpha1/defaults.go'),
    'root-ca-file': flag('text', '', `${controllerManager}/sacontroller.go`),
    'service-account-private-key-file': flag('text', '', `${controllerManager}/sacontroller.go`),
    'terminated-pod-gc-threshold': flag('integer', 12_500, 'pkg/controller/podgc/config/v1alpha1/defaults.go'),
    'use-service-account-credentials': flag('boolean', false, `${controllerManager}/options.go`),
  },
  'kube-scheduler': {
    ...serving('0.0.0.0', 10259),
    config: flag('text', '', `${scheduler}/options.go`),
    'feature-gates': flag('gates', {}, `${scheduler}/options.go`),
    kubeconfig: flag('text', '', `${scheduler}/deprecated.go`),
    profiling: flag('boolean', true, `${scheduler}/deprecated.go`),
  },
  'kube-proxy': {
    config: flag('text', '', kubeProxy),
    'feature-gates': flag('gates', {}, kubeProxy),
    'bind-address': flag('text', '0.0.0.0', kubeProxy),
    'hostname-override': flag('text', '', kubeProxy),
    kubeconfig: flag('text', '', kubeProxy),
    'metrics-bind-address': flag('text', '127.0.0.1:10249', kubeProxy),
    'metrics-port': flag('integer', 10_249, kubeProxy),
    profiling: flag('boolean', false, kubeProxy),
  },
  kubelet: {
    'anonymous-auth': flag('boolean', true, kubelet),
    'authentication-token-webhook': flag('boolean', false, kubelet),
    'authorization-mode': flag('text', 'AlwaysAllow', kubelet),
    'bootstrap-kubeconfig': flag('text', '', kubelet),
    'cert-dir': flag('text', '/var/lib/kubelet/pki', kubelet),
    'client-ca-file': flag('text', '', kubelet),
    config: flag('text', '', kubelet),
    'config-dir': flag('text', '', kubelet),
    'enable-debugging-handlers': flag('boolean', true, kubelet),
    'event-qps': flag('integer', 50, kubelet),
    'feature-gates': flag('gates', {}, kubelet),
    'hostname-override': flag('text', '', kubelet),
    kubeconfig: flag('text', '', kubelet),
    'make-iptables-util-chains': flag('boolean', true, kubelet),
    'pod-manifest-path': flag('text', '', kubelet),
    'pod-max-pids': flag('integer', -1, kubelet),
    'protect-kernel-defaults': flag('boolean', false, kubelet),
    'read-only-port': flag('integer', 10_255, kubelet),
    'rotate-certificates': flag('boolean', false, kubelet),
    'rotate-server-certificates': flag('boolean', false, kubelet),
    'seccomp-default': flag('boolean', false, kubelet),
    'streaming-connection-idle-timeout': flag('duration', 4 * 3600, kubelet),
    'tls-cert-file': flag('text', '', kubelet),
    'tls-cipher-suites': flag('list', [], kubelet),
    'tls-min-version': flag('text', '', kubelet),
    'tls-private-key-file': flag('text', '', kubelet),
  },
  etcd: {
    'auto-tls': flag('boolean', false, etcd),
    'cert-file': flag('text', '', etcd),
    'cipher-suites': flag('last-list', [], etcd),
    'client-cert-auth': flag('boolean', false, etcd),
    'config-file': flag('text', '', 'server/etcdmain/config.go'),
    'data-dir': flag('text', '', etcd),
    'key-file': flag('text', '', etcd),
    'listen-client-urls': flag('last-list', ['http://localhost:2379'], etcd),
    'listen-metrics-urls': flag('last-list', [], etcd),
    'listen-peer-urls': flag('last-list', ['http://localhost:2380'], etcd),
    name: flag('text', 'default', etcd),
    'peer-auto-tls': flag('boolean', false, etcd),
    'peer-cert-file': flag('text', '', etcd),
    'peer-client-cert-auth': flag('boolean', false, etcd),
    'peer-key-file': flag('text', '', etcd),
    'peer-trusted-ca-file': flag('text', '', etcd),
    'trusted-ca-file': flag('text', '', etcd),
  },
};
