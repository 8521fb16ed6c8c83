import { benchCluster } from './bench-cluster.mjs';
import { variantOf } from './pod-spec.mjs';

const SAMPLE = 2_400;

/** What a shape's cluster is made of, measured on its first pods. */
export function ratiosOf(shape) {
  const cluster = benchCluster(shape);
  const pods = Math.min(shape.pods, SAMPLE);
  let bytes = 0;
  let withoutManagedFields = 0;
  let containers = 0;
  let failing = 0;
  for (let index = 0; index < pods; index++) {
    const text = cluster.pods.text(index);
    const pod = JSON.parse(text);
    delete pod.metadata.managedFields;
    bytes += text.length;
    withoutManagedFields += JSON.stringify(pod).length;
    const variant = variantOf(Math.floor(index / shape.replicas));
    containers += variant.containers.length;
    if (variant.isFailing) failing++;
  }
  const perPod = (list) => Math.round((cluster[list].length / shape.pods) * 1000) / 1000;
  return {
    podBytes: Math.round(bytes / pods),
    podBytesWithoutManagedFields: Math.round(withoutManagedFields / pods),
    containersPerPod: round(containers / pods),
    failing: round(failing / pods),
    services: perPod('services'), policies: perPod('networkpolicies.networking.k8s.io'), bindings: perPod('rolebindings.rbac.authorization.k8s.io'),
    roles: perPod('roles.rbac.authorization.k8s.io'), namespaces: perPod('namespaces'), nodes: perPod('nodes'), deployments: perPod('deployments.apps'),
  };
}

const round = (value) => Math.round(value * 1000) / 1000;
