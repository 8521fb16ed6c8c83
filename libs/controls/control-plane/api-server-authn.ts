import type { ComponentFacts } from '#inventory/facts.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { defineControl, type Severity } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import { notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { defineIndex, lackOf, type World } from '../engine/world.js';
import { eachComponent, fileOf, isSet, switchOf } from '../scopes/each-component.js';
import { flagValues, SERVER_VERSION } from '../scopes/flag-values.js';
import { apiServer, apiServerWithFile, managedCluster } from './api-server-example.js';

const fails = (part: string, message: string, severity?: Severity): Verdict => provenFail(message, { part, ...(severity && { severity }) });

/** Names that installers give the certificates of components, which are no people. */
const componentUsers: ReadonlySet<string> = new Set([
  'kubernetes', 'kube-apiserver', 'kube-apiserver-kubelet-client', 'apiserver-kubelet-client', 'kubelet-api', 'kubelet-api-admin', 'kubelet', 'kube-proxy', 'kube-scheduler', 'kube-controller-manager', 'kube-node',
]);

const bindings = ['rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'] as const;

/** Users in the bindings that were read who are neither built in nor components: somebody signs in under these names. */
const people = defineIndex([], (world) => {
  const names = new Set<string>();
  for (const key of bindings) {
    for (const { subjects } of world.seen(key)) for (const { kind, name } of subjects) if (kind === 'User' && !name.startsWith('system:') && !componentUsers.has(name)) names.add(name);
  }
  return [...names].sort();
});

function judgeIdentity(server: ComponentFacts, world: World): Verdict {
  const part = 'identity-provider';
  if (isSet(server, 'oidc-issuer-url') || isSet(server, 'authentication-token-webhook-config-file')) return passPart(part);
  const users = world.use(people);
  if (users.length === 0) {
    const lack = lackOf(world, bindings[0]) ?? lackOf(world, bindings[1]);
    return lack ? unknown(lack, part) : notApplicable('no binding names a person, so that nobody but components and service accounts signs in', part);
  }
  if (isSet(server, 'authentication-config')) {
    const file = fileOf(server, 'authentication-config', 'whether people sign in with an identity provider is');
    if (file.state === 'missing') return unknown(file.missing, part);
    if (file.value.jwt > 0) return passPart(part);
  }
  const named = `${users.slice(0, 3).map((name) => name.slice(0, 60)).join(', ')}${users.length > 3 ? ` and ${users.length - 3} more` : ''}`;
  return provenFail(`people are bound by name (${named}), and no identity provider is set: they sign in with certificates or tokens that nobody can take back`, { part, detail: { users: users.slice(0, 20), count: users.length } });
}

/** The first minor that checks by default whether the account of a token is still there. */
const looksUp = { major: 1, minor: 7 };

function judgeLookup(server: ComponentFacts, world: World): Verdict {
  const part = 'token-lookup';
  const harm = 'tokens of deleted service accounts and Secrets stay valid';
  const isOn = switchOf(server, 'service-account-lookup');
  if (isOn === false) return fails(part, `--service-account-lookup is false: ${harm}`);
  const version = minorOf(world.cluster.version ?? '');
  return isOn === undefined && version && isBefore(version, looksUp) ? fails(part, `--service-account-lookup is not set, and off by default at this version: ${harm}`) : passPart(part);
}

const judge = (server: ComponentFacts, world: World): readonly Verdict[] => [
  orUnknown('static-tokens', () => (isSet(server, 'token-auth-file') ? fails('static-tokens', '--token-auth-file is set: its tokens stand in a file in plain text, never end, and change only with a restart') : passPart('static-tokens'))),
  orUnknown('basic-auth', () => (isSet(server, 'basic-auth-file') ? fails('basic-auth', '--basic-auth-file is set: its passwords stand in a file in plain text and travel with every request') : passPart('basic-auth'))),
  orUnknown('identity-provider', () => judgeIdentity(server, world)),
  orUnknown('token-lookup', () => judgeLookup(server, world)),
  orUnknown('token-key', () => (isSet(server, 'service-account-key-file') || isSet(server, 'service-account-signing-endpoint')
    ? passPart('token-key')
    : fails('token-key', '--service-account-key-file is not set: tokens of service accounts are checked with the key of the serving certificate, which then can be renewed only together with all of them', 'medium'))),
  orUnknown('token-extension', () => (switchOf(server, 'service-account-extend-token-expiration') === false
    ? passPart('token-extension')
    : fails('token-extension', '--service-account-extend-token-expiration is not false: tokens that pods are given for an hour are good for a year', 'low'))),
];

const keys = ['--service-account-key-file=/etc/kubernetes/pki/sa.pub', '--service-account-extend-token-expiration=false'];
const bound = (subject: string, role = 'view') => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: bound}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role}}
subjects: [{apiGroup: rbac.authorization.k8s.io, ${subject}}]`;
const alice = bound('kind: User, name: alice@shop.example');
const server = (flags: readonly string[], more = '', options: Omit<Example, 'manifests'> = {}): Example => manifests(`${apiServer(flags).manifests}${more}`, options);

function withFile(more: string, title: string): Example {
  const example = apiServerWithFile('authentication-config', 'authentication', `{apiVersion: apiserver.config.k8s.io/v1, kind: AuthenticationConfiguration${more}}`, { flags: keys, title });
  return { ...example, manifests: `${example.manifests}${alice}\n` };
}

export const apiServerAuthn = defineControl({
  id: 'control-plane/api-server-authn',
  title: 'The API server knows people by an identity provider and accounts by tokens that end',
  severity: 'high',
  why: 'Tokens and passwords in a file on the control plane stay good until somebody edits the file and restarts the server, and so does a certificate until its end: nobody is locked out in time. An identity provider brings second factors, short sessions and one place where a person who left is taken out.',
  remediation: 'In the manifest of kube-apiserver take out `--token-auth-file` and `--basic-auth-file`, and name an identity provider: `--oidc-issuer-url` with `--oidc-client-id`, or a file with `--authentication-config`. Bind groups of that provider instead of single users. Leave `--service-account-lookup` on, name the key of service accounts with `--service-account-key-file`, and set `--service-account-extend-token-expiration=false` once the metric `serviceaccount_stale_tokens_total` stays at zero. Do one control plane node at a time.',
  frameworks: {
    'cis-kubernetes': ['1.2.2#static-tokens', '1.2.21#token-lookup', '1.2.22#token-key', '1.2.30#token-extension', '3.1.1#identity-provider'],
    'nsa-cisa': ['network/control-plane', 'access/authentication'], 'nist-800-190': ['4.3.2'], 'nist-800-53': ['AC-2', 'IA-2', 'IA-4', 'IA-5'],
    'mitre-attack': ['T1078', 'T1078.003', 'T1110', 'T1136.001'], 'owasp-kubernetes': ['K09'], 'pci-dss': ['8.2.1', '8.3.1', '8.3.2'], soc2: ['CC6.1', 'CC6.2'],
  },
  evidence: ['flags', 'api', 'node'],
  parts: {
    'static-tokens': 'no file of tokens is used', 'basic-auth': 'no file of passwords is used', 'identity-provider': 'people sign in with an identity provider',
    'token-lookup': 'a token ends with its account', 'token-key': 'tokens of accounts have a key of their own', 'token-extension': 'tokens of pods end when they say',
  },
  scope: eachComponent('kube-apiserver'),
  check: judge,
  values: flagValues({
    'static-tokens': ['token-auth-file'], 'basic-auth': ['basic-auth-file'], 'identity-provider': ['oidc-issuer-url', 'authentication-token-webhook-config-file', 'authentication-config'],
    'token-lookup': ['service-account-lookup', SERVER_VERSION], 'token-key': ['service-account-key-file', 'service-account-signing-endpoint'], 'token-extension': ['service-account-extend-token-expiration'],
  }),
  examples: {
    passes: [
      server([...keys, '--oidc-issuer-url=https://id.example', '--oidc-client-id=kubernetes'], alice),
      server([...keys, '--authentication-token-webhook-config-file=/etc/kubernetes/webhook.yaml'], alice),
      server(['--service-account-signing-endpoint=/run/signer.sock', '--service-account-extend-token-expiration=false'], bound('kind: User, name: system:kube-proxy'), { title: 'Nobody is bound but components' }),
      server([...keys, '--service-account-lookup=true'], bound('kind: Group, name: ops')),
      withFile(', jwt: [{issuer: {url: https://id.example, audiences: [kubernetes]}}]', 'A file that names a provider'),
    ],
    fails: [
      server([...keys, '--token-auth-file=/etc/kubernetes/tokens.csv']),
      server([...keys, '--basic-auth-file=/etc/kubernetes/passwords.csv']),
      server(keys, alice, { title: 'A person who signs in with a certificate' }),
      withFile('', 'A file that names none'),
      server([...keys, '--service-account-lookup=false']),
      server(keys, '', { version: 'v1.6.13', title: 'Off by default before 1.7' }),
      server(keys.slice(1)),
      server(keys.slice(0, 1)),
    ],
    unknown: [
      server([...keys, '--authentication-config=/etc/kubernetes/authn.yaml'], alice, { title: 'A file that may name a provider' }),
      server([...keys], '', { missing: { 'clusterrolebindings.rbac.authorization.k8s.io': 'forbidden' } }),
      managedCluster,
    ],
  },
});
