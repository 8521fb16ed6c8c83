import { shownValue } from '#controls/engine/shown-value.js';
import { isBefore, type MinorVersion } from '#inventory/readers/minor-version.js';
import { collector, combine, doesNotApply, failsBy, passes, right, toLookAt, unknownFor, type Finding } from '../finding.js';
import type { NodeView } from './node-view.js';
import { byFlags, isNamed, isSwitched, named, type PartRule, type Settings } from './part-rule.js';
import { judgeSetting, unreadable, whereOf } from './settings.js';
import type { Started } from './started.js';
import { judgeSuites } from './suites.js';

const server = (judge: (setting: Settings, version: MinorVersion) => Finding): PartRule => byFlags('kube-apiserver', judge);
const files = (harm: string, ...flags: readonly string[]): PartRule => server((setting) => named(setting, flags, harm));

const effective = (judge: (view: NodeView, started: Started, version: MinorVersion) => Finding): PartRule => ({ component: 'kube-apiserver', judge });

const plugin = (name: string, isOn: boolean, harm: string): PartRule => effective((view, started, version) =>
  judgeSetting(view.apiServer(started, version).admission(name), `the admission plugin ${name}`, (value) => value === isOn, `${name} ${isOn ? 'does not run' : 'runs'}: ${harm}`));

const authorizer = (isRight: (modes: readonly string[]) => boolean, message: string): PartRule => effective((view, started, version) =>
  judgeSetting(view.apiServer(started, version).authorizers, 'authorizers', isRight, (modes) => `the authorizers are ${shownValue(modes.join(','))}: ${message}`));

/** A store behind a socket of the server's own node is reached without TLS, by nobody else. */
const store = (harm: string, ...flags: readonly string[]): PartRule => server((setting) => {
  const stores = setting('etcd-servers');
  if (stores.state === 'unreadable') return unreadable(stores);
  const urls = stores.value as readonly string[];
  if (urls.length > 0 && urls.every((url) => /^unixs?:/i.test(url))) return doesNotApply('the store is reached through a socket of the server\'s own node', whereOf(urls, stores.from, '--etcd-servers'));
  return named(setting, flags, harm);
});

function judgeAnonymous(view: NodeView, started: Started, version: MinorVersion): Finding {
  const { anonymous } = view.apiServer(started, version);
  if (anonymous.state === 'unreadable') return unreadable(anonymous);
  const { enabled, paths } = anonymous.value;
  const where = whereOf(enabled, anonymous.from, 'anonymous.enabled');
  if (!enabled) return passes(where);
  if (paths.length === 0) return failsBy('requests without a credential are taken', where);
  return toLookAt('Whether requests without a credential must be taken for the paths that the file leaves open.', paths.map(shownValue), where);
}

function judgeIdentity(view: NodeView, started: Started, version: MinorVersion): Finding {
  const settings = view.apiServer(started, version);
  const issuer = settings.setting('oidc-issuer-url');
  if (issuer.state === 'unreadable') return unreadable(issuer);
  if (isNamed(issuer.value)) return passes({ source: 'flags', at: '--oidc-issuer-url', found: 'set' });
  const issuers = view.issuersOf(started, version);
  if (issuers !== undefined && issuers > 0) return passes({ source: 'node', at: 'jwt of --authentication-config', found: `${issuers}` });
  return unknownFor('who is bound by name: without people in bindings there is nobody to sign in otherwise', right('rolebindings.rbac.authorization.k8s.io'));
}

const longestTimeout = 300;

/** How long audit files are kept; nothing is said of them where events go elsewhere. */
function retention(flag: string, least: number, unit: string): PartRule {
  return server((setting, version) => {
    const [path, webhook, given] = [setting('audit-log-path'), setting('audit-webhook-config-file'), setting(flag)];
    if (path.state === 'unreadable') return unreadable(path);
    if (webhook.state === 'unreadable') return unreadable(webhook);
    if (path.value === '-') return doesNotApply('the log goes to the container\'s output, whose keeping is the log shipper\'s', { source: 'flags', at: '--audit-log-path' });
    if (path.value === '' && webhook.value !== '') return doesNotApply('events go to a webhook, whose receiver keeps them', { source: 'flags', at: '--audit-webhook-config-file' });
    if (given.state === 'unreadable') return unreadable(given);
    const value = given.value as number;
    const where = whereOf(value, given.from, `--${flag}`);
    if (given.from.source !== 'default' && value === 0) {
      if (flag !== 'audit-log-maxsize') return unknownFor(`what is kept: --${flag} is 0, so that it hangs on the other bounds and on the disk, which no flag tells`, collector, where);
      // For the size it meant 100 MB before 1.36 and means one file without end since.
      return isBefore(version, { major: 1, minor: 36 }) ? passes(where) : failsBy(`--${flag} is 0: the file is never rotated and fills the disk`, where);
    }
    return value >= least ? passes(where) : failsBy(`--${flag} is ${given.from.source === 'default' ? 'not set' : value}: at least ${least} ${unit} should be kept`, where);
  });
}

const audit = 'control-plane/audit-logging';
const admission = 'control-plane/api-server-admission';
const authn = 'control-plane/api-server-authn';
const authz = 'control-plane/api-server-authz';
const tls = 'control-plane/api-server-tls';

export const apiServerParts: Readonly<Record<string, PartRule>> = {
  'control-plane/api-server-anonymous-auth': effective(judgeAnonymous),
  [`${authn}#static-tokens`]: server((setting) => judgeSetting(setting('token-auth-file'), '--token-auth-file', (value) => !isNamed(value), '--token-auth-file is set: its tokens stand in a file in plain text and never end')),
  [`${authn}#identity-provider`]: effective(judgeIdentity),
  [`${authn}#token-lookup`]: server((setting) => isSwitched(setting, 'service-account-lookup', true, 'tokens of deleted service accounts stay valid')),
  [`${authn}#token-key`]: server((setting) => combine('any', ['service-account-key-file', 'service-account-signing-endpoint'].map((flag) =>
    judgeSetting(setting(flag), `--${flag}`, isNamed, '--service-account-key-file is not set: tokens are checked with the key of the serving certificate')))),
  [`${authn}#token-extension`]: server((setting) => isSwitched(setting, 'service-account-extend-token-expiration', false, 'tokens that pods are given for an hour are good for a year')),
  [`${admission}#external-ips`]: plugin('DenyServiceExternalIPs', true, 'whoever may make a Service may draw the traffic of any address to it'),
  [`${admission}#event-rate-limit`]: effective((view, started, version) => {
    const settings = view.apiServer(started, version);
    return combine('all', [
      judgeSetting(settings.admission('EventRateLimit'), 'the admission plugin EventRateLimit', (value) => value, 'EventRateLimit does not run: one namespace may fill the server with events'),
      judgeSetting(settings.setting('admission-control-config-file'), '--admission-control-config-file', isNamed, '--admission-control-config-file is not set: EventRateLimit has no limits'),
    ]);
  }),
  [`${admission}#always-admit`]: plugin('AlwaysAdmit', false, 'it checks nothing'),
  [`${admission}#always-pull-images`]: effective((view, started, version) => {
    const judged = judgeSetting(view.apiServer(started, version).admission('AlwaysPullImages'), 'the admission plugin AlwaysPullImages', (value) => value, 'AlwaysPullImages does not run: a pod may run an image that was pulled with the credential of somebody else');
    return judged.status === 'fail' && view.context.kubeletsCheckImages === true ? doesNotApply('every kubelet is of 1.35 or later, which check by themselves whether a pod may use an image that is there already') : judged;
  }),
  [`${admission}#service-account`]: plugin('ServiceAccount', true, 'nobody checks the service account that a pod names'),
  [`${admission}#namespace-lifecycle`]: plugin('NamespaceLifecycle', true, 'objects are made in namespaces that are going or not there'),
  [`${admission}#node-restriction`]: plugin('NodeRestriction', true, 'a kubelet may change other nodes and their pods'),
  [`${authz}#always-allow`]: authorizer((modes) => !modes.includes('AlwaysAllow'), 'AlwaysAllow lets every request through that the modes before it did not decide'),
  [`${authz}#node`]: authorizer((modes) => modes.includes('Node'), 'without Node kubelets are not held to what their own pods need'),
  [`${authz}#rbac`]: authorizer((modes) => modes.includes('RBAC'), 'without RBAC roles and bindings mean nothing'),
  [`${tls}#kubelet-client`]: files('kubelets must let in requests without a certificate', 'kubelet-client-certificate', 'kubelet-client-key'),
  [`${tls}#kubelet-ca`]: files('nobody checks that it is a kubelet through which commands, logs and credentials go', 'kubelet-certificate-authority'),
  [`${tls}#profiling`]: server((setting) => isSwitched(setting, 'profiling', false, 'the API server serves profiles of what it does')),
  [`${tls}#request-timeout`]: server((setting) => judgeSetting(setting('request-timeout'), '--request-timeout', (value) => (value as number) > 0 && (value as number) <= longestTimeout,
    (value) => `--request-timeout is ${String(value)} seconds: slow requests hold the server, or none is ever answered`)),
  [`${tls}#etcd-client`]: store('etcd must let in clients without a certificate', 'etcd-certfile', 'etcd-keyfile'),
  [`${tls}#etcd-ca`]: store('nobody checks that it is etcd in which everything is stored', 'etcd-cafile'),
  [`${tls}#certificate`]: files('the API server makes a certificate for itself, which no client can check', 'tls-cert-file', 'tls-private-key-file'),
  [`${tls}#client-ca`]: files('there is no CA by which client certificates are checked', 'client-ca-file'),
  [`${tls}#cipher-suites`]: server((setting, version) => judgeSuites('the API server', { name: '--tls-cipher-suites', setting: setting('tls-cipher-suites') }, { name: '--tls-min-version', setting: setting('tls-min-version') }, version)),
  [`${audit}#policy`]: files('nothing is recorded', 'audit-policy-file'),
  [`${audit}#backend`]: server((setting) => combine('any', ['audit-log-path', 'audit-webhook-config-file'].map((flag) =>
    judgeSetting(setting(flag), `--${flag}`, isNamed, 'audit events go nowhere: neither --audit-log-path nor --audit-webhook-config-file is set')))),
  [`${audit}#max-age`]: retention('audit-log-maxage', 30, 'days'),
  [`${audit}#max-backups`]: retention('audit-log-maxbackup', 10, 'files'),
  [`${audit}#max-size`]: retention('audit-log-maxsize', 100, 'MB a file'),
  'control-plane/etcd-encryption#configured': files('Secrets lie in etcd, and in every backup of it, as they are', 'encryption-provider-config'),
  'control-plane/etcd-encryption#provider': effective((view, started, version) =>
    judgeSetting(view.apiServer(started, version).encryptionOf('secrets'), 'the first provider for secrets', (provider) => ['aescbc', 'kms-v1', 'kms-v2', 'secretbox'].includes(provider),
      (provider) => (provider === 'identity' ? 'Secrets are stored as they are' : `the first provider for secrets is ${provider}, which is not among the strong ones`))),
};
