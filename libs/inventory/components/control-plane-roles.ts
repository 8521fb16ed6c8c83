import type { Labels } from '../facts.js';

/** Labels of nodes that run the control plane, as installers write them. A kubelet may not give itself one (NodeRestriction). */
const roles = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master', 'node-role.kubernetes.io/etcd', 'node-role.kubernetes.io/controlplane'];

export const isControlPlane = ({ labels }: { readonly labels: Labels }): boolean => roles.some((role) => role in labels);
