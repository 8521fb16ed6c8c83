import { otherMode, like, same, without, type RowSection } from '../extend.js';

export const k3sControlPlane: readonly RowSection[] = [
  {
    id: '1.1', title: 'Files of server nodes',
    rows: [
      ...same('automated', '1.1.1', '1.1.2', '1.1.3', '1.1.4', '1.1.5', '1.1.6', '1.1.7', '1.1.8', '1.1.9', '1.1.10', '1.1.13', '1.1.14', '1.1.15', '1.1.16', '1.1.17', '1.1.18', '1.1.19', '1.1.21'),
      ...same('manual', '1.1.11'),
      like('1.1.12', '1.1.12', 'automated', without('k3s runs etcd within its own process, as root: there is no account of its own to own the directory')),
      like('1.1.20', '1.1.20', 'automated', otherMode(0o600, 'PKI certificates: mode no wider than 0600', 'pki-certificates')),
    ],
  },
  {
    id: '1.2', title: 'kube-apiserver',
    rows: [
      ...same('automated', '1.2.1', '1.2.2', '1.2.4', '1.2.5', '1.2.6', '1.2.7', '1.2.8', '1.2.10', '1.2.12', '1.2.13', '1.2.14', '1.2.15', '1.2.21', '1.2.22', '1.2.23', '1.2.24', '1.2.25', '1.2.26', '1.2.29'),
      ...same('manual', '1.2.3', '1.2.9', '1.2.11', '1.2.16', '1.2.17', '1.2.18', '1.2.19', '1.2.20', '1.2.27', '1.2.28'),
    ],
  },
  { id: '1.3', title: 'kube-controller-manager', rows: [...same('manual', '1.3.1'), ...same('automated', '1.3.2', '1.3.3', '1.3.4', '1.3.5', '1.3.6', '1.3.7')] },
  { id: '1.4', title: 'kube-scheduler', rows: same('automated', '1.4.1', '1.4.2') },
];
