import { recordsSensitiveRequests } from '../cis-1.12/authentication-and-audit.js';
import { controlsOfEtcd, etcdFileRules } from '../cis-1.12/etcd.js';
import { like, same, type Row, type RowSection } from '../extend.js';
import type { Rule } from '../rules/rule.js';

/** k3s gives its etcd a file, and no flags that anybody could see. */
const file = etcdFileRules('the server has no configuration of etcd: it stores in SQLite or in an external database');
const row = (id: string, rule: Rule): Row => like(id, id, 'manual', { rule, coveredBy: controlsOfEtcd(id) });

export const k3sEtcdAndAudit: readonly RowSection[] = [
  {
    id: '2', title: 'etcd',
    rows: [
      row('2.1', file.client.certificate), row('2.2', file.client.clientAuth), row('2.3', file.client.autoTls),
      row('2.4', file.peer.certificate), row('2.5', file.peer.clientAuth), row('2.6', file.peer.autoTls), row('2.7', file.authority),
    ],
  },
  { id: '3.1', title: 'Authentication and authorization', rows: same('manual', '3.1.1', '3.1.2', '3.1.3') },
  // A server of k3s shows no arguments, so that the controls cannot tell that there is no policy.
  { id: '3.2', title: 'Audit', rows: [...same('manual', '3.2.1'), like('3.2.2', '3.2.2', 'manual', { rule: recordsSensitiveRequests })] },
];
