import { like, otherMode, otherOwner, type RowSection } from '../extend.js';
import { api, byControls, byRule, type ItemSpec } from '../item-spec.js';
import { text } from '../remedies/remedy.js';

export const gkeNodes: RowSection = {
  id: '3.1', title: 'Files of nodes',
  rows: [
    like('3.1.1', '4.1.5', 'automated', otherMode(0o644, 'Kubelet kubeconfig: mode no wider than 0644', 'kubelet-kubeconfig')),
    like('3.1.2', '4.1.6', 'automated', otherOwner('Kubelet kubeconfig: owned by root:root', 'kubelet-kubeconfig')),
    like('3.1.3', '4.1.9', 'automated', otherMode(0o644, 'Kubelet config file: mode no wider than 0644', 'kubelet-config')),
    like('3.1.4', '4.1.10', 'automated', otherOwner('Kubelet config file: owned by root:root', 'kubelet-config')),
  ],
};

/** `except`: cluster roles that Kubernetes itself binds to the subject. */
const unbound = (id: string, kind: 'User' | 'Group', name: string, ...except: readonly string[]): ItemSpec =>
  byRule(id, `No bindings to ${kind} ${name} beyond the built-in ones`, { kind: 'no-binding', subject: { kind, name }, except }, {
    assessment: 'automated', target: 'cluster', ...(name !== 'system:authenticated' && { covers: ['control-plane/anonymous-access'] }),
    remedy: text(`Delete bindings of your own that name ${name}; bind the people or accounts that are meant instead.`),
  });

export const gkePolicies: readonly RowSection[] = [
  {
    id: '4.1', title: 'Rights and service accounts',
    rows: [
      like('4.1.1', '5.1.1', 'manual'), like('4.1.2', '5.1.2', 'manual'), like('4.1.3', '5.1.3', 'manual', { title: 'No wildcards in custom roles' }),
      like('4.1.4', '5.1.5', 'automated'), like('4.1.5', '5.1.6', 'manual'), like('4.1.6', '5.1.7', 'automated'), like('4.1.7', '5.1.8', 'manual'),
      unbound('4.1.8', 'User', 'system:anonymous'),
      unbound('4.1.9', 'Group', 'system:unauthenticated', 'system:public-info-viewer'),
      unbound('4.1.10', 'Group', 'system:authenticated', 'system:basic-user', 'system:discovery', 'system:public-info-viewer'),
    ],
  },
  {
    id: '4.2', title: 'Pod security',
    rows: [byControls('4.2.1', 'Every namespace enforces PSA baseline or stricter', ['workloads/psa-enforce#enforce'], {
      assessment: 'manual', target: 'cluster', evidence: api('namespaces'), equivalent: '5.2.1', remedy: text('Label each namespace with `pod-security.kubernetes.io/enforce=baseline`, or restricted.'),
    })],
  },
  { id: '4.3', title: 'Network policies', rows: [like('4.3.1', '5.3.1', 'manual', { remedy: text('Make the cluster with Dataplane V2 (`--enable-dataplane-v2`), or run `gcloud container clusters update NAME --enable-network-policy`.') }), like('4.3.2', '5.3.2', 'automated')] },
  { id: '4.4', title: 'Secrets', rows: [like('4.4.1', '5.4.1', 'automated'), like('4.4.2', '5.4.2', 'manual')] },
  { id: '4.5', title: 'Admission of images', rows: [like('4.5.1', '5.5.1', 'manual', { remedy: text('Switch Binary Authorization on with a policy that requires attestations, or let admission verify signatures with Kyverno or Sigstore\'s policy-controller.') })] },
  { id: '4.6', title: 'Namespaces and security contexts', rows: [like('4.6.1', '5.6.1', 'manual'), like('4.6.2', '5.6.2', 'automated', { title: 'Pods use the RuntimeDefault seccomp profile' }), like('4.6.3', '5.6.3', 'manual'), like('4.6.4', '5.6.4', 'manual')] },
];
