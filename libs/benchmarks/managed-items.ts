import type { CloudProvider, FieldPath, Rule, RuleOf } from './rules/rule.js';
import type { Assessment } from './benchmark.js';
import { api, byControls, byRule, type ItemSpec } from './item-spec.js';
import { text } from './remedies/remedy.js';
import { any, undecidable } from './rules/rule.js';
import type { ValueTest } from './rules/value-test.js';

/** A field of a provider's description of the cluster. */
export const cloudField = (provider: CloudProvider, paths: readonly FieldPath[], is: ValueTest, more: Partial<Pick<RuleOf<'cloud'>, 'absent' | 'each'>> = {}): Rule => ({ kind: 'cloud', provider, paths, is, ...more });

/** What a provider's description of the cluster decides. */
export const cloudItem = (id: string, title: string, assessment: Assessment, rule: Rule, remedy: string): ItemSpec => byRule(id, title, rule, { assessment, target: 'cloud', remedy: text(remedy) });

/** What is set elsewhere at the provider than on the cluster: `look` says where. */
export const lookAt = (id: string, title: string, assessment: Assessment, look: string, remedy: string): ItemSpec => cloudItem(id, title, assessment, undecidable(look), remedy);

export const privateNodes = (id: string, assessment: Assessment, remedy: string): ItemSpec =>
  byRule(id, 'Nodes have no public address', { kind: 'nodes-are-private' }, { assessment, target: 'cluster', remedy: text(remedy) });

export const approvedRegistries = (id: string): ItemSpec => byControls(id, 'Only approved registries used', ['supply-chain/trusted-registries', 'workloads/policy-engine-coverage#registries'], {
  assessment: 'manual', target: 'cluster', evidence: api('pods', 'validatingwebhookconfigurations.admissionregistration.k8s.io', 'validatingadmissionpolicies.admissionregistration.k8s.io'),
  remedy: text('Name the registries that you trust, move images that come from others there, and let a policy refuse all others at admission.'),
});

export const ownIdentities = (id: string, title: string, remedy: string): ItemSpec =>
  byControls(id, title, ['supply-chain/workload-identity'], { assessment: 'manual', target: 'cluster', evidence: api('pods', 'serviceaccounts'), remedy: text(remedy) });

export const policyEngine = (id: string, remedy: string, otherwise?: Rule): ItemSpec =>
  byControls(id, 'Network-policy engine enabled', ['network/cni-enforcement'], { assessment: 'manual', target: 'cluster', evidence: api('daemonsets.apps', 'pods'), remedy: text(remedy), ...(otherwise && { otherwise }) });

/** A load balancer may hand TLS on to what is behind it, which nothing in the cluster shows. */
export const servedWithCertificates = (id: string, title: string, assessment: Assessment, annotations: readonly string[], remedy: string, naming?: RuleOf<'routes-have-certificates'>['naming']): ItemSpec =>
  byRule(id, title, any({ kind: 'routes-have-certificates', annotations, ...(naming && { naming }) }, undecidable('Whether what is behind each load balancer without a certificate of its own serves TLS itself.', 'Services of type LoadBalancer and Ingresses without TLS')), {
    assessment, target: 'cluster', remedy: text(remedy),
  });
