import { describe, expect, it } from 'vitest';
import { writtenAs } from './written-as.js';

const applied = (manifest: string) => ({ metadata: { name: 'web', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': manifest } } });

describe('writtenAs', () => {
  it('is what a manifest says of itself', () => {
    expect(writtenAs({ apiVersion: 'extensions/v1beta1' }, 'Ingress')).toBe('extensions/v1beta1');
  });

  it('is what kubectl applied, whatever the server made of it', () => {
    const object = { apiVersion: 'networking.k8s.io/v1', ...applied('{"apiVersion":"networking.k8s.io/v1beta1","kind":"Ingress"}\n') };
    expect(writtenAs(object, 'Ingress')).toBe('networking.k8s.io/v1beta1');
  });

  it.each([
    ['a version that stays', { apiVersion: 'apps/v1' }, 'Deployment'],
    ['a version of another kind', { apiVersion: 'batch/v1beta1' }, 'Job'],
    ['nothing that tells', { metadata: { name: 'web' } }, 'Ingress'],
    ['an annotation that is no manifest', applied('apiVersion: networking.k8s.io/v1beta1'), 'Ingress'],
    ['a version inside another field', applied('{"kind":"Ingress","spec":{"apiVersion":"networking.k8s.io/v1beta1"}}'), 'Ingress'],
  ])('is nothing for %s', (_what, object, kind) => {
    expect(writtenAs(object, kind)).toBeUndefined();
  });
});
