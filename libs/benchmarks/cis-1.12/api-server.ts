import type { Assessment, ControlAnswer } from '../benchmark.js';
import { byControls, flagsOf, type ControlName, type ItemSpec, type SectionSpec } from '../item-spec.js';
import type { Remedy } from '../remedies/remedy.js';
import { equal, has, lacks } from '../rules/value-test.js';
import type { Rule } from '../rules/rule.js';
import type { Evidence } from '../evidence.js';

type Flags = Omit<Extract<Remedy, { kind: 'flags' }>, 'kind' | 'component'>;
interface More {
  readonly caveat?: string;
  readonly otherwise?: Rule;
  readonly and?: readonly Evidence[];
}

const item = (assessment: Assessment) => (id: string, title: string, answer: ControlName | ControlAnswer, flags: Flags, { and = [], ...more }: More = {}): ItemSpec =>
  byControls(id, title, [answer], { assessment, target: 'control-plane', evidence: [...flagsOf('kube-apiserver'), ...and], remedy: { kind: 'flags', component: 'kube-apiserver', ...flags }, ...more });
const automated = item('automated');
const manual = item('manual');

const plugins = 'Keep what the list names beside it; a list given twice is joined.';
const modes = { set: { 'authorization-mode': 'Node,RBAC' }, note: 'Where --authorization-config is set instead, the file it names has an authorizer of type Node and one of type RBAC, and none of type AlwaysAllow.' };
const authorizers = (is: Extract<Rule, { kind: 'authorizers' }>['is']) => ({ otherwise: { kind: 'authorizers', file: 'authorization-config', is } as const });

export const apiServer: SectionSpec = {
  id: '1.2', title: 'kube-apiserver',
  items: [
    manual('1.2.1', 'API server refuses unauthenticated requests (anonymous auth off)', 'control-plane/api-server-anonymous-auth', {
      set: { 'anonymous-auth': false }, note: 'Its probes then need a credential. From 1.34 on --authentication-config may name a file with `anonymous: {enabled: false}` instead; the flag must then be absent.',
    }, {
      and: [{ class: 'probe' }], otherwise: { kind: 'config-file', file: 'authentication-config', path: ['anonymous', 'enabled'], is: equal(false), absent: true },
      caveat: 'kubeadm probes the API server without a credential: switched off, its probes must be changed as well.',
    }),
    automated('1.2.2', 'Static token authentication file not used', 'control-plane/api-server-authn#static-tokens', { remove: ['token-auth-file'] }),
    manual('1.2.3', 'Admission plugin blocking Service externalIPs is on', 'control-plane/api-server-admission#external-ips', { set: { 'enable-admission-plugins': 'DenyServiceExternalIPs' }, note: plugins }),
    automated('1.2.4', 'API server presents a client certificate to kubelets', 'control-plane/api-server-tls#kubelet-client', { set: { 'kubelet-client-certificate': '<file>', 'kubelet-client-key': '<file>' } }),
    automated('1.2.5', 'API server verifies kubelet serving certificates against a CA', 'control-plane/api-server-tls#kubelet-ca', {
      set: { 'kubelet-certificate-authority': '<file>' }, note: 'First let kubelets ask for certificates of that CA (serverTLSBootstrap) and approve them, or logs and exec stop working.',
    }, { caveat: 'kubeadm leaves it unset, for its kubelets sign their own certificates.' }),
    automated('1.2.6', 'API server authorization does not include AlwaysAllow', 'control-plane/api-server-authz#always-allow', modes, authorizers(lacks('AlwaysAllow'))),
    automated('1.2.7', 'Node authorizer enabled', 'control-plane/api-server-authz#node', modes, authorizers(has('Node'))),
    automated('1.2.8', 'RBAC authorizer enabled', 'control-plane/api-server-authz#rbac', modes, authorizers(has('RBAC'))),
    manual('1.2.9', 'EventRateLimit admission plugin on, with its limits file', 'control-plane/api-server-admission#event-rate-limit', {
      set: { 'enable-admission-plugins': 'EventRateLimit', 'admission-control-config-file': '<file>' }, note: `The file has the plugin's limits. ${plugins}`,
    }),
    automated('1.2.10', 'AlwaysAdmit admission plugin not enabled', 'control-plane/api-server-admission#always-admit', { remove: ['enable-admission-plugins=AlwaysAdmit'], note: plugins }),
    manual('1.2.11', 'AlwaysPullImages admission plugin on', 'control-plane/api-server-admission#always-pull-images', {
      set: { 'enable-admission-plugins': 'AlwaysPullImages' }, note: `Kubelets of 1.35 and later check by themselves who may use an image that is there already. ${plugins}`,
    }),
    automated('1.2.12', 'ServiceAccount admission plugin not disabled', 'control-plane/api-server-admission#service-account', { remove: ['disable-admission-plugins=ServiceAccount'] }),
    automated('1.2.13', 'NamespaceLifecycle admission plugin not disabled', 'control-plane/api-server-admission#namespace-lifecycle', { remove: ['disable-admission-plugins=NamespaceLifecycle'] }),
    automated('1.2.14', 'NodeRestriction admission plugin on', 'control-plane/api-server-admission#node-restriction', { set: { 'enable-admission-plugins': 'NodeRestriction' }, note: plugins }),
    automated('1.2.15', 'API server profiling endpoints off', 'control-plane/api-server-tls#profiling', { set: { profiling: false } }),
    automated('1.2.16', 'API server audit log destination set', 'control-plane/audit-logging#backend', { set: { 'audit-log-path': '<file>' }, note: 'Or --audit-webhook-config-file. Without --audit-policy-file nothing is written to either.' }),
    automated('1.2.17', 'Audit log retention at least 30 days', 'control-plane/audit-logging#max-age', { set: { 'audit-log-maxage': 30 } }),
    automated('1.2.18', 'At least 10 rotated audit files kept', 'control-plane/audit-logging#max-backups', { set: { 'audit-log-maxbackup': 10 } }),
    automated('1.2.19', 'Audit file rotated at 100 MB or more', 'control-plane/audit-logging#max-size', { set: { 'audit-log-maxsize': 100 } }),
    manual('1.2.20', 'API request timeout set deliberately', 'control-plane/api-server-tls#request-timeout', { set: { 'request-timeout': '60s' }, note: 'Anything up to 300s; unset means 60s.' }),
    automated('1.2.21', 'Service-account token lookup not disabled', 'control-plane/api-server-authn#token-lookup', { remove: ['service-account-lookup=false'] }),
    automated('1.2.22', 'Service-account token verification key given explicitly', 'control-plane/api-server-authn#token-key', { set: { 'service-account-key-file': '<file>' }, note: 'An external signer, --service-account-signing-endpoint, does as well.' }),
    automated('1.2.23', 'API server authenticates to etcd with a client certificate', 'control-plane/api-server-tls#etcd-client', { set: { 'etcd-certfile': '<file>', 'etcd-keyfile': '<file>' } }),
    automated('1.2.24', 'API server serves with an explicit TLS certificate and key', 'control-plane/api-server-tls#certificate', { set: { 'tls-cert-file': '<file>', 'tls-private-key-file': '<file>' } }),
    automated('1.2.25', 'Client-certificate CA configured on the API server', 'control-plane/api-server-tls#client-ca', { set: { 'client-ca-file': '<file>' } }),
    automated('1.2.26', 'API server verifies etcd with a CA file', 'control-plane/api-server-tls#etcd-ca', { set: { 'etcd-cafile': '<file>' } }),
    manual('1.2.27', 'Encryption at rest configured', 'control-plane/etcd-encryption#configured', { set: { 'encryption-provider-config': '<file>' }, note: 'Write every Secret once more afterwards, for those that are there stay as they are.' }),
    manual('1.2.28', 'First encryption provider for secrets is a strong one (aescbc, kms or secretbox)', 'control-plane/etcd-encryption#provider', {
      set: { 'encryption-provider-config': '<file>' }, note: 'In that file the first provider of the first entry whose resources match secrets is kms (apiVersion v2), secretbox or aescbc, never identity or aesgcm.',
    }, { otherwise: { kind: 'encryption-provider', file: 'encryption-config', resource: 'secrets', first: ['aescbc', 'kms', 'secretbox'] } }),
    manual('1.2.29', 'API server TLS 1.2 cipher list restricted to strong suites', 'control-plane/api-server-tls#cipher-suites', {
      set: { 'tls-cipher-suites': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305' },
      note: '--tls-min-version=VersionTLS13 does as well.',
    }),
    automated('1.2.30', 'Long-lived extension of bound service-account tokens switched off', 'control-plane/api-server-authn#token-extension', { set: { 'service-account-extend-token-expiration': false } }, {
      caveat: 'It is on by default, and kubeadm leaves it so.',
    }),
  ],
};
