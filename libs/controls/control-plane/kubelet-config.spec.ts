import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import type { Example } from '../engine/example.js';
import { evaluate } from '../engine/evaluate.js';
import { kubeletAuthn } from './kubelet-authn.js';
import { kubeletOnNode } from './kubelet-example.js';
import { kubeletHardening } from './kubelet-hardening.js';

const today = Date.parse('2026-11-24T12:00:00Z');
const flagz = (flags: Readonly<Record<string, string>>): string => JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'kubelet' }, flags: { config: '/c', 'config-dir': '', ...flags } });
const judged = (flags: Readonly<Record<string, string>>, { manifests, nodes }: Example = kubeletOnNode(undefined), options: Pick<Example, 'nodes' | 'kubelets'> = {}) =>
  evaluate([kubeletAuthn], inventoryOf(objectsOf(manifests), { kubeletFlagz: { a: flagz(flags) }, ...(nodes && { nodes }), ...options }), {}, today)[0]!;

describe('a kubelet of which flags alone tell', () => {
  it('fails by a flag, which is over its file, and says who told', () => {
    const { failures, unknowns } = judged({ config: '', 'anonymous-auth': 'true', 'client-ca-file': '/ca.crt', 'authentication-token-webhook': 'true' }, undefined, { nodes: {} });
    expect(failures.map(({ part, message, detail }) => [part, message, detail])).toEqual([['anonymous', expect.stringContaining('(by its flagz: the default holds)'), { source: 'flagz', foundAt: 'default' }]]);
    expect(unknowns).toEqual([]);
  });

  it('is unknown where its file may say something else', () => {
    const { outcome, passed, unknowns } = judged({ 'client-ca-file': '/ca.crt', 'anonymous-auth': 'true', 'authentication-token-webhook': 'false' }, undefined, { nodes: {} });
    expect([outcome, passed]).toEqual(['unknown', 1]);
    expect(unknowns).toMatchObject([{ missing: { fact: 'kubelet-config', detail: expect.stringContaining('--config') as string } }]);
  });

  it('is what its node shows where that was looked at, file and all', () => {
    const { failures } = judged({ 'anonymous-auth': 'false' }, kubeletOnNode('authentication: {anonymous: {enabled: true}, x509: {clientCAFile: /ca.crt}}'));
    expect(failures.map(({ part, detail }) => [part, detail])).toEqual([['anonymous', { source: 'node', foundAt: '/var/lib/kubelet/config.yaml' }]]);
  });

  it('is what it says itself where configz answered', () => {
    const { failures } = judged({ 'anonymous-auth': 'true' }, undefined, { nodes: {}, kubelets: { a: { kubeletconfig: { authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: '/ca.crt' } }, eventRecordQPS: 50 } } } });
    expect(failures).toEqual([]);
  });
});

describe('a minimum of TLS that is too old', () => {
  const { manifests } = kubeletOnNode(undefined);
  const minimumOf = (flags: Readonly<Record<string, string>>) => evaluate([kubeletHardening], inventoryOf(objectsOf(manifests), { kubeletFlagz: { a: flagz({ config: '', ...flags }) } }), {}, today)[0]!.parts!['min-version'];
  const suites = '[TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]';

  it('is judged by suites where they are told, and not without', () => {
    expect(minimumOf({ 'tls-min-version': 'VersionTLS10', 'tls-cipher-suites': suites })).toMatchObject({ outcome: 'pass' });
    expect(minimumOf({ 'tls-min-version': 'VersionTLS10', 'tls-cipher-suites': '[]' })).toMatchObject({ outcome: 'fail' });
    expect(minimumOf({ 'tls-min-version': 'VersionTLS10' })).toMatchObject({ outcome: 'unknown' });
    expect(minimumOf({ 'tls-min-version': 'VersionTLS12' })).toMatchObject({ outcome: 'pass' });
  });

  it('is told with the suites that decide', () => {
    const values = (flags: Readonly<Record<string, string>>) => evaluate([kubeletHardening], inventoryOf(objectsOf(manifests), { kubeletFlagz: { a: flagz({ config: '', ...flags }) } }), {}, today)[0]!.failures.find(({ part }) => part === 'min-version')?.values;
    expect(values({ 'tls-min-version': 'VersionTLS10', 'tls-cipher-suites': '[TLS_RSA_WITH_AES_128_CBC_SHA]' })).toEqual({ tlsMinVersion: 'VersionTLS10', tlsCipherSuites: 'TLS_RSA_WITH_AES_128_CBC_SHA' });
  });
});
