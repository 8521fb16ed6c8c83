import { hash } from 'node:crypto';

/** Half of it is left when it is packed. */
const noise = (seed: number): string => Array.from({ length: 70 }, (_, i) => hash('sha256', `${seed} ${i}`, 'hex').replaceAll(/.{8}/g, '$& ')).join('');

/** Pods that run privileged, by number; the others of the twelve do not. */
export function evidence(privileged: readonly number[]): Buffer {
  const pods = Array.from({ length: 12 }, (_, i) => ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${i}`, namespace: 'shop', uid: `pod-uid-${i}` },
    spec: { containers: [{ name: 'app', image: `registry.example/app-${i}:1`, securityContext: { privileged: privileged.includes(i) } }] }, status: { phase: 'Running' },
  }));
  // Nothing is wrong with these: they make the upload long enough to be read in several goes, packed as it is kept.
  const ballast = Array.from({ length: 1_000 }, (_, i) => ({
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `ballast-${i}`, namespace: 'shop', uid: `ballast-uid-${i}`, annotations: { 'example.com/text': noise(i) } },
  }));
  return Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'namespace-uid' } }, ...pods, ...ballast] }));
}
