import type { Settings } from '../config-facts.js';
import { withholdValue } from '../secrets.js';
import { expectKind, mapOf, settingsOf, type Fields } from './fields.js';

/** Keys of a KubeletConfiguration that items read. */
const kubeletKeys = [
  'address',
  'port',
  'readOnlyPort',
  'healthzBindAddress',
  'healthzPort',
  'enableServer',
  'enableDebuggingHandlers',
  'staticPodPath',
  'tlsCertFile',
  'tlsPrivateKeyFile',
  'tlsCipherSuites',
  'tlsMinVersion',
  'rotateCertificates',
  'serverTLSBootstrap',
  'authentication.x509.clientCAFile',
  'authentication.webhook.enabled',
  'authentication.webhook.cacheTTL',
  'authentication.anonymous.enabled',
  'authorization.mode',
  'eventRecordQPS',
  'eventBurst',
  'kubeAPIQPS',
  'streamingConnectionIdleTimeout',
  'makeIPTablesUtilChains',
  'podPidsLimit',
  'seccompDefault',
  'protectKernelDefaults',
  'containerRuntimeEndpoint',
  'imageGCHighThresholdPercent',
  'imageGCLowThresholdPercent',
  'evictionHard.*',
  'evictionSoft.*',
  'featureGates.*',
];

const proxyKeys = ['bindAddress', 'healthzBindAddress', 'metricsBindAddress', 'mode', 'enableProfiling', 'hostnameOverride', 'clientConnection.kubeconfig', 'featureGates.*'];
const schedulerKeys = ['enableProfiling', 'enableContentionProfiling', 'clientConnection.kubeconfig', 'healthzBindAddress', 'metricsBindAddress', 'leaderElection.leaderElect'];

/** Of etcd's own file; its two sections are its clients' and its peers' side. */
const etcdKeys = [
  'name',
  'data-dir',
  'wal-dir',
  'initial-cluster',
  'listen-client-http-urls',
  'listen-client-urls',
  'listen-peer-urls',
  'listen-metrics-urls',
  'advertise-client-urls',
  'enable-pprof',
  'cipher-suites',
  'tls-min-version',
  ...['client-transport-security', 'peer-transport-security'].flatMap((side) => ['cert-file', 'key-file', 'client-cert-auth', 'trusted-ca-file', 'auto-tls', 'client-cert-allowed-cn', 'allowed-cn'].map((key) => `${side}.${key}`)),
];

const openshiftKeys = [
  'apiServerArguments.*',
  'extendedArguments.*',
  'servingInfo.bindAddress',
  'servingInfo.certFile',
  'servingInfo.keyFile',
  'servingInfo.clientCA',
  'servingInfo.minTLSVersion',
  'servingInfo.cipherSuites',
  'serviceAccountPublicKeyFiles',
  'serviceAccountPrivateKeyFile',
  'kubeletClientInfo.ca',
  'kubeletClientInfo.certFile',
  'kubeletClientInfo.keyFile',
  'storageConfig.ca',
  'storageConfig.certFile',
  'storageConfig.keyFile',
];

export const kubeletSettings = (document: unknown): Settings => versioned(document, 'KubeletConfiguration', ['kubelet.config.k8s.io/v1beta1'], kubeletKeys);

export const proxySettings = (document: unknown): Settings => versioned(document, 'KubeProxyConfiguration', ['kubeproxy.config.k8s.io/v1alpha1'], proxyKeys);

export const schedulerSettings = (document: unknown): Settings =>
  versioned(document, 'KubeSchedulerConfiguration', ['v1', 'v1beta3', 'v1beta2', 'v1beta1'].map((version) => `kubescheduler.config.k8s.io/${version}`), schedulerKeys);

export const etcdSettings = (document: unknown): Settings => ({ apiVersion: '', settings: settingsOf(mapOf(document, 'The file'), etcdKeys) });

export function openshiftSettings(document: unknown): Settings {
  const root = mapOf(document, 'The file');
  const kind = root['kind'] === 'KubeControllerManagerConfig' ? 'KubeControllerManagerConfig' : 'KubeAPIServerConfig';
  const { apiVersion, settings } = versioned(root, kind, ['kubecontrolplane.config.openshift.io/v1'], openshiftKeys);
  const safe = <T>(key: string, value: T): T | string => (typeof value === 'string' ? withholdValue(key, value) : value);
  return { apiVersion, settings: settings.map(({ key, value }) => ({ key, value: Array.isArray(value) ? value.map((item) => safe(key, item)) : safe(key, value) })) };
}

function versioned(document: unknown, kind: string, versions: readonly string[], keys: readonly string[]): Settings {
  const root: Fields = mapOf(document, 'The file');
  return { apiVersion: expectKind(root, kind, versions), settings: settingsOf(root, keys) };
}
