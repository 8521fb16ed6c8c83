import { like, otherMode, otherOwner, type RowSection } from '../extend.js';
import { coveredBy, modeItem, ownerItem } from '../item-spec.js';
import { managedKubelet } from '../managed-kubelet.js';
import { any, kubelet } from '../rules/rule.js';
import { atLeast, equal } from '../rules/value-test.js';

const node = { assessment: 'automated', target: 'node' } as const;

export const aksNodes: readonly RowSection[] = [
  {
    id: '3.1', title: 'Files of nodes',
    rows: [
      like('3.1.1', '4.1.5', 'automated', otherMode(0o644, 'Kubelet kubeconfig: mode no wider than 0644', 'kubelet-kubeconfig')),
      like('3.1.2', '4.1.6', 'automated', otherOwner('Kubelet kubeconfig: owned by root:root', 'kubelet-kubeconfig')),
      modeItem('3.1.3', 'azure.json cloud credentials file: mode no wider than 0644', 0o644, ['cloud-credentials'], node),
      ownerItem('3.1.4', 'azure.json cloud credentials file: owned by root:root', ['cloud-credentials'], node),
    ],
  },
  {
    id: '3.2', title: 'kubelet',
    rows: [
      ...managedKubelet('automated'),
      like('3.2.7', '4.2.8', 'automated', { rule: kubelet(['eventRecordQPS'], atLeast(0)), coveredBy: coveredBy('control-plane/kubelet-hardening#event-capture') }),
      like('3.2.8', '4.2.10', 'automated', { rule: any(kubelet(['rotateCertificates'], equal(true)), kubelet(['serverTLSBootstrap'], equal(true))), coveredBy: coveredBy('control-plane/kubelet-hardening#client-rotation') }),
      like('3.2.9', '4.2.11', 'automated'),
    ],
  },
];
