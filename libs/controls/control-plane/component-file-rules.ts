import type { ComponentFileId } from '#nodes/facts/component-files.js';

/** What is asked of a component's file; `mode` is the widest that serves it. */
export interface FileRule {
  readonly mode?: number;
  /** `own`: the account that its component runs as, and nobody else. */
  readonly owner?: 'root' | 'own';
  /** Whoever reads it has a credential, or what etcd stores. */
  readonly isSecret?: true;
  /** Numbers of CIS Kubernetes 1.12 for its mode and its owner. */
  readonly modeItem?: string;
  readonly ownerItem?: string;
}

/** The benchmark's file items, a row a file. */
export const fileRules = {
  'api-server-manifest': { mode: 0o600, owner: 'root', modeItem: '1.1.1', ownerItem: '1.1.2' },
  'controller-manager-manifest': { mode: 0o600, owner: 'root', modeItem: '1.1.3', ownerItem: '1.1.4' },
  'scheduler-manifest': { mode: 0o600, owner: 'root', modeItem: '1.1.5', ownerItem: '1.1.6' },
  'etcd-manifest': { mode: 0o600, owner: 'root', modeItem: '1.1.7', ownerItem: '1.1.8' },
  'cni-config': { mode: 0o600, owner: 'root', modeItem: '1.1.9', ownerItem: '1.1.10' },
  'etcd-data': { mode: 0o700, owner: 'own', isSecret: true, modeItem: '1.1.11', ownerItem: '1.1.12' },
  'admin-kubeconfig': { mode: 0o600, owner: 'root', isSecret: true, modeItem: '1.1.13', ownerItem: '1.1.14' },
  'scheduler-kubeconfig': { mode: 0o600, owner: 'root', isSecret: true, modeItem: '1.1.15', ownerItem: '1.1.16' },
  'controller-manager-kubeconfig': { mode: 0o600, owner: 'root', isSecret: true, modeItem: '1.1.17', ownerItem: '1.1.18' },
  pki: { owner: 'root', ownerItem: '1.1.19' },
  'pki-certificate': { mode: 0o644, modeItem: '1.1.20' },
  'pki-key': { mode: 0o600, isSecret: true, modeItem: '1.1.21' },
  'kubelet-unit': { mode: 0o600, owner: 'root', modeItem: '4.1.1', ownerItem: '4.1.2' },
  'proxy-kubeconfig': { mode: 0o600, owner: 'root', isSecret: true, modeItem: '4.1.3', ownerItem: '4.1.4' },
  'kubelet-kubeconfig': { mode: 0o600, owner: 'root', isSecret: true, modeItem: '4.1.5', ownerItem: '4.1.6' },
  'kubelet-client-ca': { mode: 0o644, owner: 'root', modeItem: '4.1.7', ownerItem: '4.1.8' },
  'kubelet-config': { mode: 0o600, owner: 'root', modeItem: '4.1.9', ownerItem: '4.1.10' },
} as const satisfies Readonly<Record<ComponentFileId, FileRule>>;

export const modeText = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');
