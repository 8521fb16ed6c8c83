import { minorOf, type MinorVersion } from './readers/minor-version.js';

/** An API version of a kind that servers serve no longer from a minor version on, and what to write instead. */
export interface RemovedVersion {
  readonly kinds: readonly string[];
  /** `group/version` as it stands in a manifest. */
  readonly apiVersion: string;
  readonly removedIn: string;
  readonly instead: string;
}

const removed = (apiVersion: string, removedIn: string, instead: string, ...kinds: readonly string[]): RemovedVersion => ({ apiVersion, removedIn, instead, kinds });

/**
 * Of the kinds that are read here. Sources: the Deprecated API Migration Guide (kubernetes.io/docs/reference/using-api/deprecation-guide,
 * its sections of 1.16 to 1.32) and, for what is newer, the lifecycle tags in k8s.io/api, as of October 2026.
 */
export const removedVersions: readonly RemovedVersion[] = [
  removed('extensions/v1beta1', '1.16', 'apps/v1', 'DaemonSet', 'Deployment', 'ReplicaSet'),
  removed('apps/v1beta1', '1.16', 'apps/v1', 'Deployment', 'ReplicaSet', 'StatefulSet'),
  removed('apps/v1beta2', '1.16', 'apps/v1', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'),
  removed('extensions/v1beta1', '1.16', 'networking.k8s.io/v1', 'NetworkPolicy'),
  removed('extensions/v1beta1', '1.22', 'networking.k8s.io/v1', 'Ingress'),
  removed('networking.k8s.io/v1beta1', '1.22', 'networking.k8s.io/v1', 'Ingress', 'IngressClass'),
  removed('rbac.authorization.k8s.io/v1alpha1', '1.22', 'rbac.authorization.k8s.io/v1', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'),
  removed('rbac.authorization.k8s.io/v1beta1', '1.22', 'rbac.authorization.k8s.io/v1', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'),
  removed('admissionregistration.k8s.io/v1beta1', '1.22', 'admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'),
  removed('batch/v2alpha1', '1.21', 'batch/v1', 'CronJob'),
  removed('batch/v1beta1', '1.25', 'batch/v1', 'CronJob'),
  removed('discovery.k8s.io/v1beta1', '1.25', 'discovery.k8s.io/v1', 'EndpointSlice'),
  removed('policy/v1beta1', '1.25', 'policy/v1', 'PodDisruptionBudget'),
  removed('autoscaling/v2beta1', '1.25', 'autoscaling/v2', 'HorizontalPodAutoscaler'),
  removed('autoscaling/v2beta2', '1.26', 'autoscaling/v2', 'HorizontalPodAutoscaler'),
  removed('admissionregistration.k8s.io/v1beta1', '1.34', 'admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'),
];

const byKind = new Map<string, RemovedVersion>(removedVersions.flatMap((entry) => entry.kinds.map((kind) => [`${entry.apiVersion} ${kind}`, entry] as const)));

const kinds: ReadonlySet<string> = new Set(removedVersions.flatMap((entry) => entry.kinds));

/** Whether a kind had another version once. */
export const hasRemovedVersion = (kind: string): boolean => kinds.has(kind);

export const removedVersionOf = (apiVersion: string, kind: string): RemovedVersion | undefined => byKind.get(`${apiVersion} ${kind}`);

export const removalOf = ({ removedIn }: RemovedVersion): MinorVersion => minorOf(removedIn)!;
