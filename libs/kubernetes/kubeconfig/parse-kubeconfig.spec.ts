import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicOnly, type AddressPolicy } from '#egress/address-policy.js';
import { createAuthority } from '#egress/testing/certificate-authority.js';
import { KubeconfigError, type KubeconfigProblem } from './kubeconfig-error.js';
import { parseKubeconfig } from './parse-kubeconfig.js';

const authority = createAuthority();
const reader = authority.issue('reader');
const stranger = authority.issue('stranger');
const token = 'TOKEN-CANARY.abc_def-123';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const ca = base64(authority.certificate);

interface Parts {
  readonly top?: object;
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

/** A good kubeconfig with some fields changed; `undefined` leaves one out. */
function kubeconfig({ top = {}, cluster = {}, user = {}, context = {} }: Parts = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'prod', cluster: { server: 'https://prod.example:6443', 'certificate-authority-data': ca, ...cluster } }],
    users: [{ name: 'reader', user: { token, ...user } }],
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'reader', ...context } }],
    'current-context': 'prod',
    ...top,
  });
}

function problemsOf(file: string | Uint8Array, context?: string): readonly KubeconfigProblem[] {
  try {
    parseKubeconfig(file, { context });
    return [];
  } catch (error) {
    if (error instanceof KubeconfigError) return error.problems;
    throw error;
  }
}

const found = (file: string | Uint8Array, context?: string): readonly string[] =>
  problemsOf(file, context).map(({ type, pointer }) => `${type} ${pointer}`);

const certificateUser = (certificate: string, key: string): Parts => ({
  user: { token: undefined, 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) },
});

describe('a kubeconfig that is taken', () => {
  it('gives server, CA and token', () => {
    expect(parseKubeconfig(kubeconfig())).toEqual({
      context: 'prod',
      server: 'https://prod.example:6443',
      ca: authority.certificate,
      credential: { kind: 'token', token },
    });
  });

  it('gives a client certificate with its key', () => {
    const { credential } = parseKubeconfig(kubeconfig(certificateUser(reader.certificate + authority.certificate, reader.key)));
    expect(credential).toEqual({ kind: 'client-certificate', certificate: reader.certificate + authority.certificate, key: reader.key });
  });

  it('reads every kind of private key', () => {
    const sec1 = createPrivateKey(reader.key).export({ type: 'sec1', format: 'pem' }).toString();
    const withParameters = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${sec1}`;
    for (const key of [sec1, withParameters, reader.key.replaceAll('\n', '\r\n')]) {
      expect(parseKubeconfig(kubeconfig(certificateUser(reader.certificate, key))).credential).toMatchObject({ key: reader.key });
    }
  });

  it('reads YAML as kubectl, minikube and kind write it', () => {
    const yaml = `# written by a tool
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${ca}
    extensions:
    - extension:
        last-update: Mon, 02 Nov 2026 10:00:00 UTC
        provider: minikube.sigs.k8s.io
      name: cluster_info
    server: https://192.168.49.2:8443/
    tls-server-name: api.internal
  name: minikube
contexts:
- context: {cluster: minikube, namespace: default, user: "minikube"}
  name: minikube
current-context: minikube
kind: Config
preferences: {}
users:
- name: minikube
  user:
    client-certificate-data: |
      ${base64(reader.certificate).replace(/.{76}/g, '$&\n      ')}
    client-key-data: ${base64(reader.key)}
`;
    const expected = { context: 'minikube', server: 'https://192.168.49.2:8443', serverName: 'api.internal', ca: authority.certificate };
    expect(parseKubeconfig(yaml)).toMatchObject(expected);
    expect(parseKubeconfig(Buffer.from(`\ufeff${yaml}`))).toMatchObject(expected);
    expect(parseKubeconfig(yaml.replaceAll('\n', '\r\n'))).toMatchObject(expected);
    expect(parseKubeconfig(`---\n${yaml}...\n`)).toMatchObject(expected);
  });

  it('takes the context that is asked for, and does not mind what the others lack', () => {
    const file = JSON.stringify({
      clusters: [
        { name: 'a', cluster: { server: 'https://a.example/k8s/clusters/c-1/' } },
        { name: 'b', cluster: { server: 'http://b.example', 'certificate-authority-data': 'damaged' } },
        { name: 'c', cluster: null },
      ],
      users: [
        { name: 'a', user: { token } },
        { name: 'b', user: {} },
      ],
      contexts: [
        { name: 'a', context: { cluster: 'a', user: 'a' } },
        { name: 'b', context: { cluster: 'b', user: 'b' } },
        { name: 'c', context: { cluster: 'gone', user: 'gone' } },
      ],
      'current-context': 'b',
    });
    expect(parseKubeconfig(file, { context: 'a' })).toEqual({
      context: 'a',
      server: 'https://a.example/k8s/clusters/c-1',
      credential: { kind: 'token', token },
    });
    expect(found(file)).toEqual([
      'kubeconfig-bad-server /clusters/1/cluster/server',
      'kubeconfig-bad-certificate /clusters/1/cluster/certificate-authority-data',
      'kubeconfig-no-credentials /users/1/user',
    ]);
  });

  it('takes empty text for absent, and an explicit verification for what it is', () => {
    const file = kubeconfig({
      cluster: { 'certificate-authority-data': '', 'tls-server-name': '', 'insecure-skip-tls-verify': false },
      user: { 'client-key-data': '' },
    });
    expect(parseKubeconfig(file)).toEqual({ context: 'prod', server: 'https://prod.example:6443', credential: { kind: 'token', token } });
  });
});

const anywhere = (field: string, value: unknown): Parts => ({ user: { [field]: value } });
const inCluster = (field: string, value: unknown): Parts => ({ cluster: { [field]: value } });

/** What is refused, by field: [what, file, problems]. */
const refusedFiles: readonly (readonly [string, string | Uint8Array, ...string[]])[] = [
  [
    'exec',
    kubeconfig(anywhere('exec', { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', 'id'] })),
    'kubeconfig-exec-plugin /users/0/user/exec',
  ],
  ['exec as text', kubeconfig(anywhere('exec', 'sh')), 'kubeconfig-exec-plugin /users/0/user/exec'],
  ['exec null', kubeconfig(anywhere('exec', null)), 'kubeconfig-exec-plugin /users/0/user/exec'],
  ['exec in capitals', kubeconfig(anywhere('EXEC', {})), 'kubeconfig-exec-plugin /users/0/user/EXEC'],
  ['exec in a cluster', kubeconfig(inCluster('exec', {})), 'kubeconfig-exec-plugin /clusters/0/cluster/exec'],
  ['exec at the top', kubeconfig({ top: { exec: {} } }), 'kubeconfig-exec-plugin /exec'],
  [
    'exec beside user',
    kubeconfig({ top: { users: [{ name: 'reader', exec: {}, user: { token } }] } }),
    'kubeconfig-exec-plugin /users/0/exec',
  ],
  [
    'exec instead of credentials',
    kubeconfig({ user: { token: undefined, exec: { command: 'aws' } } }),
    'kubeconfig-exec-plugin /users/0/user/exec',
  ],
  [
    'exec of a user nobody uses',
    kubeconfig({
      top: {
        users: [
          { name: 'reader', user: { token } },
          { name: 'x', user: { exec: { command: 'x' } } },
        ],
      },
    }),
    'kubeconfig-exec-plugin /users/1/user/exec',
  ],
  [
    'auth-provider gcp',
    kubeconfig(anywhere('auth-provider', { name: 'gcp', config: { 'cmd-path': '/bin/sh' } })),
    'kubeconfig-auth-provider /users/0/user/auth-provider',
  ],
  ['auth-provider azure', kubeconfig(anywhere('auth-provider', { name: 'azure' })), 'kubeconfig-auth-provider /users/0/user/auth-provider'],
  [
    'auth-provider oidc',
    kubeconfig(anywhere('auth-provider', { name: 'oidc', config: { 'idp-issuer-url': 'https://x' } })),
    'kubeconfig-auth-provider /users/0/user/auth-provider',
  ],
  ['tokenFile', kubeconfig(anywhere('tokenFile', '/var/run/secrets/token')), 'kubeconfig-token-file /users/0/user/tokenFile'],
  ['token-file', kubeconfig(anywhere('token-file', '/etc/passwd')), 'kubeconfig-token-file /users/0/user/token-file'],
  ['tokenFile alone', kubeconfig({ user: { token: undefined, tokenFile: '/x' } }), 'kubeconfig-token-file /users/0/user/tokenFile'],
  [
    'client-certificate',
    kubeconfig(anywhere('client-certificate', '/etc/ssl/x.pem')),
    'kubeconfig-file-path /users/0/user/client-certificate',
  ],
  ['client-key', kubeconfig(anywhere('client-key', '/root/.ssh/id_rsa')), 'kubeconfig-file-path /users/0/user/client-key'],
  [
    'certificate-authority',
    kubeconfig(inCluster('certificate-authority', '../ca.crt')),
    'kubeconfig-file-path /clusters/0/cluster/certificate-authority',
  ],
  [
    'certificate-authority empty',
    kubeconfig(inCluster('certificate-authority', '')),
    'kubeconfig-file-path /clusters/0/cluster/certificate-authority',
  ],
  ['proxy-url', kubeconfig(inCluster('proxy-url', 'http://127.0.0.1:8080')), 'kubeconfig-proxy-url /clusters/0/cluster/proxy-url'],
  ['proxy-url socks', kubeconfig(inCluster('proxy-url', 'socks5://10.0.0.1')), 'kubeconfig-proxy-url /clusters/0/cluster/proxy-url'],
  [
    'skip verify',
    kubeconfig(inCluster('insecure-skip-tls-verify', true)),
    'kubeconfig-insecure-skip-tls-verify /clusters/0/cluster/insecure-skip-tls-verify',
  ],
  [
    'skip verify as text',
    kubeconfig(inCluster('insecure-skip-tls-verify', 'false')),
    'kubeconfig-insecure-skip-tls-verify /clusters/0/cluster/insecure-skip-tls-verify',
  ],
  ['as', kubeconfig(anywhere('as', 'system:admin')), 'kubeconfig-impersonation /users/0/user/as'],
  ['as-uid', kubeconfig(anywhere('as-uid', '1')), 'kubeconfig-impersonation /users/0/user/as-uid'],
  ['as-groups', kubeconfig(anywhere('as-groups', ['system:masters'])), 'kubeconfig-impersonation /users/0/user/as-groups'],
  ['as-user-extra', kubeconfig(anywhere('as-user-extra', {})), 'kubeconfig-impersonation /users/0/user/as-user-extra'],
  ['username', kubeconfig(anywhere('username', 'admin')), 'kubeconfig-basic-auth /users/0/user/username'],
  ['password', kubeconfig(anywhere('password', 'PASSWORD-CANARY')), 'kubeconfig-basic-auth /users/0/user/password'],
  ['unknown at the top', kubeconfig({ top: { include: '/etc/x' } }), 'kubeconfig-unknown-field /include'],
  ['unknown in a cluster', kubeconfig(inCluster('socket', '/run/x')), 'kubeconfig-unknown-field /clusters/0/cluster/socket'],
  ['unknown in a user', kubeconfig(anywhere('refresh', 'x')), 'kubeconfig-unknown-field /users/0/user/refresh'],
  ['unknown in a context', kubeconfig({ context: { clusters: 'x' } }), 'kubeconfig-unknown-field /contexts/0/context/clusters'],
  ['a constructor', kubeconfig(anywhere('constructor', {})), 'kubeconfig-unknown-field /users/0/user/constructor'],
  ['a prototype', kubeconfig().replace('"apiVersion"', '"__proto__":{"current-context":"x"},"apiVersion"'), 'kubeconfig-unknown-field '],
  ['a token that slipped into a key', kubeconfig(anywhere(token, null)), 'kubeconfig-unknown-field /users/0/user'],
  ['another kind', kubeconfig({ top: { kind: 'Secret' } }), 'kubeconfig-wrong-type /kind'],
  ['another version', kubeconfig({ top: { apiVersion: 'v2' } }), 'kubeconfig-wrong-type /apiVersion'],
  ['a number for a token', kubeconfig({ user: { token: 12345 } }), 'kubeconfig-wrong-type /users/0/user/token'],
  ['a list for a token', kubeconfig({ user: { token: [token] } }), 'kubeconfig-wrong-type /users/0/user/token'],
  ['a map for clusters', kubeconfig({ top: { clusters: {} } }), 'kubeconfig-wrong-type /clusters'],
  ['an entry without a name', kubeconfig({ top: { users: [{ user: { token } }] } }), 'kubeconfig-wrong-type /users/0/name'],
  ['text', 'hello', 'kubeconfig-wrong-type '],
  ['a list', '[]', 'kubeconfig-wrong-type '],
  ['nothing', '', 'kubeconfig-not-yaml '],
  ['only a comment', '# nothing', 'kubeconfig-not-yaml '],
  ['only a marker', '---\n', 'kubeconfig-wrong-type '],
  ['null', 'null', 'kubeconfig-wrong-type '],
  ['broken YAML', 'a: b: c', 'kubeconfig-not-yaml '],
  ['broken JSON', '{"a": ', 'kubeconfig-not-yaml '],
  ['a tab as indent', 'a:\n\t- b', 'kubeconfig-not-yaml '],
  ['bytes that are no UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]), 'kubeconfig-not-yaml '],
  ['an undefined alias', 'kind: *x', 'kubeconfig-alias /kind'],
  ['an anchor', 'kind: &a Config', 'kubeconfig-alias /kind'],
  ['an anchor on a key', '&a kind: Config', 'kubeconfig-alias '],
  ['an alias', 'kind: &a Config\napiVersion: *a', 'kubeconfig-alias /kind', 'kubeconfig-alias /apiVersion'],
  ['an alias to itself', 'clusters: &a [*a]', 'kubeconfig-alias /clusters', 'kubeconfig-alias /clusters/0'],
  ['a merge key', 'users:\n- name: x\n  <<: {user: {}}', 'kubeconfig-alias /users/0'],
  [
    'a merge key with an alias',
    'preferences: &p {}\nusers:\n- <<: *p\n  name: x',
    'kubeconfig-alias /preferences',
    'kubeconfig-alias /users/0',
  ],
  ['a tag', 'kind: !!str Config', 'kubeconfig-tag /kind'],
  ['a binary tag', 'kind: !!binary Q29uZmln', 'kubeconfig-tag /kind'],
  ['a set', 'users: !!set {a, b}', 'kubeconfig-tag /users'],
  ['a key twice', '{"kind":"Config","kind":"Secret"}', 'kubeconfig-duplicate-key /kind'],
  ['a key that is a list', '? [a]\n: b', 'kubeconfig-wrong-type '],
  ['a key that is a number', '1: b', 'kubeconfig-wrong-type '],
  ['two documents', `${kubeconfig()}\n---\n${kubeconfig()}`, 'kubeconfig-multiple-documents '],
  ['an empty second document', 'kind: Config\n---\n', 'kubeconfig-multiple-documents '],
  ['ten megabytes', 'a'.repeat(10_000_000), 'kubeconfig-too-large '],
  ['one byte too many', Buffer.alloc(256 * 1024 + 1, 0x20), 'kubeconfig-too-large '],
  ['few characters of many bytes', '\u20ac'.repeat(100_000), 'kubeconfig-too-large '],
  ['no current context', kubeconfig({ top: { 'current-context': undefined } }), 'kubeconfig-unknown-context /current-context'],
  ['an empty current context', kubeconfig({ top: { 'current-context': '' } }), 'kubeconfig-unknown-context /current-context'],
  ['a current context that is not there', kubeconfig({ top: { 'current-context': 'x' } }), 'kubeconfig-unknown-context /current-context'],
  ['a context without content', kubeconfig({ top: { contexts: [{ name: 'prod' }] } }), 'kubeconfig-unknown-context /current-context'],
  ['a context of an unknown cluster', kubeconfig({ context: { cluster: 'x' } }), 'kubeconfig-unknown-context /contexts/0/context/cluster'],
  ['a context of an unknown user', kubeconfig({ context: { user: 'x' } }), 'kubeconfig-no-credentials /contexts/0/context/user'],
  ['no lists at all', kubeconfig({ top: { clusters: null, users: null, contexts: null } }), 'kubeconfig-unknown-context /current-context'],
  [
    'two clusters of one name',
    kubeconfig({ top: { clusters: [1, 2].map((n) => ({ name: 'prod', cluster: { server: `https://${n}.example` } })) } }),
    'kubeconfig-duplicate-name /clusters/1/name',
  ],
  [
    'two users of one name',
    kubeconfig({
      top: {
        users: [
          { name: 'reader', user: { token } },
          { name: 'reader', user: {} },
        ],
      },
    }),
    'kubeconfig-duplicate-name /users/1/name',
  ],
  ['no credentials', kubeconfig({ user: { token: undefined } }), 'kubeconfig-no-credentials /users/0/user'],
  ['an empty token', kubeconfig({ user: { token: '' } }), 'kubeconfig-no-credentials /users/0/user'],
  ['a token with a line end', kubeconfig({ user: { token: `${token}\r\nx: y` } }), 'kubeconfig-bad-token /users/0/user/token'],
  ['a token with a space', kubeconfig({ user: { token: `Bearer ${token}` } }), 'kubeconfig-bad-token /users/0/user/token'],
  ['a token beyond ASCII', kubeconfig({ user: { token: 't\u00f6ken' } }), 'kubeconfig-bad-token /users/0/user/token'],
  ['an endless token', kubeconfig({ user: { token: 'x'.repeat(16_385) } }), 'kubeconfig-bad-token /users/0/user/token'],
  [
    'a token and a certificate',
    kubeconfig({ user: { 'client-certificate-data': base64(reader.certificate), 'client-key-data': base64(reader.key) } }),
    'kubeconfig-two-credentials /users/0/user',
  ],
  [
    'a certificate without a key',
    kubeconfig({ user: { token: undefined, 'client-certificate-data': base64(reader.certificate) } }),
    'kubeconfig-no-credentials /users/0/user/client-key-data',
  ],
  [
    'a key without a certificate',
    kubeconfig({ user: { token: undefined, 'client-key-data': base64(reader.key) } }),
    'kubeconfig-no-credentials /users/0/user/client-certificate-data',
  ],
  [
    'the key of another',
    kubeconfig(certificateUser(reader.certificate, stranger.key)),
    'kubeconfig-key-mismatch /users/0/user/client-key-data',
  ],
  [
    'a key where a certificate belongs',
    kubeconfig(certificateUser(reader.key, reader.key)),
    'kubeconfig-bad-certificate /users/0/user/client-certificate-data',
  ],
  [
    'a certificate where a key belongs',
    kubeconfig(certificateUser(reader.certificate, reader.certificate)),
    'kubeconfig-bad-key /users/0/user/client-key-data',
  ],
  [
    'two keys',
    kubeconfig(certificateUser(reader.certificate, reader.key + reader.key)),
    'kubeconfig-bad-key /users/0/user/client-key-data',
  ],
  ['an encrypted key', kubeconfig(certificateUser(reader.certificate, encryptedKey())), 'kubeconfig-bad-key /users/0/user/client-key-data'],
  [
    'a damaged key',
    kubeconfig(certificateUser(reader.certificate, reader.key.replace('MIG', 'AAA'))),
    'kubeconfig-bad-key /users/0/user/client-key-data',
  ],
  [
    'a CA that is no base64',
    kubeconfig(inCluster('certificate-authority-data', 'not base64!')),
    'kubeconfig-bad-certificate /clusters/0/cluster/certificate-authority-data',
  ],
  [
    'a CA as bare PEM',
    kubeconfig(inCluster('certificate-authority-data', authority.certificate)),
    'kubeconfig-bad-certificate /clusters/0/cluster/certificate-authority-data',
  ],
  [
    'a CA that is base64 of no PEM',
    kubeconfig(inCluster('certificate-authority-data', base64('hello'))),
    'kubeconfig-bad-certificate /clusters/0/cluster/certificate-authority-data',
  ],
  [
    'a CA that is a path',
    kubeconfig(inCluster('certificate-authority-data', base64('/etc/ssl/ca.pem'))),
    'kubeconfig-bad-certificate /clusters/0/cluster/certificate-authority-data',
  ],
  [
    'a damaged CA',
    kubeconfig(inCluster('certificate-authority-data', base64(authority.certificate.replace('MII', 'AAA')))),
    'kubeconfig-bad-certificate /clusters/0/cluster/certificate-authority-data',
  ],
  [
    'a CA with its key',
    kubeconfig(inCluster('certificate-authority-data', base64(authority.certificate + authority.key))),
    'kubeconfig-bad-certificate /clusters/0/cluster/certificate-authority-data',
  ],
  [
    'a CA without an end',
    kubeconfig(inCluster('certificate-authority-data', base64('-----BEGIN CERTIFICATE-----\n'.repeat(5_000)))),
    'kubeconfig-bad-certificate /clusters/0/cluster/certificate-authority-data',
  ],
  [
    'a server name with a path',
    kubeconfig(inCluster('tls-server-name', '../x')),
    'kubeconfig-bad-server-name /clusters/0/cluster/tls-server-name',
  ],
  [
    'a server name with a line end',
    kubeconfig(inCluster('tls-server-name', 'a\r\nb')),
    'kubeconfig-bad-server-name /clusters/0/cluster/tls-server-name',
  ],
  ...[
    '',
    'prod.example',
    'http://prod.example',
    'ftp://prod.example',
    'file:///etc/passwd',
    'unix:///run/x',
    'https://u:PASSWORD-CANARY@prod.example',
    'https://prod.example/?x=1',
    'https://prod.example/?',
    'https://prod.example/#x',
    'https://prod.example:0',
    'https://[fe80::1%25eth0]',
    'https://prod.example\\@127.0.0.1',
    ' https://prod.example',
  ].map(
    (server) =>
      [
        `the server ${JSON.stringify(server)}`,
        kubeconfig({ cluster: { server } }),
        'kubeconfig-bad-server /clusters/0/cluster/server',
      ] as const,
  ),
  ['no server', kubeconfig({ cluster: { server: undefined } }), 'kubeconfig-bad-server /clusters/0/cluster/server'],
];

describe('a kubeconfig that is refused', () => {
  it.each(refusedFiles)('%s', (_what, file, ...problems) => {
    expect(found(file)).toEqual(problems);
  });

  it('is told a context that is not there', () => {
    expect(found(kubeconfig(), 'elsewhere')).toEqual(['kubeconfig-unknown-context /contexts']);
  });

  it('hears of everything at once', () => {
    const file = kubeconfig({
      top: {
        extra: 1,
        users: [{ name: 'reader', user: { exec: {}, 'auth-provider': {}, tokenFile: 'x', as: 'x', username: 'x', 'client-key': 'x' } }],
      },
      cluster: { 'insecure-skip-tls-verify': true, 'proxy-url': 'x', server: 'http://x.example', 'certificate-authority-data': 'x' },
    });
    expect([...found(file)].sort()).toEqual([
      'kubeconfig-auth-provider /users/0/user/auth-provider',
      'kubeconfig-bad-certificate /clusters/0/cluster/certificate-authority-data',
      'kubeconfig-bad-server /clusters/0/cluster/server',
      'kubeconfig-basic-auth /users/0/user/username',
      'kubeconfig-exec-plugin /users/0/user/exec',
      'kubeconfig-file-path /users/0/user/client-key',
      'kubeconfig-impersonation /users/0/user/as',
      'kubeconfig-insecure-skip-tls-verify /clusters/0/cluster/insecure-skip-tls-verify',
      'kubeconfig-proxy-url /clusters/0/cluster/proxy-url',
      'kubeconfig-token-file /users/0/user/tokenFile',
      'kubeconfig-unknown-field /extra',
    ]);
  });

  it('names the line of a syntax error', () => {
    expect(problemsOf('kind: Config\napiVersion: v1\na: b: c\n')[0]?.detail).toContain('in line 3');
  });

  it('never finds a value of its own in an answer', () => {
    const secrets = ['CANARY', ca.slice(0, 40), base64(reader.key).slice(40, 80), ...reader.key.split('\n').slice(1, 3)];
    const leaks = refusedFiles.filter(([, file]) => secrets.some((secret) => shownOf(file).includes(secret)));
    expect(leaks).toEqual([]);
  });

  it('shows no token that breaks the YAML around it', () => {
    for (const file of [
      `users: [{user: {token: ${token}}`,
      `token ${token}: "x`,
      `- ${token}\nx: y`,
      `%${token}\n---\na: b: c`,
      `a: &${token} b\nc: *${token}X`,
      `a: !${token} b`,
    ]) {
      expect(shownOf(file)).not.toContain('CANARY');
    }
  });
});

describe('hostile shapes', () => {
  const size = 256 * 1024;
  it.each([
    ['flow lists', '['.repeat(size)],
    ['flow maps', '{'.repeat(size)],
    ['flow pairs', '{a: '.repeat(size / 4)],
    ['block lists', '- '.repeat(size / 2)],
    ['explicit keys', '? '.repeat(size / 2)],
    ['indented maps', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['nested JSON', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['many documents', '---\n'.repeat(size / 4)],
    ['many keys', Array.from({ length: 25_000 }, (_, n) => `k${n}: 1`).join('\n')],
    ['commas', `[${','.repeat(size - 1)}`],
    ['many anchors', '&a '.repeat(size / 3)],
    ['comments', '#\n'.repeat(size / 2)],
    ['directives', '%YAML 1.2\n'.repeat(25_000)],
    ['one long line', 'a'.repeat(size)],
    ['quotes', `"${'\\n'.repeat(size / 2 - 1)}"`],
    ['spaces', `${' '.repeat(size - 1)}a`],
  ])('refuses %s quickly', (_what, file) => {
    const started = performance.now();
    expect(problemsOf(file).length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('keeps a flood of problems short', () => {
    const extra = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`k${n}`, n]));
    expect(problemsOf(kubeconfig({ top: extra }))).toHaveLength(100);
  });

  it.each(['https://10.0.0.1:6443', 'https://169.254.169.254', 'https://0x7f000001', 'https://2130706433', 'https://[::1]', 'https://[::ffff:10.0.0.1]', 'https://[64:ff9b::a00:1]', 'https://[fd00:ec2::254]'])('judges the address %s at once where it is told which are called', (server) => {
    const file = kubeconfig({ cluster: { server } });
    const judge = (addresses: AddressPolicy): readonly KubeconfigProblem[] => {
      try {
        parseKubeconfig(file, { addresses });
        return [];
      } catch (error) {
        return (error as KubeconfigError).problems;
      }
    };
    const [problem, ...more] = judge(publicOnly);
    expect([problem, more]).toMatchObject([{ type: 'kubeconfig-bad-server', pointer: '/clusters/0/cluster/server' }, []]);
    expect(problem?.detail).toMatch(/^Its address lies in the range "[a-z0-9-]+"/);
    expect(parseKubeconfig(file).server).toMatch(/^https:/);
  });

  it('leaves a name, and an address that the operator opened, to be judged when it is connected to', () => {
    for (const server of ['https://prod.example:6443', 'https://10.0.0.1:6443']) {
      expect(parseKubeconfig(kubeconfig({ cluster: { server } }), { addresses: { allowedPrivateRanges: ['10.0.0.0/8'], allowLoopbackHttp: false } }).server).toBe(server);
    }
  });

  it('answers any text with a result or a KubeconfigError', () => {
    const good = kubeconfig();
    const mutated = fc
      .tuple(fc.nat(good.length - 1), fc.nat(30), fc.string({ maxLength: 20 }))
      .map(([at, gone, text]) => good.slice(0, at) + text + good.slice(at + gone));
    expect(() =>
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.json(), mutated), (file) => problemsOf(file).length >= 0),
        { numRuns: 2_000 },
      ),
    ).not.toThrow();
  });
});

/** All that a person may get to see of a refusal. */
function shownOf(file: string | Uint8Array): string {
  try {
    parseKubeconfig(file);
  } catch (error) {
    if (error instanceof KubeconfigError) return JSON.stringify(error.problems) + error.message + String(error.stack);
  }
  throw new Error('expected a KubeconfigError');
}

function encryptedKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: createHash('sha256').update('x').digest('hex') })
    .toString();
}
