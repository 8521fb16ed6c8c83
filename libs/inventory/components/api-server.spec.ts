import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pluginsOnSince } from './admission-plugins.js';
import { effectiveApiServer, type ApiServerInput } from './api-server.js';
import { leastLevel, readAuditPolicy, type AuditedRequest } from './audit-policy.js';
import { readEncryptionConfiguration, writerOf } from './encryption-configuration.js';
import type { ConfigDocument } from './readable.js';

const v136 = { major: 1, minor: 36 };
const server = (args: readonly string[], input: Partial<ApiServerInput> = {}) => effectiveApiServer({ args, version: v136, ...input });
const document = (kind: string, fields: Readonly<Record<string, unknown>>, apiVersion = 'apiserver.config.k8s.io/v1'): ConfigDocument => ({ path: `/etc/kubernetes/${kind}.yaml`, content: { apiVersion, kind, ...fields } });

describe('anonymous requests', () => {
  const authentication = (fields: Readonly<Record<string, unknown>>) => document('AuthenticationConfiguration', fields);
  const rbac = '--authorization-mode=Node,RBAC';
  const byFile = [rbac, '--authentication-config=/a'];

  it.each([
    [[rbac], {}, true, 'default'],
    [[rbac, '--anonymous-auth=false'], {}, false, 'flag'],
    [[], {}, false, 'default'],
    [['--authorization-mode=RBAC,AlwaysAllow', '--anonymous-auth=true'], {}, false, 'flag'],
    [byFile, { authentication: authentication({}) }, true, 'default'],
    [byFile, { authentication: authentication({ anonymous: { enabled: false } }) }, false, 'file'],
    [byFile, { authentication: authentication({ anonymous: {} }) }, false, 'file'],
    [[...byFile, '--anonymous-auth=false'], {}, false, 'flag'],
  ] as const)('%j with %j: %s by %s', (args, input, enabled, source) => {
    expect(server(args, input).anonymous).toMatchObject({ state: 'read', value: { enabled }, from: { source } });
  });

  it('may be narrowed to paths', () => {
    expect(server(byFile, { authentication: authentication({ anonymous: { enabled: true, conditions: [{ path: '/livez' }] } }) }).anonymous).toMatchObject({ value: { enabled: true, paths: ['/livez'] } });
  });

  it.each([
    [undefined, 'not-read'],
    [{ path: '/a', unreadable: 'a key stands there twice' }, 'bad-document'],
    [document('AuthenticationConfiguration', {}, 'apiserver.config.k8s.io/v9'), 'unknown-api-version'],
    [authentication({ anonymous: { enabled: 'no' } }), 'wrong-type'],
    [{ path: '/a', content: null }, 'wrong-type'],
  ] as const)('are unknown with %j', (file, reason) => {
    expect(server(byFile, file && { authentication: file }).anonymous).toMatchObject({ state: 'unreadable', reason });
  });
});

describe('authorizers', () => {
  const authorization = (types: readonly unknown[]) => document('AuthorizationConfiguration', { authorizers: types.map((type) => ({ type })) });
  it.each([
    [[], {}, ['AlwaysAllow'], 'default'],
    [['--authorization-mode=Node', '--authorization-mode=RBAC'], {}, ['Node', 'RBAC'], 'flag'],
    [['--authorization-config=/a'], { authorization: authorization(['Webhook', 'Node']) }, ['Webhook', 'Node'], 'file'],
  ] as const)('%j with %j', (args, input, value, source) => {
    expect(server(args, input).authorizers).toMatchObject({ value, from: { source } });
  });
  it.each([
    [['--authorization-config=/a'], {}, 'not-read'],
    [['--authorization-config=/a'], { authorization: authorization([]) }, 'wrong-type'],
    [['--authorization-config=/a'], { authorization: authorization([7]) }, 'wrong-type'],
    [['--authorization-config=/a', '--authorization-mode=RBAC'], { authorization: authorization(['RBAC']) }, 'contradictory'],
    [['--authorization-mode'], {}, 'bad-command-line'],
  ] as const)('%j with %j: %s', (args, input, reason) => {
    expect(server(args, input).authorizers).toMatchObject({ state: 'unreadable', reason });
  });
});

describe('encryption', () => {
  const key = { keys: [{ name: 'a', secret: 'c2VjcmV0IGlzIHNlY3VyZQ==' }] };
  const entry = (resources: readonly string[], ...providers: readonly string[]) => ({ resources, providers: providers.map((name) => (name === 'identity' ? { identity: {} } : name === 'kms-v2' ? { kms: { apiVersion: 'v2', name: 'k' } } : name === 'kms-v1' ? { kms: { name: 'k' } } : { [name]: key })) });
  const writer = (...entries: readonly unknown[]) => server(['--encryption-provider-config=/e'], { encryption: document('EncryptionConfiguration', { resources: entries }) }).encryptionOf('secrets');

  it.each([
    [[entry(['secrets'], 'aescbc', 'identity')], 'aescbc'],
    [[entry(['secrets'], 'identity', 'aescbc')], 'identity'],
    [[entry(['configmaps'], 'aescbc'), entry(['secrets'], 'kms-v2')], 'kms-v2'],
    [[entry(['configmaps'], 'aescbc')], 'identity'],
    [[entry(['*.apps'], 'aescbc')], 'identity'],
    [[entry(['*.'], 'secretbox')], 'secretbox'],
    [[entry(['*.*'], 'aesgcm')], 'aesgcm'],
    [[entry(['*.*'], 'identity'), entry(['secrets'], 'kms-v1')], 'kms-v1'],
    [[entry(['*.*'], 'aesgcm'), entry(['*.'], 'identity')], 'identity'],
    [[entry(['secrets'], 'identity'), entry(['secrets'], 'aescbc')], 'identity'],
  ] as const)('%j writes secrets with %s', (entries, provider) => {
    expect(writer(...entries)).toMatchObject({ value: provider, from: { source: 'file' } });
    expect(JSON.stringify(writer(...entries))).not.toContain('c2VjcmV0');
  });

  it('is none where it is not configured', () => {
    expect(server([]).encryptionOf('secrets')).toMatchObject({ value: 'identity', from: { source: 'default' } });
    expect(server(['--encryption-provider-config-automatic-reload=true']).encryptionOf('secrets')).toMatchObject({ value: 'identity' });
  });

  it.each([
    [[]], [[entry([], 'aescbc')]], [[entry(['secrets'])]], [[{ resources: ['secrets'], providers: [{ aescbc: key, identity: {} }] }]], [[{ resources: ['secrets'], providers: [{ rot13: {} }] }]],
    [[{ resources: 'secrets', providers: [] }]], [[{ resources: ['secrets'], providers: [{ kms: { apiVersion: 'v7' } }] }]],
  ])('%j is unreadable', (entries) => {
    expect(writer(...entries)).toMatchObject({ state: 'unreadable', reason: 'wrong-type' });
  });

  it('names the first provider of some entry, or none at all', () => {
    const provider = fc.constantFrom('identity', 'aescbc', 'secretbox', 'kms-v2');
    const entries = fc.array(fc.tuple(fc.subarray(['secrets', 'configmaps', '*.', '*.*', '*.apps'], { minLength: 1 }), fc.array(provider, { minLength: 1, maxLength: 3 })), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(entries, (list) => {
      const read = readEncryptionConfiguration(document('EncryptionConfiguration', { resources: list.map(([resources, providers]) => entry(resources, ...providers)) }));
      if (read.state !== 'read') throw new Error(read.detail);
      const about = list.filter(([resources]) => resources.some((name) => ['secrets', '*.', '*.*'].includes(name))).map(([, providers]) => providers[0]!);
      const written = writerOf(read.value, 'secrets');
      expect(about.length === 0 ? ['identity'] : about).toContain(written);
    }));
  });
});

describe('admission plugins', () => {
  it.each([
    [[], 'NodeRestriction', false, 'default'],
    [[], 'ServiceAccount', true, 'default'],
    [['--enable-admission-plugins=NodeRestriction'], 'NodeRestriction', true, 'flag'],
    [['--enable-admission-plugins=PodSecurity', '--enable-admission-plugins=NodeRestriction'], 'NodeRestriction', true, 'flag'],
    [['--enable-admission-plugins=NodeRestrictionX'], 'NodeRestriction', false, 'default'],
    [['--disable-admission-plugins=ServiceAccount,PodSecurity'], 'PodSecurity', false, 'flag'],
    [['--admission-control=ServiceAccount'], 'NamespaceLifecycle', false, 'flag'],
    [['--admission-control=ServiceAccount'], 'ServiceAccount', true, 'flag'],
  ] as const)('%j: %s is %s by %s', (args, plugin, value, source) => {
    expect(server(args).admission(plugin)).toMatchObject({ value, from: { source } });
  });

  it('run by default as their version has it', () => {
    expect(server([], { version: { major: 1, minor: 31 } }).admission('MutatingAdmissionPolicy')).toMatchObject({ value: false });
    expect(server([], { version: { major: 1, minor: 32 } }).admission('MutatingAdmissionPolicy')).toMatchObject({ value: true });
    expect(server([], { version: undefined }).admission('MutatingAdmissionPolicy')).toMatchObject({ state: 'unreadable', reason: 'unknown-version' });
    expect(server([], { version: undefined }).admission('ServiceAccount')).toMatchObject({ value: true });
    for (const plugin of Object.keys(pluginsOnSince)) expect(server([]).admission(plugin)).toMatchObject({ value: true });
  });

  it.each([
    [['--enable-admission-plugins=A', '--disable-admission-plugins=A'], 'contradictory'],
    [['--enable-admission-plugins=A', '--admission-control=A'], 'contradictory'],
    [['--enable-admission-plugins="A'], 'bad-value'],
  ] as const)('%j is unreadable', (args, reason) => {
    expect(server(args).admission('A')).toMatchObject({ state: 'unreadable', reason });
  });
});

describe('audit policies', () => {
  const rulesOf = (...rules: readonly unknown[]) => readAuditPolicy(document('Policy', { rules }, 'audit.k8s.io/v1'));
  const get = (resource: string, extra: Partial<AuditedRequest> = {}): AuditedRequest => ({ verb: 'get', group: '', resource, ...extra });
  const least = (request: AuditedRequest, ...rules: readonly unknown[]) => {
    const read = rulesOf(...rules);
    if (read.state !== 'read') throw new Error(read.detail);
    return leastLevel(read.value, request);
  };
  const all = { level: 'RequestResponse' };
  const secrets = { level: 'Metadata', resources: [{ group: '', resources: ['secrets'] }] };

  it.each([
    [get('secrets'), [all], 'RequestResponse'],
    [get('secrets'), [secrets, all], 'Metadata'],
    [get('pods'), [secrets], 'None'],
    [get('secrets'), [{ level: 'None', users: ['system:kube-proxy'] }, all], 'None'],
    [get('secrets'), [{ level: 'None', nonResourceURLs: ['/healthz*'] }, all], 'RequestResponse'],
    [get('secrets'), [{ level: 'None', users: ['a'], nonResourceURLs: ['/healthz*'] }, all], 'RequestResponse'],
    [get('secrets'), [{ level: 'None', verbs: ['watch'] }, secrets], 'Metadata'],
    [get('pods', { subresource: 'exec' }), [{ level: 'Request', resources: [{ resources: ['pods'] }] }], 'None'],
    [get('pods', { subresource: 'exec' }), [{ level: 'Request', resources: [{ resources: ['pods/*'] }] }], 'Request'],
    [get('pods'), [{ level: 'Request', resources: [{ resources: ['pods/*'] }] }], 'Request'],
    [get('pods', { subresource: 'exec' }), [{ level: 'Request', resources: [{ resources: ['*/exec'] }] }], 'Request'],
    [get('deployments', { group: 'apps' }), [{ level: 'Request', resources: [{ group: '*' }] }], 'Request'],
    [get('secrets'), [{ level: 'Request', resources: [{ resources: ['secrets'], resourceNames: ['a'] }] }, all], 'Request'],
    [get('secrets'), [{ level: 'Request', namespaces: ['kube-system'] }, all], 'Request'],
  ] as const)('%j by %j: at least %s', (request, rules, level) => {
    expect(least(request, ...rules)).toBe(level);
  });

  it.each([[[]], [[{}]], [[{ level: 'Some' }]], [[{ level: 'None', users: 'a' }]], [['x']]])('%j is unreadable', (rules) => {
    expect(rulesOf(...rules)).toMatchObject({ state: 'unreadable', reason: 'wrong-type' });
  });

  it('are none where the server has none', () => {
    expect(server([]).auditRules).toMatchObject({ value: [] });
    expect(server(['--audit-policy-file=/p']).auditRules).toMatchObject({ state: 'unreadable', reason: 'not-read' });
  });
});
