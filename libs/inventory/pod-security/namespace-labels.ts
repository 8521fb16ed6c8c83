import type { Labels } from '../facts.js';

/** Labels by which a namespace asks for Pod Security admission begin with this. */
export const podSecurityPrefix = 'pod-security.kubernetes.io/';
/** The level that is enforced. */
export const enforceLabel = `${podSecurityPrefix}enforce`;

export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** What admission enforces by a namespace's own labels: it takes a level that it does not know for restricted (ParseLevel of k8s.io/pod-security-admission). */
export function enforcedLevel(labels: Labels): PodSecurityLevel | undefined {
  const level = Object.hasOwn(labels, enforceLabel) ? labels[enforceLabel] : undefined;
  if (level === undefined) return undefined;
  return level === 'privileged' || level === 'baseline' ? level : 'restricted';
}
