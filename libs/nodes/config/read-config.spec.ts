import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ConfigKind } from '../config-facts.js';
import { readConfig } from './read-config.js';

const read = (kind: ConfigKind, content: string | Uint8Array) => readConfig(kind, { bytes: Buffer.from(content as string), path: '/etc/x/file', certificateOf: () => undefined });
const kinds: readonly ConfigKind[] = ['kubelet', 'kube-proxy', 'kube-scheduler', 'etcd', 'openshift', 'authentication', 'authorization', 'encryption', 'audit', 'admission', 'kubeconfig', 'static-pod', 'rancher', 'environment-file', 'argument-file', 'container-runtime'];

const samples: Readonly<Record<string, object>> = {
  kubelet: { kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1', authentication: { anonymous: { enabled: false } }, tlsCipherSuites: ['A', 'B'], featureGates: { X: true } },
  authentication: { kind: 'AuthenticationConfiguration', apiVersion: 'apiserver.config.k8s.io/v1', anonymous: { enabled: true, conditions: [{ path: '/livez' }] }, jwt: [{ issuer: { url: 'https://i', audiences: ['a'] } }] },
  encryption: { kind: 'EncryptionConfiguration', apiVersion: 'apiserver.config.k8s.io/v1', resources: [{ resources: ['secrets'], providers: [{ kms: { apiVersion: 'v2', name: 'k', endpoint: 'unix:///k' } }, { identity: {} }] }] },
  audit: { kind: 'Policy', apiVersion: 'audit.k8s.io/v1', rules: [{ level: 'None', resources: [{ group: '', resources: ['events'] }] }] },
  'static-pod': { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'etcd' }, spec: { containers: [{ name: 'etcd', env: [{ name: 'ETCD_X', value: '1' }] }] } },
};

describe('configuration files', () => {
  it('are read as Kubernetes reads YAML: off is false, times are text', () => {
    expect(read('kubelet', 'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nauthentication: {anonymous: {enabled: off}}\nstreamingConnectionIdleTimeout: 4h0m0s\naddress: 1:30\nstaticPodPath: 2026-01-01\nreadOnlyPort: 0\nhealthzPort: ~\n')).toEqual({
      state: 'read',
      value: {
        apiVersion: 'kubelet.config.k8s.io/v1beta1',
        settings: [
          { key: 'address', value: '1:30' },
          { key: 'readOnlyPort', value: 0 },
          { key: 'healthzPort', value: null },
          { key: 'staticPodPath', value: '2026-01-01' },
          { key: 'authentication.anonymous.enabled', value: false },
          { key: 'streamingConnectionIdleTimeout', value: '4h0m0s' },
        ],
      },
    });
  });

  it('may use anchors, and not to blow up', () => {
    expect(read('audit', 'kind: Policy\napiVersion: audit.k8s.io/v1\nrules:\n- {level: None, verbs: &v [get, list]}\n- {level: Metadata, verbs: *v}\n')).toMatchObject({ value: { rules: [{}, { verbs: ['get', 'list'] }] } });
    const bomb = `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]`).join('\n')}\n`;
    expect(read('etcd', bomb)).toMatchObject({ state: 'invalid' });
    expect(read('etcd', 'a: &a [*a]\n')).toMatchObject({ state: 'invalid' });
    expect(read('etcd', '['.repeat(100_000))).toMatchObject({ state: 'invalid' });
  });

  it.each([
    ['a merge key', 'audit', 'kind: Policy\napiVersion: audit.k8s.io/v1\nbase: &b {level: None}\nrules: [{<<: *b}]\n'],
    ['a tag', 'etcd', 'name: !!binary aGFsbG8=\n'],
    ['two documents', 'kubelet', 'kind: KubeletConfiguration\n---\nkind: KubeletConfiguration\n'],
    ['a map in place of a value', 'kubelet', 'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nreadOnlyPort: {a: 1}\n'],
    ['a list in place of a map', 'kubelet', 'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nauthentication: []\n'],
    ['an encryption provider nobody knows', 'encryption', JSON.stringify({ kind: 'EncryptionConfiguration', apiVersion: 'apiserver.config.k8s.io/v1', resources: [{ resources: ['secrets'], providers: [{ c2VjcmV0: {} }] }] })],
    ['no context that counts', 'kubeconfig', 'kind: Config\napiVersion: v1\ncurrent-context: x\n'],
  ] as const)('with %s are invalid, for what counts cannot be told', (_, kind, content) => {
    const content_ = read(kind, content);
    expect(content_).toMatchObject({ state: 'invalid' });
    expect(JSON.stringify(content_)).not.toContain('c2VjcmV0');
  });

  it('keep authorizers, plugins and their order', () => {
    expect(read('authorization', 'kind: AuthorizationConfiguration\napiVersion: apiserver.config.k8s.io/v1\nauthorizers: [{type: Node, name: node}, {type: RBAC}]\n')).toMatchObject({ value: { authorizers: [{ type: 'Node', name: 'node' }, { type: 'RBAC' }] } });
    expect(read('admission', 'kind: AdmissionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nplugins:\n- name: PodSecurity\n  configuration: {kind: PodSecurityConfiguration, apiVersion: v1, defaults: {enforce: baseline}, exemptions: {namespaces: [kube-system]}}\n- {name: EventRateLimit, path: /etc/rate.yaml}\n- {name: X, configuration: {kind: Other, password: geheim}}\n')).toEqual({
      state: 'read',
      value: {
        apiVersion: 'apiserver.config.k8s.io/v1',
        plugins: [
          { name: 'PodSecurity', kind: 'PodSecurityConfiguration', settings: [{ key: 'defaults.enforce', value: 'baseline' }, { key: 'exemptions.namespaces', value: ['kube-system'] }] },
          { name: 'EventRateLimit', path: '/etc/rate.yaml', settings: [] },
          { name: 'X', kind: 'Other', settings: [] },
        ],
      },
    });
    expect(read('openshift', 'kind: KubeAPIServerConfig\napiVersion: kubecontrolplane.config.openshift.io/v1\napiServerArguments: {audit-log-maxage: ["30"], oidc-client-secret: [geheim]}\n')).toMatchObject({ value: { settings: [{ key: 'apiServerArguments.audit-log-maxage', value: ['30'] }, { key: 'apiServerArguments.oidc-client-secret', value: ['[withheld]'] }] } });
  });

  it('name the directories of a runtime\'s network configuration', () => {
    expect(read('container-runtime', '[plugins."io.containerd.grpc.v1.cri".cni]\n  bin_dir = "/opt"\n  conf_dir = "/etc/cni/net.d" # here\n[crio.network]\nnetwork_dir = \'/srv/cni\'\n')).toEqual({ state: 'read', value: { cniDirectories: ['/etc/cni/net.d', '/srv/cni'] } });
  });

  it('of whatever bytes are read or not, and nothing is thrown', () => {
    const damaged = fc.tuple(fc.constantFrom(...Object.values(samples)), fc.nat(400), fc.string({ maxLength: 6 })).map(([sample, at, text]) => {
      const yaml = stringify(sample);
      return yaml.slice(0, at % yaml.length) + text + yaml.slice(at % yaml.length);
    });
    fc.assert(fc.property(fc.constantFrom(...kinds), fc.oneof(fc.string(), fc.uint8Array({ maxLength: 200 }), fc.jsonValue().map((value) => JSON.stringify(value)), damaged), (kind, content) => {
      expect(['read', 'invalid']).toContain(read(kind, content).state);
    }), { numRuns: 3_000 });
  });

  it('never show what stands at a key that holds keys', () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9]{24,40}$/), (secret) => {
      const files: readonly (readonly [ConfigKind, object])[] = [
        ['encryption', { ...samples['encryption'], resources: [{ resources: ['secrets'], providers: [{ aescbc: { keys: [{ name: 'k', secret }] } }] }] }],
        ['kubeconfig', { kind: 'Config', apiVersion: 'v1', contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }], clusters: [{ name: 'a', cluster: { server: 'https://a' } }], users: [{ name: 'a', user: { token: secret, password: secret, 'client-key-data': secret, exec: { env: [{ name: 'T', value: secret }] } } }] }],
        ['rancher', { token: secret, 'agent-token': secret, 'etcd-s3-secret-key': secret, 'kube-apiserver-arg': [`oidc-client-secret=${secret}`] }],
        ['static-pod', { ...samples['static-pod'], spec: { containers: [{ name: 'x', command: ['x', `--token=${secret}`, '--password', secret], env: [{ name: 'ETCD_PASSWORD', value: secret }, { name: 'OTHER', value: secret }] }] } }],
      ];
      for (const [kind, file] of files) {
        const content = read(kind, stringify(file));
        expect(content.state).toBe('read');
        expect(JSON.stringify(content)).not.toContain(secret);
      }
    }), { numRuns: 100 });
  });
});
