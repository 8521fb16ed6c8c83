import type { Labels } from '../facts.js';

/** Labels of nodes that run servers of the control plane, as installers write them. A kubelet may not give itself one (NodeRestriction). */
export const serverRoles = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master', 'node-role.kubernetes.io/controlplane'];
const roles = [...serverRoles, 'node-role.kubernetes.io/etcd'];

/** Whether a node runs a part of the control plane, or its store. */
export const isControlPlane = ({ labels }: { readonly labels: Labels }): boolean => roles.some((role) => role in labels);
