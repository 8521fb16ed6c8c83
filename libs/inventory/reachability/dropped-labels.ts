/** Labels that controllers give single pods and that templates do not keep: a selector on one cannot be told from templates. */
export const droppedLabels: ReadonlySet<string> = new Set([
  'pod-template-hash', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index',
  'controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index', 'pod-template-generation', 'rollouts-pod-template-hash',
]);
