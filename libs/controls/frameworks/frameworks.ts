import { cisKubernetes } from './cis-kubernetes.js';
import { podSecurityStandards } from './pod-security-standards.js';

/** Frameworks as data: an item's number and its title in our own words. */
export const frameworks = {
  'cis-kubernetes': { title: 'CIS Kubernetes Benchmark 1.12', items: cisKubernetes },
  pss: { title: 'Pod Security Standards', items: podSecurityStandards },
} as const;

export type FrameworkId = keyof typeof frameworks;
export type FrameworkItem<F extends FrameworkId> = keyof (typeof frameworks)[F]['items'] & string;

/** Items that a control answers, by framework; a number that does not exist does not compile. */
export type FrameworkItems = { readonly [F in FrameworkId]?: readonly FrameworkItem<F>[] };

export const frameworkIds = Object.keys(frameworks) as readonly FrameworkId[];
