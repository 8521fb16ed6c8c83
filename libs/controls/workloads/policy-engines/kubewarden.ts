import type { CustomFacts } from '#inventory/facts.js';
import { selects } from '#inventory/readers/label-selector.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import type { World } from '../../engine/world.js';
import { readSelector } from '../../supply-chain/signature-engines/read-selector.js';
import { webhooksOf } from '../../supply-chain/signature-engines/verifier.js';
import type { AdmissionPolicy } from './admission-policy.js';
import { podMakers } from './admission-policy.js';
import { rulesMeanPods } from './kyverno.js';
import { topicsOfName } from './topics.js';

const engine = 'Kubewarden';
export const kubewardenWebhooks = /kubewarden/;

/** ClusterAdmissionPolicies and AdmissionPolicies, each a module that is named and not read. */
export function kubewardenPolicies(world: World): readonly AdmissionPolicy[] {
  const webhooks = webhooksOf(world, kubewardenWebhooks, podMakers);
  const read = (kind: string) => (policy: CustomFacts): readonly AdmissionPolicy[] => {
    const spec = asRecord(policy.spec);
    if (!rulesMeanPods({ resourceRules: asList(spec['rules']) })) return [];
    const narrows = Object.keys(asRecord(spec['objectSelector'])).length > 0 || asList(spec['matchConditions']).length > 0;
    return [{
      engine, webhooks,
      policy: `${kind} ${policy.namespace === '' ? '' : `${policy.namespace}/`}${policy.name}`,
      mode: spec['mode'] === 'monitor' ? 'audit' : 'deny',
      about: topicsOfName(moduleName(spec['module'])),
      reach: (namespace) => ((policy.namespace !== '' && policy.namespace !== namespace.name) || !selects(readSelector(spec['namespaceSelector']), namespace.labels) ? 'none' : narrows ? 'some' : 'all'),
      isIgnoring: spec['failurePolicy'] === 'Ignore',
    }];
  };
  return [
    ...world.seen('clusteradmissionpolicies.policies.kubewarden.io').flatMap(read('ClusterAdmissionPolicy')),
    ...world.seen('admissionpolicies.policies.kubewarden.io').flatMap(read('AdmissionPolicy')),
  ];
}

/** The last piece of where a module comes from, without its version: `registry://ghcr.io/kubewarden/policies/safe-labels:v1.0.0`. */
function moduleName(module: unknown): string {
  if (typeof module !== 'string') return '';
  const last = module.slice(module.lastIndexOf('/') + 1);
  const end = last.search(/[:@]/);
  return end < 0 ? last : last.slice(0, end);
}
