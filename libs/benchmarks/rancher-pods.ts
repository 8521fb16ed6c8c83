import { like, same, type RowSection } from './extend.js';
import { api, byControls, type ItemSpec } from './item-spec.js';
import { text } from './remedies/remedy.js';

/** Left the benchmark with 1.12. */
export const noAddedCapabilities = (id: string): ItemSpec => byControls(id, 'Containers do not add capabilities', ['workloads/capabilities-added'], {
  assessment: 'manual', target: 'cluster', evidence: api('pods', 'namespaces'),
  remedy: text('Take `capabilities.add` out of the container\'s securityContext, or leave NET_BIND_SERVICE alone in it, and enforce the level baseline in its namespace.'),
  note: 'NET_BIND_SERVICE is let pass, as the level restricted does.',
});

/** Sections 5.2 to 5.7 as the tables of k3s and RKE2 number them, which follow CIS Kubernetes 1.8 and 1.9. */
export const rancherPolicySections: readonly RowSection[] = [
  {
    id: '5.2', title: 'Pod security',
    rows: [
      ...same('manual', '5.2.1', '5.2.2', '5.2.3', '5.2.4', '5.2.5', '5.2.6', '5.2.7', '5.2.8'),
      noAddedCapabilities('5.2.9'),
      like('5.2.10', '5.2.9', 'manual'), like('5.2.11', '5.2.10', 'manual'), like('5.2.12', '5.2.11', 'manual'), like('5.2.13', '5.2.12', 'manual'),
    ],
  },
  { id: '5.3', title: 'Network policies', rows: same('manual', '5.3.1', '5.3.2') },
  { id: '5.4', title: 'Secrets', rows: same('manual', '5.4.1', '5.4.2') },
  { id: '5.5', title: 'Admission of images', rows: same('manual', '5.5.1') },
  { id: '5.7', title: 'Namespaces and security contexts', rows: [like('5.7.1', '5.6.1', 'manual'), like('5.7.2', '5.6.2', 'manual'), like('5.7.3', '5.6.3', 'manual'), like('5.7.4', '5.6.4', 'manual')] },
];
