import type { RowSection } from '../extend.js';
import { all, flag, undecidable } from '../rules/rule.js';
import { equal, isSet, notEqual } from '../rules/value-test.js';
import { controlsOfEtcd, etcdHasOwnAuthority } from '../cis-1.12/etcd.js';
import { covered } from '../item-spec.js';
import { etcdItem, managerArgument, managerItem, schedulerItem } from './operator-config.js';

const guarded = (component: string) => undecidable(`What the health and metrics endpoints of ${component} answer to a request without a credential.`, `pods and Services of ${component}`);
const closed = (component: string): string => `Leave the Services of ${component} as OpenShift makes them, without a Route, and bind nobody but monitoring to roles that read /metrics.`;

export const openshiftManagers: readonly RowSection[] = [
  {
    id: '1.3', title: 'kube-controller-manager',
    rows: [
      managerItem('1.3.1', 'Controller-manager health and metrics guarded', guarded('kube-controller-manager'), undefined, closed('openshift-kube-controller-manager')),
      managerItem('1.3.2', 'Each controller uses its own credential', managerArgument('use-service-account-credentials', equal(true)), '1.3.3'),
      managerItem('1.3.3', 'Service-account signing key set', managerArgument('service-account-private-key-file', isSet), '1.3.4'),
      managerItem('1.3.4', 'Root CA bundle set', managerArgument('root-ca-file', isSet), '1.3.5'),
    ],
  },
  {
    id: '1.4', title: 'kube-scheduler',
    rows: [
      schedulerItem('1.4.1', 'Scheduler health and metrics guarded', guarded('kube-scheduler'), undefined, closed('openshift-kube-scheduler')),
      schedulerItem('1.4.2', 'Scheduler API guarded by RBAC', undecidable('Who is bound to roles that read what kube-scheduler serves.', 'roles and bindings in openshift-kube-scheduler'), undefined, closed('openshift-kube-scheduler')),
    ],
  },
];

/** The operator starts etcd from a script: its flags are read from there. */
export const openshiftEtcd: RowSection = {
  id: '2', title: 'etcd',
  rows: [
    etcdItem('2.1', 'etcd serves clients with an explicit certificate', all(flag('etcd', 'cert-file', isSet), flag('etcd', 'key-file', isSet)), '2.1'),
    etcdItem('2.2', 'etcd requires client certificates', flag('etcd', 'client-cert-auth', equal(true)), '2.2'),
    etcdItem('2.3', 'etcd does not self-sign client TLS', flag('etcd', 'auto-tls', notEqual(true)), '2.3'),
    etcdItem('2.4', 'etcd peers use an explicit certificate', all(flag('etcd', 'peer-cert-file', isSet), flag('etcd', 'peer-key-file', isSet)), '2.4'),
    etcdItem('2.5', 'etcd requires peer client certificates', flag('etcd', 'peer-client-cert-auth', equal(true)), '2.5'),
    etcdItem('2.6', 'etcd does not self-sign peer TLS', flag('etcd', 'peer-auto-tls', notEqual(true)), '2.6'),
    etcdItem('2.7', 'etcd has its own CA', all(flag('etcd', 'trusted-ca-file', isSet), etcdHasOwnAuthority), '2.7'),
  ].map((item) => covered({ ...item, target: 'etcd' as const }, controlsOfEtcd(item.id))),
};
