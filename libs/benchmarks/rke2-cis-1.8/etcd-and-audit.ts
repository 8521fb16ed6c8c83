import { controlsOfEtcd, etcdFileRules } from '../cis-1.12/etcd.js';
import { like, same, type Row, type RowSection } from '../extend.js';
import type { Rule } from '../rules/rule.js';

/** RKE2 starts etcd with --config-file, so that its flags say nothing. */
const file = etcdFileRules('the node has no configuration of etcd: it is no etcd node, or the cluster stores in an external database');
const row = (id: string, rule: Rule): Row => like(id, id, 'automated', { rule, coveredBy: controlsOfEtcd(id) });

export const rke2EtcdAndAudit: readonly RowSection[] = [
  {
    id: '2', title: 'etcd',
    rows: [
      row('2.1', file.client.certificate), row('2.2', file.client.clientAuth), row('2.3', file.client.autoTls),
      row('2.4', file.peer.certificate), row('2.5', file.peer.clientAuth), row('2.6', file.peer.autoTls), row('2.7', file.authority),
    ],
  },
  { id: '3.1', title: 'Authentication and authorization', rows: same('manual', '3.1.1', '3.1.2', '3.1.3') },
  { id: '3.2', title: 'Audit', rows: [...same('automated', '3.2.1'), ...same('manual', '3.2.2')] },
];
