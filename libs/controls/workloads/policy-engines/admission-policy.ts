import type { WebhookFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { isAsked, isMissing, type JudgedNamespace, type Reach } from '../../supply-chain/signature-engines/verifier.js';

/** What a policy asks of workloads, of what an organisation is to ask. */
export type Topic = 'labels' | 'registries' | 'signatures';

/** One policy that looks at workloads as they are created. */
export interface AdmissionPolicy {
  readonly engine: string;
  /** Kind and name. */
  readonly policy: string;
  readonly mode: 'deny' | 'audit' | MissingEvidence;
  readonly about: ReadonlySet<Topic>;
  /** Which of a namespace's new pods or workloads it looks at. */
  readonly reach: (namespace: JudgedNamespace) => Reach;
  /** Webhooks by which the engine is asked; `server` where the API server itself evaluates the policy. */
  readonly webhooks: readonly WebhookFacts[] | MissingEvidence | 'server';
  /** The policy itself says to let through what could not be judged. */
  readonly isIgnoring: boolean;
}

/** Resources that make pods. */
export const podMakers: ReadonlySet<string> = new Set(['pods', 'deployments', 'statefulsets', 'daemonsets', 'replicasets', 'replicationcontrollers', 'jobs', 'cronjobs']);
/** The same as kinds. */
export const podMakerKinds = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'] as const;

/** Whether the policy is put to work; what is missing where that cannot be told. */
export function isAlive({ webhooks }: AdmissionPolicy): boolean | MissingEvidence {
  if (webhooks === 'server') return true;
  return isMissing(webhooks) ? webhooks : webhooks.length > 0;
}

/** What keeps it from being told whether a policy refuses; undefined where it is known. */
export function lackOfPolicy(policy: AdmissionPolicy): MissingEvidence | undefined {
  if (policy.mode === 'audit') return undefined;
  if (isMissing(policy.mode)) return policy.mode;
  const alive = isAlive(policy);
  return typeof alive === 'boolean' ? undefined : alive;
}

/** Whether what the engine does not answer for is let through. */
export const failsOpen = ({ webhooks, isIgnoring }: AdmissionPolicy): boolean =>
  isIgnoring || (typeof webhooks !== 'string' && !isMissing(webhooks) && webhooks.length > 0 && webhooks.every(({ failurePolicy }) => failurePolicy === 'Ignore'));

/** Whether a denying policy is asked about something in a namespace. */
export function guardsIn(policy: AdmissionPolicy, namespace: JudgedNamespace): boolean | MissingEvidence {
  if (policy.mode === 'audit' || policy.reach(namespace) === 'none') return false;
  if (isMissing(policy.mode)) return policy.mode;
  const { webhooks } = policy;
  if (webhooks === 'server') return true;
  return isMissing(webhooks) ? webhooks : isAsked(webhooks, namespace);
}
