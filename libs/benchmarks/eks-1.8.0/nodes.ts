import { like, otherMode, otherOwner, type RowSection } from '../extend.js';
import { coveredBy } from '../item-spec.js';
import { managedKubelet } from '../managed-kubelet.js';
import { any, kubelet } from '../rules/rule.js';
import { atLeast, equal } from '../rules/value-test.js';

export const eksNodes: readonly RowSection[] = [
  {
    id: '3.1', title: 'Files of nodes',
    rows: [
      like('3.1.1', '4.1.5', 'automated', otherMode(0o644, 'Kubelet kubeconfig: mode no wider than 0644', 'kubelet-kubeconfig')),
      like('3.1.2', '4.1.6', 'automated', otherOwner('Kubelet kubeconfig: owned by root:root', 'kubelet-kubeconfig')),
      like('3.1.3', '4.1.9', 'automated', otherMode(0o644, 'Kubelet config file: mode no wider than 0644', 'kubelet-config')),
      like('3.1.4', '4.1.10', 'automated', otherOwner('Kubelet config file: owned by root:root', 'kubelet-config')),
    ],
  },
  {
    id: '3.2', title: 'kubelet',
    rows: [
      ...managedKubelet('automated'),
      like('3.2.7', '4.2.8', 'automated', { rule: kubelet(['eventRecordQPS'], atLeast(0)), coveredBy: coveredBy('control-plane/kubelet-hardening#event-capture') }),
      // Kubelets of EKS sign in with IAM; what rotates there is the certificate they serve with.
      like('3.2.8', '4.2.10', 'automated', { rule: any(kubelet(['rotateCertificates'], equal(true)), kubelet(['serverTLSBootstrap'], equal(true))), remedy: { kind: 'kubelet', set: { serverTLSBootstrap: true } } }),
      like('3.2.9', '4.2.11', 'automated'),
    ],
  },
];
