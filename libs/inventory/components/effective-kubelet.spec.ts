import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MinorVersion } from '../readers/minor-version.js';
import { componentFlags } from './component-flags.js';
import { effectiveKubelet, type KubeletInput } from './effective-kubelet.js';
import { kubeletKeys, kubeletSetting, type KubeletKey } from './kubelet-settings.js';
import type { SettingValue } from './flag-definitions.js';
import type { ConfigDocument, Setting } from './readable.js';

const v136 = { major: 1, minor: 36 };
const file = (fields: Readonly<Record<string, unknown>>, path = '/var/lib/kubelet/config.yaml'): ConfigDocument =>
  ({ path, content: { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', ...fields } });
const withFile = ['--config=/var/lib/kubelet/config.yaml'];
const withBoth = [...withFile, '--config-dir=/etc/kubelet.d'];
type Given = Omit<KubeletInput, 'flags'> & { readonly args?: readonly string[]; readonly version?: MinorVersion | undefined };
const effective = ({ args = [], version, ...input }: Given) => effectiveKubelet({ flags: componentFlags('kubelet', args, version), ...input });
const of = (key: KubeletKey | 'hostnameOverride', input: Given) => effective({ version: v136, ...input })[key];
const drop = (name: string, fields: Readonly<Record<string, unknown>>): ConfigDocument => file(fields, `/etc/kubelet.d/${name}`);

describe('defaults of a kubelet', () => {
  it.each([
    ['authentication.anonymous.enabled', true, false],
    ['authentication.webhook.enabled', false, true],
    ['authorization.mode', 'AlwaysAllow', 'Webhook'],
    ['readOnlyPort', 10_255, 0],
    ['rotateCertificates', false, false],
    ['podPidsLimit', -1, -1],
    ['streamingConnectionIdleTimeout', 14_400, 14_400],
  ] as const)('%s is %s without a file and %s with one', (key, without, within) => {
    expect(of(key, {})).toEqual({ state: 'read', value: without, from: { source: 'default', minor: '1.36' } });
    expect(of(key, { args: withFile, config: file({}) })).toEqual({ state: 'read', value: within, from: { source: 'default', minor: '1.36' } });
    expect(of(key, { args: ['--config-dir=/etc/kubelet.d'], dropIns: [] })).toMatchObject({ value: without });
  });
});

describe('a kubelet\'s file', () => {
  it('is over defaults, and names are beside it', () => {
    const input = { args: withFile, config: file({ readOnlyPort: 10_255, authentication: { x509: { clientCAFile: 'pki/ca.crt' } } }) };
    expect(of('readOnlyPort', input)).toEqual({ state: 'read', value: 10_255, from: { source: 'file', path: '/var/lib/kubelet/config.yaml' } });
    expect(of('authentication.x509.clientCAFile', input)).toMatchObject({ value: '/var/lib/kubelet/pki/ca.crt' });
  });

  it('does not count a zero that its field cannot tell from nothing', () => {
    const input = { args: withFile, config: file({ streamingConnectionIdleTimeout: '0s', authorization: { mode: '' }, eventRecordQPS: 0, makeIPTablesUtilChains: false, rotateCertificates: null }) };
    expect(of('streamingConnectionIdleTimeout', input)).toMatchObject({ value: 14_400, from: { source: 'default' } });
    expect(of('authorization.mode', input)).toMatchObject({ value: 'Webhook' });
    expect(of('eventRecordQPS', input)).toMatchObject({ value: 0, from: { source: 'file' } });
    expect(of('makeIPTablesUtilChains', input)).toMatchObject({ value: false });
    expect(of('rotateCertificates', input)).toMatchObject({ value: false, from: { source: 'default' } });
  });

  it.each<readonly [string, ConfigDocument | undefined, string]>([
    ['not read', undefined, 'not-read'],
    ['with repeated keys', { path: '/c', unreadable: 'the key readOnlyPort stands there twice' }, 'bad-document'],
    ['of another version', { path: '/c', content: { apiVersion: 'kubelet.config.k8s.io/v1', kind: 'KubeletConfiguration' } }, 'unknown-api-version'],
    ['of no version', { path: '/c', content: { readOnlyPort: 0 } }, 'unknown-api-version'],
    ['a list', { path: '/c', content: [] }, 'wrong-type'],
    ['a text where a number is meant', file({ readOnlyPort: '0' }), 'wrong-type'],
    ['a number where an object is meant', file({ authentication: 1 }), 'wrong-type'],
    ['with NUL', file({ tlsMinVersion: 'a\0' }), 'wrong-type'],
    ['with a duration of days', file({ streamingConnectionIdleTimeout: '1d' }), 'wrong-type'],
    ['with a duration of nothing', file({ streamingConnectionIdleTimeout: null }), 'wrong-type'],
    ['with gates that are texts', file({ featureGates: { A: 'true' } }), 'wrong-type'],
  ])('%s leaves everything open that no flag says', (_, config, reason) => {
    const input = { args: [...withFile, '--read-only-port=0', '--rotate-certificates'], ...(config && { config }) };
    expect(of('readOnlyPort', input)).toEqual({ state: 'read', value: 0, from: { source: 'flag', flag: 'read-only-port' } });
    expect(of('rotateCertificates', input)).toMatchObject({ value: true });
    expect(of('authentication.anonymous.enabled', input)).toMatchObject({ state: 'unreadable', reason });
    expect(of('featureGates', { ...input, args: [...input.args, '--feature-gates=A=true'] })).toMatchObject({ state: 'unreadable', reason });
  });
});

describe('a kubelet\'s drop-ins', () => {
  const base = { args: withBoth, config: file({ readOnlyPort: 10_255, tlsCipherSuites: ['A', 'B'], featureGates: { X: true, Y: true }, authentication: { anonymous: { enabled: true } } }) };

  it('are over the file, in the order of their paths', () => {
    const dropIns = [drop('20-b.conf', { readOnlyPort: 2 }), drop('10-a.conf', { readOnlyPort: 1 }), drop('30-c.yaml', { readOnlyPort: 3 }), drop('10-a.d/x.conf', { readOnlyPort: 4 })];
    expect(of('readOnlyPort', { ...base, dropIns })).toEqual({ state: 'read', value: 2, from: { source: 'drop-in', path: '/etc/kubelet.d/20-b.conf' } });
    expect(of('readOnlyPort', { ...base, dropIns: dropIns.slice(2) })).toMatchObject({ value: 4 });
  });

  it('replace lists and join maps', () => {
    const dropIns = [drop('a.conf', { tlsCipherSuites: ['C'], featureGates: { Y: false } })];
    expect(of('tlsCipherSuites', { ...base, dropIns })).toMatchObject({ value: ['C'] });
    expect(of('featureGates', { ...base, dropIns })).toMatchObject({ value: { X: true, Y: false } });
    expect(of('authentication.anonymous.enabled', { ...base, dropIns })).toMatchObject({ value: true, from: { source: 'file' } });
  });

  it.each([
    [28, { readOnlyPort: 0 }, 'readOnlyPort', 10_255],
    [29, { readOnlyPort: 0 }, 'readOnlyPort', 0],
    [36, { readOnlyPort: 0 }, 'readOnlyPort', 0],
    [28, { authentication: { anonymous: { enabled: false } } }, 'authentication.anonymous.enabled', true],
    [30, { authentication: { anonymous: { enabled: false } } }, 'authentication.anonymous.enabled', false],
    [31, { authentication: { anonymous: { enabled: null } } }, 'authentication.anonymous.enabled', true],
    [32, { authentication: { anonymous: { enabled: null } } }, 'authentication.anonymous.enabled', false],
    [32, { authentication: null }, 'authentication.anonymous.enabled', false],
    [31, { streamingConnectionIdleTimeout: '0s' }, 'streamingConnectionIdleTimeout', 0],
    [32, { streamingConnectionIdleTimeout: '0s' }, 'streamingConnectionIdleTimeout', 14_400],
  ] as const)('of 1.%i: %j makes %s %j', (minor, fields, key, value) => {
    expect(of(key, { ...base, version: { major: 1, minor }, dropIns: [drop('a.conf', fields)] })).toMatchObject({ value });
  });

  it('of 1.28 set their own defaults over what the file says', () => {
    const input = { ...base, config: file({ authorization: { mode: 'AlwaysAllow' } }), dropIns: [drop('a.conf', {})] };
    expect(of('authorization.mode', { ...input, version: { major: 1, minor: 28 } })).toMatchObject({ value: 'Webhook' });
    expect(of('authorization.mode', input)).toMatchObject({ value: 'AlwaysAllow' });
  });

  it('need no version from 1.29 to 1.31 alone', () => {
    const dropIns = [{ path: '/etc/kubelet.d/a.conf', content: { readOnlyPort: 7 } }];
    expect(of('readOnlyPort', { ...base, version: { major: 1, minor: 31 }, dropIns })).toMatchObject({ value: 7 });
    expect(of('readOnlyPort', { ...base, dropIns })).toMatchObject({ state: 'unreadable', reason: 'unknown-api-version' });
  });

  it('that were not read leave everything open, and so does a version that nobody knows', () => {
    expect(of('readOnlyPort', base)).toMatchObject({ state: 'unreadable', reason: 'not-read' });
    expect(of('readOnlyPort', { ...base, version: undefined, dropIns: [] })).toMatchObject({ state: 'unreadable', reason: 'unknown-version' });
  });
});

describe('a kubelet\'s flags', () => {
  it('are over files', () => {
    const input = { args: [...withBoth, '--anonymous-auth=false', '--tls-cipher-suites=A', '--tls-cipher-suites', 'B'], config: file({ authentication: { anonymous: { enabled: true } }, tlsCipherSuites: ['C'] }), dropIns: [] };
    expect(of('authentication.anonymous.enabled', input)).toEqual({ state: 'read', value: false, from: { source: 'flag', flag: 'anonymous-auth' } });
    expect(of('tlsCipherSuites', input)).toMatchObject({ value: ['A', 'B'] });
  });

  it('join gates with those of files', () => {
    expect(of('featureGates', { args: [...withFile, '--feature-gates=B=false'], config: file({ featureGates: { A: true, B: true } }) })).toMatchObject({ value: { A: true, B: false } });
  });

  it('cannot switch off seccompDefault of a file', () => {
    expect(of('seccompDefault', { args: [...withFile, '--seccomp-default=false'], config: file({ seccompDefault: true }) })).toMatchObject({ value: true, from: { source: 'file' } });
    expect(of('seccompDefault', { args: [...withFile, '--seccomp-default'], config: file({}) })).toMatchObject({ value: true, from: { source: 'flag' } });
  });

  it('set to zero what files cannot', () => {
    expect(of('streamingConnectionIdleTimeout', { args: ['--streaming-connection-idle-timeout=0'] })).toMatchObject({ value: 0 });
  });

  it('alone name another host', () => {
    expect(of('hostnameOverride', { args: ['--hostname-override=a'], configz: { kubeletconfig: { authentication: {} } } })).toMatchObject({ value: 'a' });
  });
});

describe('configz', () => {
  const answer = { kubeletconfig: { authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: {} }, authorization: { mode: 'Webhook' }, eventRecordQPS: 50, podPidsLimit: -1, makeIPTablesUtilChains: true, seccompDefault: false, streamingConnectionIdleTimeout: '4h0m0s' } };

  it('is the truth, whatever files and flags say', () => {
    const input = { args: ['--read-only-port=10255', '--anonymous-auth=true'], configz: answer };
    expect(of('readOnlyPort', input)).toEqual({ state: 'read', value: 0, from: { source: 'configz' } });
    expect(of('authentication.anonymous.enabled', input)).toMatchObject({ value: false });
    expect(of('rotateCertificates', input)).toMatchObject({ value: false });
  });

  it('tells nothing of what it should show and does not', () => {
    expect(of('authentication.anonymous.enabled', { configz: { authentication: {} } })).toMatchObject({ state: 'unreadable', reason: 'bad-document' });
  });

  it.each([[{}], [[]], ['x'], [{ kubeletconfig: [] }], [{ kubeletconfig: { authentication: 1 } }], [{ message: 'forbidden' }]])('%j is none', (configz) => {
    for (const key of kubeletKeys) expect(of(key, { configz }).state).toBe('unreadable');
  });
});

interface Vector {
  readonly config: Readonly<Record<string, unknown>>;
  readonly dropIns: readonly Readonly<Record<string, unknown>>[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly configz?: Readonly<Record<string, unknown>>;
}

/** Files and drop-ins, and what the code of kubelet 1.36.3 makes of them: values that are not the defaults, and its own configz for some. */
const { defaults, vectors } = JSON.parse(readFileSync(join(import.meta.dirname, 'testing/kubelet.json'), 'utf8')) as { readonly defaults: Readonly<Record<string, unknown>>; readonly vectors: readonly Vector[] };

/** The vectors were made before this one was read: a switch that is on by default, as makeIPTablesUtilChains is, which they hold. */
const keysOfVectors = kubeletKeys.filter((key) => key !== 'enableDebuggingHandlers');

const valueOf = (setting: Setting<SettingValue>): unknown => (setting.state === 'read' ? setting.value : setting.reason);

describe('a kubelet of 1.36', () => {
  it('makes the same of files and drop-ins', () => {
    expect(vectors.length).toBeGreaterThan(150);
    for (const { config, dropIns, values } of vectors) {
      const settings = effective({ args: withBoth, version: v136, config: file(config), dropIns: dropIns.map((fields, i) => drop(`${i}.conf`, fields)) });
      for (const key of keysOfVectors) expect(valueOf(settings[key]), JSON.stringify([key, config, dropIns])).toEqual({ ...defaults, ...values }[key]);
    }
  });

  it('shows in configz what it makes of them', () => {
    const shown = vectors.filter(({ configz }) => configz);
    expect(shown.length).toBeGreaterThan(20);
    for (const { configz, values } of shown) {
      const settings = effective({ version: v136, configz: { kubeletconfig: configz } });
      for (const key of keysOfVectors) expect(valueOf(settings[key]), JSON.stringify([key, configz])).toEqual({ ...defaults, ...values }[key]);
    }
  });
});

describe('whatever a node has', () => {
  const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(true, false, 0, -1, '0s', null));
  const fields = fc.dictionary(fc.constantFrom(...new Set(kubeletKeys.map((key) => key.split('.')[0]!)), 'apiVersion', '__proto__'), json, { maxKeys: 5 });
  const document = fields.map((content) => file(content));

  it('no setting is read that a stronger layer leaves open', () => {
    const args = fc.subarray(['--config=/c', '--config-dir=/d', '--read-only-port=0', '--anonymous-auth=false', '--rotate-certificates=maybe', '--tls-min-version=VersionTLS13']);
    const version = fc.option(fc.integer({ min: 26, max: 40 }).map((minor) => ({ major: 1, minor })), { nil: undefined });
    fc.assert(fc.property(args, version, fc.option(document, { nil: undefined }), fc.option(fc.array(document.map((d) => ({ ...d, path: '/d/x.conf' })), { maxLength: 3 }), { nil: undefined }), (given, of136, config, dropIns) => {
      const settings = effective({ args: given, version: of136, ...(config && { config }), ...(dropIns && { dropIns }) });
      const needsFile = given.includes('--config=/c') && !config;
      const needsDropIns = given.includes('--config-dir=/d') && !dropIns;
      expect(Object.keys(settings)).toHaveLength(kubeletKeys.length + 1);
      for (const key of kubeletKeys) {
        const setting = settings[key];
        const { flag } = kubeletSetting(key);
        const isGiven = given.some((word) => word.startsWith(`--${flag}=`));
        if (isGiven) expect(setting).toMatchObject(flag === 'rotate-certificates' ? { state: 'unreadable' } : { from: { source: 'flag' } });
        else if (needsFile || needsDropIns) expect(setting.state, key).toBe('unreadable');
        if (setting.state === 'read' && setting.from.source === 'default' && !given.includes('--config=/c') && !given.includes('--config-dir=/d')) expect(setting.value).toEqual(kubeletSetting(key).withoutFile ?? kubeletSetting(key).inFile);
      }
    }), { numRuns: 500 });
  });
});
