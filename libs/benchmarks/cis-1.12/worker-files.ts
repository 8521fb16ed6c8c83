import { modeItem, ownerItem, type SectionSpec } from '../item-spec.js';

const automated = { assessment: 'automated', target: 'node' } as const;
const manual = { assessment: 'manual', target: 'node' } as const;

export const workerFiles: SectionSpec = {
  id: '4.1', title: 'Files of nodes',
  items: [
    modeItem('4.1.1', 'Kubelet systemd unit drop-in: file mode no wider than 0600', 0o600, ['kubelet-unit'], automated),
    ownerItem('4.1.2', 'Kubelet systemd unit drop-in: owned by root:root', ['kubelet-unit'], automated),
    modeItem('4.1.3', 'kube-proxy kubeconfig, when one exists: mode no wider than 0600', 0o600, ['proxy-kubeconfig'], manual),
    ownerItem('4.1.4', 'kube-proxy kubeconfig, when one exists: owned by root:root', ['proxy-kubeconfig'], manual),
    modeItem('4.1.5', 'Kubelet kubeconfig: file mode no wider than 0600', 0o600, ['kubelet-kubeconfig'], automated),
    ownerItem('4.1.6', 'Kubelet kubeconfig: owned by root:root', ['kubelet-kubeconfig'], automated),
    modeItem('4.1.7', 'Kubelet client-CA file: mode no wider than 0644', 0o644, ['kubelet-client-ca'], manual),
    ownerItem('4.1.8', 'Kubelet client-CA file: owned by root:root', ['kubelet-client-ca'], manual),
    modeItem('4.1.9', 'Kubelet config file: file mode no wider than 0600', 0o600, ['kubelet-config'], { ...automated, caveat: 'kubeadm has long written the file with mode 0644: change it on each node, and once more after each upgrade.' }),
    ownerItem('4.1.10', 'Kubelet config file: owned by root:root', ['kubelet-config'], automated),
  ],
};
