import { like, type RowSection } from '../extend.js';
import { byRule } from '../item-spec.js';
import { cloudField } from '../managed-items.js';
import { text } from '../remedies/remedy.js';
import { firstKnown } from '../rules/rule.js';
import { oneOf } from '../rules/value-test.js';

export const eksPolicies: readonly RowSection[] = [
  {
    id: '4.1', title: 'Rights and service accounts',
    rows: [
      like('4.1.1', '5.1.1', 'automated'), like('4.1.2', '5.1.2', 'automated'), like('4.1.3', '5.1.3', 'automated', { title: 'No wildcards in custom roles' }),
      like('4.1.4', '5.1.4', 'automated'), like('4.1.5', '5.1.5', 'automated'), like('4.1.6', '5.1.6', 'automated'),
      byRule('4.1.7', 'Access entries (not only aws-auth) govern cluster access',
        firstKnown(cloudField('eks', [['cluster', 'accessConfig', 'authenticationMode']], oneOf('API', 'API_AND_CONFIG_MAP')), { kind: 'joined-without-aws-auth' }), {
          assessment: 'manual', target: 'cloud',
          remedy: text('Run `aws eks update-cluster-config --name NAME --access-config authenticationMode=API_AND_CONFIG_MAP`, make access entries for whom aws-auth lists, then change to API.'),
        }),
      like('4.1.8', '5.1.8', 'manual'), like('4.1.9', '5.1.9', 'manual'), like('4.1.10', '5.1.10', 'manual'), like('4.1.11', '5.1.12', 'manual'), like('4.1.12', '5.1.13', 'manual'),
    ],
  },
  { id: '4.2', title: 'Pod security', rows: [like('4.2.1', '5.2.2', 'automated'), like('4.2.2', '5.2.3', 'automated'), like('4.2.3', '5.2.4', 'automated'), like('4.2.4', '5.2.5', 'automated'), like('4.2.5', '5.2.6', 'automated')] },
  { id: '4.3', title: 'Network policies', rows: [like('4.3.1', '5.3.1', 'manual', { remedy: text('Switch network policies on in the VPC CNI add-on (`enableNetworkPolicy: "true"` in its configuration), or run Calico or Cilium.') }), like('4.3.2', '5.3.2', 'automated')] },
  { id: '4.4', title: 'Secrets', rows: [like('4.4.1', '5.4.1', 'automated'), like('4.4.2', '5.4.2', 'manual')] },
  { id: '4.5', title: 'Namespaces', rows: [like('4.5.1', '5.6.1', 'manual'), like('4.5.2', '5.6.4', 'automated')] },
];
