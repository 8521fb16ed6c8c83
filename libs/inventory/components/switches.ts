import type { KubernetesComponent } from './component-name.js';

/**
 * Flags that take a value after `=` alone. From the flag sets of Kubernetes 1.36 (kube-apiserver and
 * kube-controller-manager by running them; the others from cmd/<component>) and etcd 3.6 (embed/config.go,
 * etcdmain/config.go), and those that releases from 1.28 on have taken out since.
 */
export const switches: Readonly<Record<KubernetesComponent, ReadonlySet<string>>> = {
  'kube-apiserver': new Set([
    'add-dir-header', 'aggregator-reject-forwarding-redirect', 'allow-privileged', 'alsologtostderr', 'anonymous-auth', 'audit-log-batch-throttle-enable', 'audit-log-compress',
    'audit-log-truncate-enabled', 'audit-webhook-batch-throttle-enable', 'audit-webhook-truncate-enabled', 'contention-profiling', 'disable-http2-serving',
    'emulation-forward-compatible', 'enable-aggregator-routing', 'enable-bootstrap-token-auth', 'enable-garbage-collector', 'enable-logs-handler', 'enable-priority-and-fairness',
    'enable-swagger-ui', 'encryption-provider-config-automatic-reload', 'help', 'insecure-allow-any-token', 'kubelet-https', 'log-text-split-stream', 'logtostderr', 'one-output',
    'permit-address-sharing', 'permit-port-sharing', 'profiling', 'repair-malformed-updates', 'runtime-config-emulation-forward-compatible',
    'service-account-extend-token-expiration', 'service-account-lookup', 'shutdown-send-retry-after', 'skip-headers', 'skip-log-headers', 'watch-cache',
  ]),
  'kube-controller-manager': new Set([
    'add-dir-header', 'allocate-node-cidrs', 'allow-untagged-cloud', 'alsologtostderr', 'authentication-skip-lookup', 'authentication-tolerate-lookup-failure',
    'configure-cloud-routes', 'contention-profiling', 'disable-attach-detach-reconcile-sync', 'disable-force-detach-on-timeout', 'disable-http2-serving',
    'enable-dynamic-provisioning', 'enable-garbage-collector', 'enable-hostpath-provisioner', 'enable-leader-migration', 'enable-taint-manager', 'help', 'leader-elect',
    'log-text-split-stream', 'logtostderr', 'one-output', 'permit-address-sharing', 'permit-port-sharing', 'profiling', 'skip-headers', 'skip-log-headers',
    'use-service-account-credentials', 'volume-host-allow-local-loopback',
  ]),
  'kube-scheduler': new Set([
    'add-dir-header', 'alsologtostderr', 'authentication-skip-lookup', 'authentication-tolerate-lookup-failure', 'contention-profiling', 'disable-http2-serving',
    'emulation-forward-compatible', 'help', 'leader-elect', 'log-text-split-stream', 'logtostderr', 'one-output', 'permit-address-sharing', 'permit-port-sharing', 'profiling',
    'skip-headers', 'skip-log-headers',
  ]),
  kubelet: new Set([
    'add-dir-header', 'alsologtostderr', 'anonymous-auth', 'authentication-token-webhook', 'cgroups-per-qos', 'contention-profiling', 'cpu-cfs-quota',
    'enable-controller-attach-detach', 'enable-debugging-handlers', 'enable-server', 'exit-on-lock-contention', 'experimental-allocatable-ignore-eviction', 'fail-cgroupv1',
    'fail-swap-on', 'help', 'keep-terminated-pod-volumes', 'kernel-memcg-notification', 'local-storage-capacity-isolation', 'log-text-split-stream', 'logtostderr',
    'make-iptables-util-chains', 'one-output', 'protect-kernel-defaults', 'register-node', 'register-schedulable', 'rotate-certificates', 'rotate-server-certificates', 'runonce',
    'seccomp-default', 'serialize-image-pulls', 'skip-headers', 'skip-log-headers', 'windows-service',
  ]),
  'kube-proxy': new Set([
    'add-dir-header', 'alsologtostderr', 'bind-address-hard-fail', 'cleanup', 'conntrack-tcp-be-liberal', 'enable-dsr', 'forward-healthcheck-vip', 'help', 'init-only',
    'iptables-localhost-nodeports', 'ipvs-strict-arp', 'log-text-split-stream', 'logtostderr', 'masquerade-all', 'one-output', 'profiling', 'skip-headers', 'skip-log-headers',
    'windows-service',
  ]),
  etcd: new Set([
    'auto-tls', 'client-cert-auth', 'debug', 'discovery-insecure-skip-tls-verify', 'discovery-insecure-transport', 'enable-distributed-tracing', 'enable-grpc-gateway',
    'enable-log-rotation', 'enable-pprof', 'enable-v2', 'experimental-compact-hash-check-enabled', 'experimental-enable-distributed-tracing',
    'experimental-enable-lease-checkpoint', 'experimental-enable-lease-checkpoint-persist', 'experimental-initial-corrupt-check', 'experimental-memory-mlock',
    'experimental-peer-skip-client-san-verification', 'experimental-stop-grpc-service-on-defrag', 'experimental-txn-mode-write-with-shared-buffer', 'force-new-cluster',
    'initial-election-tick-advance', 'memory-mlock', 'peer-auto-tls', 'peer-client-cert-auth', 'peer-skip-client-san-verification', 'pre-vote', 'socket-reuse-address',
    'socket-reuse-port', 'strict-reconfig-check', 'unsafe-no-fsync', 'version',
  ]),
};
