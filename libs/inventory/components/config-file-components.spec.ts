import { describe, expect, it } from 'vitest';
import { effectiveEtcd, effectiveKubeProxy, effectiveScheduler, type EtcdInput } from './config-file-components.js';
import type { ConfigDocument } from './readable.js';

const version = { major: 1, minor: 36 };

describe('kube-scheduler', () => {
  const config: ConfigDocument = { path: '/s', content: { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', enableProfiling: false } };
  it('goes by its flags without a file', () => {
    expect(effectiveScheduler({ args: ['--profiling=false'], version }).setting('profiling')).toMatchObject({ value: false, from: { source: 'flag' } });
    expect(effectiveScheduler({ args: [], version }).setting('bind-address')).toMatchObject({ value: '0.0.0.0' });
  });
  it('ignores --profiling beside a file, and keeps --bind-address', () => {
    const scheduler = effectiveScheduler({ args: ['--config=/s', '--profiling=true', '--bind-address=127.0.0.1'], version, config });
    expect(scheduler.setting('profiling')).toMatchObject({ value: false, from: { source: 'file' } });
    expect(scheduler.setting('bind-address')).toMatchObject({ value: '127.0.0.1', from: { source: 'flag' } });
  });
  it('is unknown where the file was not read', () => {
    const scheduler = effectiveScheduler({ args: ['--config=/s', '--profiling=false'], version });
    expect(scheduler.setting('profiling')).toMatchObject({ state: 'unreadable', reason: 'not-read' });
    expect(effectiveScheduler({ args: ['--config=/s'], version, config: { path: '/s', content: { apiVersion: 'x', kind: 'y' } } }).setting('profiling')).toMatchObject({ reason: 'unknown-api-version' });
    expect(effectiveScheduler({ args: ['--config=/s'], version, config: { path: '/s', content: { ...(config as { content: object }).content, enableProfiling: 'no' } } }).setting('profiling')).toMatchObject({ reason: 'wrong-type' });
  });
});

describe('kube-proxy', () => {
  const config = (fields: Readonly<Record<string, unknown>>): ConfigDocument => ({ path: '/p', content: { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', ...fields } });
  const metrics = (args: readonly string[], document?: ConfigDocument) => effectiveKubeProxy({ args, version, ...(document && { config: document }) }).setting('metrics-bind-address');
  it.each([
    [[], undefined, '127.0.0.1:10249', 'default'],
    [['--metrics-bind-address=0.0.0.0'], undefined, '0.0.0.0:10249', 'flag'],
    [['--metrics-port=0'], undefined, '', 'default'],
    [['--config=/p', '--metrics-bind-address=127.0.0.1'], config({ metricsBindAddress: '0.0.0.0:10249' }), '0.0.0.0:10249', 'file'],
    [['--config=/p', '--metrics-bind-address=0.0.0.0'], config({ metricsBindAddress: '' }), '127.0.0.1:10249', 'default'],
    [['--config=/p'], config({ bindAddress: '::' }), '[::1]:10249', 'file'],
    [['--config=/p'], config({ metricsBindAddress: '::' }), '[::]:10249', 'file'],
  ] as const)('%j with %j serves metrics on %s', (args, document, value, source) => {
    expect(metrics(args, document)).toMatchObject({ value, from: { source } });
  });
  it('takes its name from the flag all the same', () => {
    expect(effectiveKubeProxy({ args: ['--config=/p', '--hostname-override=a'], version, config: config({ hostnameOverride: 'b' }) }).setting('hostname-override')).toMatchObject({ value: 'a' });
  });
  it('is unknown where the file was not read', () => {
    expect(metrics(['--config=/p', '--metrics-bind-address=127.0.0.1'])).toMatchObject({ state: 'unreadable', reason: 'not-read' });
    expect(metrics(['--config=/p'], config({ metricsBindAddress: 1 }))).toMatchObject({ state: 'unreadable', reason: 'wrong-type' });
  });
});

describe('etcd', () => {
  const etcd = (input: Partial<EtcdInput>) => effectiveEtcd({ args: [], version: undefined, isEnvironmentWhole: true, ...input });
  it.each<readonly [Partial<EtcdInput>, string, unknown]>([
    [{}, 'client-cert-auth', { value: false, from: { source: 'default' } }],
    [{ args: ['-client-cert-auth'] }, 'client-cert-auth', { value: true, from: { source: 'flag' } }],
    [{ environment: { ETCD_CLIENT_CERT_AUTH: 'true' } }, 'client-cert-auth', { value: true, from: { source: 'environment', variable: 'ETCD_CLIENT_CERT_AUTH' } }],
    [{ args: ['--client-cert-auth=false'], environment: { ETCD_CLIENT_CERT_AUTH: 'true' } }, 'client-cert-auth', { value: false, from: { source: 'flag' } }],
    [{ environment: { ETCD_CERT_FILE: '' } }, 'cert-file', { value: '', from: { source: 'default' } }],
    [{ environment: { ETCD_CLIENT_CERT_AUTH: 'maybe' } }, 'client-cert-auth', { state: 'unreadable', reason: 'bad-value' }],
    [{ isEnvironmentWhole: false }, 'cert-file', { state: 'unreadable', reason: 'not-read' }],
    [{ args: ['--cert-file=/a', '--config-file='], isEnvironmentWhole: false }, 'cert-file', { value: '/a' }],
    [{ args: ['--cert-file=/a'], isEnvironmentWhole: false }, 'cert-file', { state: 'unreadable', reason: 'not-read' }],
    [{ args: ['--listen-client-urls=https://a:1', '--listen-client-urls=http://b:1,https://c:1'] }, 'listen-client-urls', { value: ['http://b:1', 'https://c:1'] }],
  ])('%j: %s', (input, flag, expected) => {
    expect(etcd(input).setting(flag)).toMatchObject(expected as object);
  });

  const config: ConfigDocument = { path: '/e', content: { 'data-dir': '/d', 'client-transport-security': { 'cert-file': '/c', 'client-cert-auth': true }, 'peer-transport-security': { 'auto-tls': true }, 'listen-client-urls': 'https://a:1,https://b:1' } };
  it.each([
    ['cert-file', '/c', 'file'], ['client-cert-auth', true, 'file'], ['auto-tls', false, 'default'], ['peer-auto-tls', true, 'file'], ['peer-client-cert-auth', false, 'default'],
    ['listen-client-urls', ['https://a:1', 'https://b:1'], 'file'], ['data-dir', '/d', 'file'], ['key-file', '', 'default'],
  ] as const)('has %s of a file alone', (flag, value, source) => {
    for (const input of [{ args: ['--config-file=/e', '--key-file=/k', '--client-cert-auth=false'] }, { environment: { ETCD_CONFIG_FILE: '/e', ETCD_KEY_FILE: '/k' } }]) {
      expect(etcd({ ...input, config }).setting(flag)).toMatchObject({ value, from: { source } });
    }
  });
  it('is unknown where the file was not read, or is none', () => {
    expect(etcd({ args: ['--config-file=/e', '--client-cert-auth=true'] }).setting('client-cert-auth')).toMatchObject({ state: 'unreadable', reason: 'not-read' });
    expect(etcd({ args: ['--config-file=/e'], config: { path: '/e', content: { 'client-transport-security': 1 } } }).setting('auto-tls')).toMatchObject({ reason: 'wrong-type' });
    expect(etcd({ args: ['--config-file=/e'], config: { path: '/e', unreadable: 'NUL' } }).setting('auto-tls')).toMatchObject({ reason: 'bad-document' });
  });
});
