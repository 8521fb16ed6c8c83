import { like, same, type RowSection } from '../extend.js';
import { byRule, type ItemSpec } from '../item-spec.js';
import { text } from '../remedies/remedy.js';
import { all, any, undecidable, type Rule, type RuleOf } from '../rules/rule.js';
import { equal, has, isSet, isUnset, oneOf, type ValueTest } from '../rules/value-test.js';

const manual = { assessment: 'manual', target: 'cluster' } as const;
type Strict = RuleOf<'constraints'>['strict'];

const constraint = (id: string, title: string, equivalent: string | undefined, setting: string, ...strict: Strict): ItemSpec => byRule(id, title, { kind: 'constraints', strict }, {
  ...manual, ...(equivalent !== undefined && { equivalent }),
  remedy: text(`Make a SecurityContextConstraints with ${setting} for the workloads, and take the right to use any that lacks it from users and service accounts that are not OpenShift's own (\`oc adm policy remove-scc-from-user\`).`),
});

const field = (name: string, is: Strict[number]['is']): Strict[number] => ({ path: [name], is });

const networkType = (is: ValueTest): Rule => ({ kind: 'object', object: { resource: 'networks.config.openshift.io', name: 'cluster' }, path: ['status', 'networkType'], is });
/** OpenShift SDN enforces policies in one of its modes, the one that it comes with. */
const sdnEnforces: Rule = { kind: 'object', object: { resource: 'networks.operator.openshift.io', name: 'cluster' }, path: ['spec', 'defaultNetwork', 'openshiftSDNConfig', 'mode'], is: equal('NetworkPolicy'), absent: 'NetworkPolicy' };

export const openshiftPolicies: readonly RowSection[] = [
  { id: '5.1', title: 'Rights and service accounts', rows: same('manual', '5.1.1', '5.1.2', '5.1.3', '5.1.4', '5.1.5', '5.1.6') },
  {
    id: '5.2', title: 'Security context constraints',
    rows: [
      constraint('5.2.1', 'Privileged containers limited by SCC', '5.2.2', '`allowPrivilegedContainer: false`', field('allowPrivilegedContainer', equal(false))),
      constraint('5.2.2', 'hostPID limited by SCC', '5.2.3', '`allowHostPID: false`', field('allowHostPID', equal(false))),
      constraint('5.2.3', 'hostIPC limited by SCC', '5.2.4', '`allowHostIPC: false`', field('allowHostIPC', equal(false))),
      constraint('5.2.4', 'hostNetwork limited by SCC', '5.2.5', '`allowHostNetwork: false`', field('allowHostNetwork', equal(false))),
      constraint('5.2.5', 'Privilege escalation limited by SCC', '5.2.6', '`allowPrivilegeEscalation: false`', field('allowPrivilegeEscalation', equal(false))),
      constraint('5.2.6', 'Root containers limited by SCC', '5.2.7', '`runAsUser: {type: MustRunAsNonRoot}` or MustRunAsRange', { path: ['runAsUser', 'type'], is: oneOf('MustRunAsNonRoot', 'MustRunAsRange') }),
      constraint('5.2.7', 'NET_RAW limited by SCC', '5.2.8', '`requiredDropCapabilities: [ALL]`', field('requiredDropCapabilities', has('ALL')), field('requiredDropCapabilities', has('NET_RAW'))),
      constraint('5.2.8', 'Added capabilities limited by SCC', undefined, '`allowedCapabilities: null`', field('allowedCapabilities', isUnset)),
      constraint('5.2.9', 'All capabilities dropped by SCC', '5.2.9', '`requiredDropCapabilities: [ALL]`', field('requiredDropCapabilities', has('ALL'))),
      byRule('5.2.10', 'Few principals may use privileged SCCs', undecidable('Whether each user, group and service account that may use a privileged SecurityContextConstraints needs it.', 'who may use each SecurityContextConstraints that allows privileged containers'), {
        ...manual, remedy: text('Take the right to use privileged, hostaccess, hostmount-anyuid, hostnetwork and anyuid from whoever does not need it (`oc adm policy remove-scc-from-user`, `remove-scc-from-group`).'),
      }, { class: 'api', resources: ['securitycontextconstraints.security.openshift.io', 'clusterrolebindings.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io'] }),
    ],
  },
  {
    id: '5.3', title: 'Network policies',
    rows: [
      byRule('5.3.1', 'CNI enforces NetworkPolicy', any(networkType(oneOf('OVNKubernetes', 'Calico', 'Cilium')), all(networkType(equal('OpenShiftSDN')), sdnEnforces)), {
        ...manual, equivalent: '5.3.1', remedy: text('Run OVN-Kubernetes, which OpenShift comes with and which enforces NetworkPolicy.'),
      }),
      ...same('manual', '5.3.2'),
    ],
  },
  { id: '5.4', title: 'Secrets', rows: same('manual', '5.4.1', '5.4.2') },
  {
    id: '5.5', title: 'Images',
    rows: [
      byRule('5.5.1', 'Image registries restricted by cluster image config', { kind: 'object', object: { resource: 'images.config.openshift.io', name: 'cluster' }, path: ['spec', 'registrySources', 'allowedRegistries'], is: isSet }, {
        ...manual, equivalent: '5.5.1', remedy: text('Name the registries that you trust in `spec.registrySources.allowedRegistries` of images.config.openshift.io/cluster, OpenShift\'s own among them.'),
      }),
    ],
  },
  { id: '5.7', title: 'Namespaces and security contexts', rows: [like('5.7.1', '5.6.1', 'manual'), like('5.7.2', '5.6.2', 'manual'), like('5.7.3', '5.6.3', 'manual'), like('5.7.4', '5.6.4', 'manual')] },
];
