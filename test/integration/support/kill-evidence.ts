/** Pods that run privileged, by number; the others of the twelve do not. */
export function evidence(privileged: readonly number[]): Buffer {
  const pods = Array.from({ length: 12 }, (_, i) => ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${i}`, namespace: 'shop', uid: `pod-uid-${i}` },
    spec: { containers: [{ name: 'app', image: `registry.example/app-${i}:1`, securityContext: { privileged: privileged.includes(i) } }] }, status: { phase: 'Running' },
  }));
  // Nothing is wrong with these: they make the upload long enough to be read in several goes.
  const ballast = Array.from({ length: 430 }, (_, i) => ({
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `ballast-${i}`, namespace: 'shop', uid: `ballast-uid-${i}`, annotations: { 'example.com/text': `${i} `.repeat(1_500).slice(0, 5_000) } },
  }));
  return Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'namespace-uid' } }, ...pods, ...ballast] }));
}
