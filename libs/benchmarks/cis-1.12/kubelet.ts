import type { Assessment } from '../benchmark.js';
import { byControls, byRule, configz, type ControlName, type ItemSpec, type SectionSpec } from '../item-spec.js';
import { text, type Remedy } from '../remedies/remedy.js';
import { any, flag, kubelet, undecidable } from '../rules/rule.js';
import { atLeast, equal, isUnset, loopback } from '../rules/value-test.js';

type Set = Omit<Extract<Remedy, { kind: 'kubelet' }>, 'kind'>;

const item = (assessment: Assessment) => (id: string, title: string, answer: ControlName, set: Set): ItemSpec =>
  byControls(id, title, [answer], { assessment, target: 'node', evidence: configz, remedy: { kind: 'kubelet', ...set } });
const automated = item('automated');
const manual = item('manual');
const manualNode = { assessment: 'manual', target: 'node' } as const;

export const eventsAreKept = any(kubelet(['eventRecordQPS'], equal(0)), kubelet(['eventRecordQPS'], atLeast(50)),
  undecidable('Whether the limit for events is high enough for what pods of the node report: 0 has no limit, 50 is the default since 1.27.', 'eventRecordQPS of each node'));

export const kubeletSection: SectionSpec = {
  id: '4.2', title: 'kubelet',
  items: [
    automated('4.2.1', 'Kubelet refuses anonymous requests', 'control-plane/kubelet-authn#anonymous', { set: { 'authentication.anonymous.enabled': false }, flags: ['anonymous-auth'] }),
    automated('4.2.2', 'Kubelet authorization is not AlwaysAllow', 'control-plane/kubelet-authz', { set: { 'authorization.mode': 'Webhook' }, flags: ['authorization-mode'] }),
    automated('4.2.3', 'Kubelet verifies client certificates with a CA', 'control-plane/kubelet-authn#client-ca', { set: { 'authentication.x509.clientCAFile': '<file>' }, flags: ['client-ca-file'] }),
    manual('4.2.4', 'Kubelet read-only port closed', 'control-plane/kubelet-ports#read-only', { set: { readOnlyPort: 0 }, flags: ['read-only-port'] }),
    manual('4.2.5', 'Kubelet streaming idle timeout not disabled', 'control-plane/kubelet-hardening#streaming-timeout', { set: { streamingConnectionIdleTimeout: '4h0m0s' }, flags: ['streaming-connection-idle-timeout'], note: 'From 1.34 on it does nothing.' }),
    automated('4.2.6', 'Kubelet maintains its iptables utility chain', 'control-plane/kubelet-hardening#iptables', { set: { makeIPTablesUtilChains: true }, flags: ['make-iptables-util-chains'] }),
    byRule('4.2.7', 'Kubelet hostname not overridden', flag('kubelet', 'hostname-override', isUnset), {
      ...manualNode, remedy: { kind: 'flags', component: 'kubelet', remove: ['hostname-override'] }, caveat: 'Clouds and some installers name nodes by it on purpose.',
    }),
    // The control on events wants a limit, and the benchmark wants none of them lost: 0 fails there and passes here.
    byRule('4.2.8', 'Kubelet event rate allows adequate capture', eventsAreKept, { ...manualNode, remedy: { kind: 'kubelet', set: { eventRecordQPS: 50 }, flags: ['event-qps'] } }),
    manual('4.2.9', 'Kubelet serves with a managed certificate', 'control-plane/kubelet-hardening#serving-certificate', { set: { serverTLSBootstrap: true }, note: 'Approve its requests for certificates, or name files of your own in tlsCertFile and tlsPrivateKeyFile instead.' }),
    automated('4.2.10', 'Kubelet client-certificate rotation on', 'control-plane/kubelet-hardening#client-rotation', { set: { rotateCertificates: true }, flags: ['rotate-certificates'] }),
    manual('4.2.11', 'Kubelet serving-certificate rotation gate on', 'control-plane/kubelet-hardening#serving-rotation', { set: { 'featureGates.RotateKubeletServerCertificate': true }, note: 'It is on by default, and does nothing without `serverTLSBootstrap: true`.' }),
    manual('4.2.12', 'Kubelet TLS 1.2 cipher list restricted to strong suites', 'control-plane/kubelet-hardening#cipher-suites', {
      set: { tlsCipherSuites: '[TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305]' },
      flags: ['tls-cipher-suites'], note: '`tlsMinVersion: VersionTLS13` does as well.',
    }),
    manual('4.2.13', 'A per-pod PID limit is set', 'control-plane/kubelet-hardening#pids-limit', { set: { podPidsLimit: 4096 }, flags: ['pod-max-pids'], note: 'Any number above 0 that your pods bear.' }),
    manual('4.2.14', 'RuntimeDefault seccomp applied by default', 'control-plane/kubelet-hardening#seccomp-default', { set: { seccompDefault: true }, flags: ['seccomp-default'] }),
  ],
};

export const proxySection: SectionSpec = {
  id: '4.3', title: 'kube-proxy',
  items: [
    byRule('4.3.1', 'kube-proxy metrics endpoint on loopback', { kind: 'kube-proxy', path: ['metricsBindAddress'], is: loopback }, {
      assessment: 'automated', target: 'node', remedy: text('In the KubeProxyConfiguration of the ConfigMap kube-system/kube-proxy set `metricsBindAddress: 127.0.0.1:10249` (or `\'\'`, which means the same), and restart the pods of its DaemonSet.'),
    }),
  ],
};
