/**
 * Labels that controllers give single pods, and that differ from roll-out to roll-out or from pod to pod. Templates are
 * kept without them, so that what a selector on one of them selects cannot be told.
 */
export const controllerLabels: ReadonlySet<string> = new Set([
  'pod-template-hash', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index',
  'controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index', 'pod-template-generation', 'rollouts-pod-template-hash',
]);
