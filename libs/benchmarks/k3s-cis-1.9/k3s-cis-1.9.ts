import type { Benchmark } from '../benchmark.js';
import { cis112Sections } from '../cis-1.12/cis-1.12.js';
import { extend, same, type RowSection } from '../extend.js';
import { sectionsOn } from '../item-spec.js';
import { rancherPolicySections } from '../rancher-pods.js';
import { k3sControlPlane } from './control-plane.js';
import { k3sEtcdAndAudit } from './etcd-and-audit.js';
import { k3sNodes } from './nodes.js';

const rights: RowSection = {
  id: '5.1', title: 'Rights and service accounts',
  rows: [...same('automated', '5.1.1', '5.1.3', '5.1.5', '5.1.6'), ...same('manual', '5.1.2', '5.1.4', '5.1.7', '5.1.8', '5.1.9', '5.1.10', '5.1.11', '5.1.12', '5.1.13')],
};

const sections = [...k3sControlPlane, ...k3sEtcdAndAudit, ...k3sNodes, rights, ...rancherPolicySections];

export const k3sCis19: Benchmark = {
  id: 'k3s-cis-1.9', title: 'CIS Kubernetes Benchmark 1.9 for k3s', platform: 'k3s', kubernetes: { from: '1.27', to: '1.29' },
  sections: sectionsOn('k3s', extend('k3s', cis112Sections, sections)),
};
