import { like, otherMode, same, without, type RowSection } from '../extend.js';
import { flag } from '../rules/rule.js';
import { loopback } from '../rules/value-test.js';

export const k3sNodes: readonly RowSection[] = [
  {
    id: '4.1', title: 'Files of nodes',
    rows: [
      ...same('automated', '4.1.1', '4.1.2', '4.1.3', '4.1.4', '4.1.5', '4.1.6', '4.1.8', '4.1.9', '4.1.10'),
      like('4.1.7', '4.1.7', 'automated', otherMode(0o600, 'Kubelet client-CA file: mode no wider than 0600', 'kubelet-client-ca')),
    ],
  },
  {
    id: '4.2', title: 'kubelet',
    rows: [
      ...same('automated', '4.2.1', '4.2.2', '4.2.3', '4.2.4', '4.2.6', '4.2.9', '4.2.10', '4.2.11'),
      ...same('manual', '4.2.5', '4.2.8', '4.2.12', '4.2.13'),
      like('4.2.7', '4.2.7', 'automated', without('k3s always gives its kubelet a name')),
    ],
  },
  {
    id: '4.3', title: 'kube-proxy',
    rows: [like('4.3.1', '4.3.1', 'automated', { rule: flag('kube-proxy', 'metrics-bind-address', loopback), remedy: { kind: 'flags', component: 'kube-proxy', remove: ['metrics-bind-address'], note: 'Unset, it is on loopback.' } })],
  },
];
