/** Flags that benchmark items read, of all components and platforms. What others say is nobody's business here. */
export const flagsRead: ReadonlySet<string> = new Set([
  'admission-control', 'admission-control-config-file', 'allow-privileged', 'anonymous-auth', 'audit-log-maxage', 'audit-log-maxbackup', 'audit-log-maxsize', 'audit-log-path', 'audit-policy-file',
  'audit-webhook-config-file', 'authentication-config', 'authorization-config', 'authorization-mode', 'auto-tls', 'basic-auth-file', 'bind-address', 'cadvisor-port', 'cert-file', 'client-ca-file',
  'client-cert-auth', 'config', 'config-dir', 'data-dir', 'disable-admission-plugins', 'enable-admission-plugins', 'encryption-provider-config', 'etcd-cafile', 'etcd-certfile', 'etcd-keyfile', 'event-qps',
  'experimental-encryption-provider-config', 'feature-gates', 'hostname-override', 'insecure-allow-any-token', 'insecure-bind-address', 'insecure-port', 'keep-terminated-pod-volumes', 'key-file', 'kubeconfig',
  'kubelet-certificate-authority', 'kubelet-client-certificate', 'kubelet-client-key', 'kubelet-https', 'make-iptables-util-chains', 'max-wals', 'metrics-bind-address', 'peer-auto-tls', 'peer-cert-file', 'peer-client-cert-auth',
  'peer-key-file', 'peer-trusted-ca-file', 'pod-max-pids', 'port', 'profiling', 'protect-kernel-defaults', 'read-only-port', 'repair-malformed-updates', 'request-timeout', 'root-ca-file', 'rotate-certificates', 'rotate-server-certificates',
  'seccomp-default', 'secure-port', 'service-account-extend-token-expiration', 'service-account-key-file', 'service-account-lookup', 'service-account-private-key-file', 'streaming-connection-idle-timeout', 'terminated-pod-gc-threshold',
  'tls-cert-file', 'tls-cipher-suites', 'tls-min-version', 'tls-private-key-file', 'token-auth-file', 'trusted-ca-file', 'use-service-account-credentials', 'wal-dir',
]);

/** Keys of files that they read: KubeletConfiguration, KubeProxyConfiguration, KubeSchedulerConfiguration, etcd's file. */
export const pathsRead: ReadonlySet<string> = new Set([
  'authentication.anonymous.enabled', 'authentication.webhook.enabled', 'authentication.x509.clientCAFile', 'authorization.mode', 'readOnlyPort', 'streamingConnectionIdleTimeout', 'protectKernelDefaults',
  'makeIPTablesUtilChains', 'eventRecordQPS', 'tlsCertFile', 'tlsPrivateKeyFile', 'tlsCipherSuites', 'tlsMinVersion', 'rotateCertificates', 'serverTLSBootstrap', 'featureGates.RotateKubeletServerCertificate', 'podPidsLimit', 'seccompDefault',
  'hostnameOverride', 'metricsBindAddress', 'clientConnection.kubeconfig', 'enableProfiling',
]);
