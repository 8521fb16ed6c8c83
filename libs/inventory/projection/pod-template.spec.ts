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
  ] as const)('hides no volume of its name that is %s', (_, source, kind) => {
    const template = projectPodTemplate({}, spec({ name: 'kube-api-access-mine', ...source }), true);
    expect(template.volumes).toMatchObject([{ name: 'kube-api-access-mine', source: kind }]);
    expect(template.containers[0]!.mounts).toMatchObject([{ volume: 'kube-api-access-mine' }]);
  });
});
