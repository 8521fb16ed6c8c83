import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withholdText, withholdValue, withholdWords } from './secrets.js';

describe('secrets in command lines', () => {
  it.each([
    [['--token=abc'], ['--token=[withheld]']],
    [['--token', 'abc', '--v=2'], ['--token', '[withheld]', '--v=2']],
    [['--token', '-abc'], ['--token', '[withheld]']],
    [['-password', 'x'], ['-password', '[withheld]']],
    [['--etcd-s3-secret-key=x', '--etcd_s3_access_key=y'], ['--etcd-s3-secret-key=[withheld]', '--etcd_s3_access_key=[withheld]']],
    [['--oidc-client-secret=x'], ['--oidc-client-secret=[withheld]']],
    [['K3S_TOKEN=x', 'env'], ['K3S_TOKEN=[withheld]', 'env']],
    [['--encryption-key=c2VjcmV0'], ['--encryption-key=[withheld]']],
    [['--etcd-servers=https://u:p/w@x@etcd:2379'], ['--etcd-servers=https://[withheld]@etcd:2379']],
    [['--datastore-endpoint=postgres://u:p@db/k3s'], ['--datastore-endpoint=postgres://[withheld]']],
    [['--webhook=https://h/x?token=abc'], ['--webhook=https://h/x?[withheld]']],
    [['-c', 'etcd --password abc --name x'], ['-c', 'etcd --password [withheld] --name x']],
    [['abcdef.0123456789abcdef'], ['[withheld]']],
  ])('%j', (words, safe) => {
    expect(withholdWords(words).words).toEqual(safe);
    expect(withholdWords(words).withheld).not.toEqual([]);
  });

  it.each([
    '--token-auth-file=/etc/tokens.csv',
    '--tls-private-key-file=/etc/kubernetes/pki/apiserver.key',
    '--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key',
    '--enable-bootstrap-token-auth=true',
    '--service-account-lookup=false',
    '--service-account-extend-token-expiration=false',
    '--authentication-token-webhook=true',
    '--concurrent-serviceaccount-token-syncs=5',
    '--use-service-account-credentials=true',
    '--secrets-encryption=true',
    '--service-account-key-file=/etc/kubernetes/pki/sa.pub',
    '--etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key',
    '--feature-gates=RotateKubeletServerCertificate=true',
    '--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    '--etcd-servers=https://127.0.0.1:2379',
    '--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379',
    '--image=registry.k8s.io/pause:3.10',
    '--node-ip=2001:db8::1',
  ])('is not in %s', (word) => {
    expect(withholdWords([word])).toEqual({ words: [word], withheld: [] });
  });

  it('never shows the value of a flag that is named like one', () => {
    fc.assert(fc.property(fc.constantFrom('token', 'agent-token', 'password', 'client-secret', 's3-secret-key'), fc.stringMatching(/^[A-Za-z0-9+/._-]{8,40}$/), (name, value) => {
      fc.pre(!value.startsWith('--'));
      expect(withholdWords([`--${name}=${value}`, `--${name}`, value]).words.join(' ')).not.toContain(value);
    }));
  });

  it('takes private keys out of any text', () => {
    expect(withholdText('a -----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY----- b')).toBe('a [withheld] b');
    expect(withholdValue('anything', 'Bearer abcdefgh')).toBe('Bearer [withheld]');
  });
});
