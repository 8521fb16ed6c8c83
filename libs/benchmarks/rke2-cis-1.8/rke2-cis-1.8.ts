import type { Benchmark } from '../benchmark.js';
import { cis112Sections } from '../cis-1.12/cis-1.12.js';
import { extend, like, otherMode, same, type RowSection } from '../extend.js';
import { sectionsOn } from '../item-spec.js';
import { rancherPolicySections } from '../rancher-pods.js';
import { rke2ControlPlane } from './control-plane.js';
import { rke2EtcdAndAudit } from './etcd-and-audit.js';

const nodes: readonly RowSection[] = [
  {
    id: '4.1', title: 'Files of nodes',
    rows: [
      ...same('automated', '4.1.1', '4.1.2', '4.1.3', '4.1.4', '4.1.5', '4.1.6', '4.1.8', '4.1.9'), ...same('manual', '4.1.10'),
      like('4.1.7', '4.1.7', 'automated', otherMode(0o600, 'Kubelet client-CA file: mode no wider than 0600', 'kubelet-client-ca')),
    ],
  },
  {
    id: '4.2', title: 'kubelet',
    rows: [...same('automated', '4.2.1', '4.2.2', '4.2.3', '4.2.4', '4.2.5', '4.2.6', '4.2.10', '4.2.12'), ...same('manual', '4.2.7', '4.2.8', '4.2.9', '4.2.11', '4.2.13')],
  },
];

const rights: RowSection = {
  id: '5.1', title: 'Rights and service accounts',
  rows: same('manual', '5.1.1', '5.1.2', '5.1.3', '5.1.4', '5.1.5', '5.1.6', '5.1.7', '5.1.8', '5.1.9', '5.1.10', '5.1.11', '5.1.12', '5.1.13'),
};

const sections = [...rke2ControlPlane, ...rke2EtcdAndAudit, ...nodes, rights, ...rancherPolicySections];

export const rke2Cis18: Benchmark = {
  id: 'rke2-cis-1.8', title: 'CIS Kubernetes Benchmark 1.8 for RKE2', platform: 'rke2', kubernetes: { from: '1.26', to: '1.26' },
  sections: sectionsOn('rke2', extend('rke2', cis112Sections, sections)),
};
