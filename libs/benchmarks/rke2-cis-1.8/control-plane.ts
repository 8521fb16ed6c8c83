import { byRule, flagsOf, type ItemSpec } from '../item-spec.js';
import { like, otherMode, same, type RowSection } from '../extend.js';
import { flag } from '../rules/rule.js';
import { has } from '../rules/value-test.js';

const securityContextDeny: ItemSpec = byRule('1.2.12', 'SecurityContextDeny admission plugin on', {
  kind: 'before', version: '1.30', since: 'servers from 1.30 on have no plugin SecurityContextDeny; Pod Security admission took its place', rule: flag('kube-apiserver', 'enable-admission-plugins', has('SecurityContextDeny')),
}, {
  assessment: 'manual', target: 'control-plane',
  remedy: { kind: 'flags', component: 'kube-apiserver', set: { 'enable-admission-plugins': 'SecurityContextDeny' }, note: 'Better enforce Pod Security levels, which do more and are there in every version.' },
}, ...flagsOf('kube-apiserver'));

/** From 1.2.13 to 1.2.30 numbers are one more than in CIS Kubernetes 1.12. */
export const rke2ControlPlane: readonly RowSection[] = [
  {
    id: '1.1', title: 'Files of server nodes',
    rows: [
      ...same('automated', '1.1.1', '1.1.2', '1.1.3', '1.1.4', '1.1.5', '1.1.6', '1.1.7', '1.1.8', '1.1.11', '1.1.12', '1.1.13', '1.1.14', '1.1.15', '1.1.16', '1.1.17', '1.1.18', '1.1.19'),
      ...same('manual', '1.1.9', '1.1.10', '1.1.21'),
      like('1.1.20', '1.1.20', 'manual', otherMode(0o600, 'PKI certificates: mode no wider than 0600', 'pki-certificates')),
    ],
  },
  {
    id: '1.2', title: 'kube-apiserver',
    rows: [
      ...same('automated', '1.2.1', '1.2.2', '1.2.4', '1.2.5', '1.2.6', '1.2.7', '1.2.8', '1.2.10'), ...same('manual', '1.2.3', '1.2.9', '1.2.11'),
      securityContextDeny,
      like('1.2.13', '1.2.12', 'automated'), like('1.2.14', '1.2.13', 'automated'), like('1.2.15', '1.2.14', 'automated'), like('1.2.16', '1.2.15', 'automated'),
      like('1.2.17', '1.2.16', 'automated'), like('1.2.18', '1.2.17', 'automated'), like('1.2.19', '1.2.18', 'automated'), like('1.2.20', '1.2.19', 'automated'),
      like('1.2.21', '1.2.20', 'manual'), like('1.2.22', '1.2.21', 'automated'), like('1.2.23', '1.2.22', 'automated'), like('1.2.24', '1.2.23', 'automated'),
      like('1.2.25', '1.2.24', 'automated'), like('1.2.26', '1.2.25', 'automated'), like('1.2.27', '1.2.26', 'automated'), like('1.2.28', '1.2.27', 'manual'),
      like('1.2.29', '1.2.28', 'manual'), like('1.2.30', '1.2.29', 'manual'),
    ],
  },
  { id: '1.3', title: 'kube-controller-manager', rows: same('automated', '1.3.1', '1.3.2', '1.3.3', '1.3.4', '1.3.5', '1.3.6', '1.3.7') },
  { id: '1.4', title: 'kube-scheduler', rows: same('automated', '1.4.1', '1.4.2') },
];
