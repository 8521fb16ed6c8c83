import { describe, expect, it } from 'vitest';
import { projectPodTemplate } from './pod-template.js';

const mount = (name: string) => ({ name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true });
const spec = (...volumes: readonly Readonly<Record<string, unknown>>[]) => ({
  containers: [{ name: 'app', image: 'a', volumeMounts: volumes.map((volume) => mount(String(volume['name']))) }],
  volumes,
});
const token = { name: 'kube-api-access-x7k2p', projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }, { configMap: { name: 'kube-root-ca.crt' } }] } };

describe('the volume that admission adds to pods', () => {
  it('is left out with its mounts, so that a pod equals its template', () => {
    expect(projectPodTemplate({}, spec(token), true)).toEqual(projectPodTemplate({}, { containers: [{ name: 'app', image: 'a' }] }, false));
  });

  it.each([
    ['a directory of the node', { hostPath: { path: '/' } }, 'hostPath'],
    ['a Secret', { secret: { secretName: 'db' } }, 'secret'],
    ['a projected Secret without a token', { projected: { sources: [{ secret: { name: 'db' } }] } }, 'projected'],
    ['a token for a year', { projected: { sources: [{ serviceAccountToken: { expirationSeconds: 31_536_000, path: 'token' } }] } }, 'projected'],
    ['a token for somebody else', { projected: { sources: [{ serviceAccountToken: { audience: 'vault', expirationSeconds: 3607, path: 'token' } }] } }, 'projected'],
  ] as const)('hides no volume of its name that is %s', (_, source, kind) => {
    const template = projectPodTemplate({}, spec({ name: 'kube-api-access-mine', ...source }), true);
    expect(template.volumes).toMatchObject([{ name: 'kube-api-access-mine', source: kind }]);
    expect(template.containers[0]!.mounts).toMatchObject([{ volume: 'kube-api-access-mine' }]);
  });
});

describe('what security standards read', () => {
  const container = (fields: Readonly<Record<string, unknown>>, hostNetwork = false) => projectPodTemplate({}, { hostNetwork, containers: [{ name: 'app', image: 'a', ...fields }] }, false).containers[0]!;

  it('is left out where the object leaves it out', () => {
    const template = projectPodTemplate({}, { securityContext: { seLinuxOptions: { level: 's0', type: '' }, sysctls: [], fsGroup: 1 }, containers: [{ name: 'app', image: 'a', livenessProbe: { httpGet: { port: 1, host: '' } }, lifecycle: {} }], volumes: [{ name: 'x', emptyDir: {} }] }, false);
    expect(template).not.toHaveProperty('securityContext');
    expect(template.containers[0]).not.toHaveProperty('probeHosts');
    expect(template.volumes).toEqual([{ name: 'x', source: 'emptyDir' }]);
  });

  it('tells a profile without a type from none', () => {
    expect(container({ securityContext: { seccompProfile: {}, appArmorProfile: null } }).securityContext).toEqual({ seccompProfile: '' });
  });

  it('has the pod\'s sysctls in order, and none of a container, which cannot have any', () => {
    const sysctls = [{ name: 'b' }, {}, { name: 'a' }];
    expect(projectPodTemplate({}, { securityContext: { sysctls }, containers: [] }, false).securityContext).toEqual({ sysctls: ['b', '', 'a'] });
    expect(container({ securityContext: { sysctls } }).securityContext).toBeUndefined();
  });

  it('names the field of each host that a probe or handler names', () => {
    expect(container({ readinessProbe: { tcpSocket: { host: 'h', port: 1 } }, lifecycle: { postStart: { httpGet: { host: 'i', port: 1 } } } }).probeHosts).toEqual([
      { field: 'readinessProbe.tcpSocket.host', host: 'h' }, { field: 'lifecycle.postStart.httpGet.host', host: 'i' },
    ]);
  });

  it.each([
    ['none', {}, { source: 'emptyDir' }],
    ['one that is null', { hostPath: null }, { source: 'emptyDir' }],
    ['one that is no object', { readOnly: true }, { source: 'emptyDir' }],
    ['one without a word of its own', { nfs: { server: 's', path: '/' } }, { source: 'other', type: 'nfs' }],
    ['two', { nfs: {}, emptyDir: {} }, { source: 'emptyDir', sources: ['emptyDir', 'nfs'] }],
  ])('knows a volume\'s source: %s', (_, source, expected) => {
    expect(projectPodTemplate({}, { containers: [], volumes: [{ name: 'x', ...source }] }, false).volumes).toEqual([{ name: 'x', ...expected }]);
  });

  it('keeps a volume\'s place where the token volume before it is left out', () => {
    expect(projectPodTemplate({}, spec(token, { name: 'x' }), true).volumes).toEqual([{ name: 'x', source: 'emptyDir', index: 1 }]);
    expect(projectPodTemplate({}, spec({ name: 'x' }, token), true).volumes).toEqual([{ name: 'x', source: 'emptyDir' }]);
  });

  it('defaults the node\'s port in its network alone', () => {
    const ports = [{ containerPort: 80 }, { containerPort: 81, hostPort: 8081 }];
    expect(container({ ports }, true).ports.map(({ hostPort }) => hostPort)).toEqual([80, 8081]);
    expect(container({ ports }).ports.map(({ hostPort }) => hostPort)).toEqual([undefined, 8081]);
  });
});
