import { describe, expect, it } from 'vitest';
import { componentFlags } from './component-flags.js';
import { documentOfLeaves } from './document-of-leaves.js';
import { effectiveKubelet } from './effective-kubelet.js';

describe('documentOfLeaves', () => {
  const kubelet = (...leaves: readonly { key: string; value: unknown }[]) =>
    effectiveKubelet({ flags: componentFlags('kubelet', ['--config=/c'], { major: 1, minor: 36 }), config: documentOfLeaves('/c', 'KubeletConfiguration', 'kubelet.config.k8s.io/v1beta1', leaves) });

  it('is read as the document was', () => {
    const settings = kubelet({ key: 'authentication.anonymous.enabled', value: true }, { key: 'authentication.x509.clientCAFile', value: '/ca' }, { key: 'featureGates.A', value: true }, { key: 'featureGates.__proto__', value: false }, { key: 'tlsCipherSuites', value: ['X'] });
    expect(settings['authentication.anonymous.enabled']).toMatchObject({ value: true, from: { source: 'file' } });
    expect(settings['authentication.x509.clientCAFile']).toMatchObject({ value: '/ca' });
    expect(settings.tlsCipherSuites).toMatchObject({ value: ['X'] });
    const gates = settings.featureGates;
    expect(gates.state === 'read' && Object.keys(gates.value)).toEqual(['A', '__proto__']);
  });

  it.each([
    [{ key: 'readOnlyPort', value: 1 }, { key: 'readOnlyPort', value: 0 }],
    [{ key: 'authentication', value: 1 }, { key: 'authentication.anonymous.enabled', value: false }],
    [{ key: 'authentication.anonymous.enabled', value: false }, { key: 'authentication', value: 1 }],
  ])('is none of %j and %j', (a, b) => {
    expect(kubelet(a, b).readOnlyPort).toMatchObject({ state: 'unreadable', reason: 'bad-document' });
  });

  it('is of no kind where none is known', () => {
    expect(documentOfLeaves('/e', undefined, undefined, [{ key: 'client-transport-security.cert-file', value: '/c' }])).toEqual({ path: '/e', content: { 'client-transport-security': { 'cert-file': '/c' } } });
  });
});
