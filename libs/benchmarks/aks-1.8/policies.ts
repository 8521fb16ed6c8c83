import { like, type RowSection } from '../extend.js';
import { byRule } from '../item-spec.js';
import { text } from '../remedies/remedy.js';
import { undecidable } from '../rules/rule.js';

export const aksPolicies: readonly RowSection[] = [
  {
    id: '4.1', title: 'Rights and service accounts',
    rows: [
      like('4.1.1', '5.1.1', 'manual'), like('4.1.2', '5.1.2', 'manual'), like('4.1.3', '5.1.3', 'manual', { title: 'No wildcards in custom roles' }),
      like('4.1.4', '5.1.4', 'manual'), like('4.1.5', '5.1.5', 'manual'), like('4.1.6', '5.1.6', 'manual'), like('4.1.7', '5.1.8', 'manual'), like('4.1.8', '5.1.9', 'manual'),
      like('4.1.9', '5.1.10', 'manual'), like('4.1.10', '5.1.11', 'manual'), like('4.1.11', '5.1.12', 'manual'), like('4.1.12', '5.1.13', 'manual'),
    ],
  },
  { id: '4.2', title: 'Pod security', rows: [like('4.2.1', '5.2.2', 'manual'), like('4.2.2', '5.2.3', 'manual'), like('4.2.3', '5.2.4', 'manual'), like('4.2.4', '5.2.5', 'manual'), like('4.2.5', '5.2.6', 'manual')] },
  {
    id: '4.4', title: 'Network',
    rows: [
      byRule('4.4.1', 'CNI plugin kept at a current version', undecidable('Whether the network plugin still gets fixes.', 'images of the DaemonSets azure-cns, cilium and calico-node in kube-system'), {
        assessment: 'manual', target: 'cluster', remedy: text('Upgrade the cluster, which brings its network plugin along: `az aks upgrade --resource-group GROUP --name NAME --kubernetes-version VERSION`.'),
      }, { class: 'api', resources: ['daemonsets.apps'] }),
      like('4.4.2', '5.3.2', 'automated'),
    ],
  },
  { id: '4.5', title: 'Secrets', rows: [like('4.5.1', '5.4.1', 'automated'), like('4.5.2', '5.4.2', 'manual')] },
  { id: '4.6', title: 'Namespaces and security contexts', rows: [like('4.6.1', '5.6.1', 'manual'), like('4.6.2', '5.6.3', 'manual'), like('4.6.3', '5.6.4', 'automated')] },
];
