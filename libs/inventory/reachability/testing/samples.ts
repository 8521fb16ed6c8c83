import type { CustomFacts, Labels, LabelSelector, NetworkPolicyFacts, NetworkPolicyRule, ServiceFacts } from '../../facts.js';
import type { Endpoint, TierPolicy } from '../input.js';
import { parseParty, Reachability, type Party } from '../reachability.js';
import { readTierPolicy, type TierKind } from '../tier-policy.js';

/** Short forms of what specs are made of. */
export const select = (matchLabels: Labels = {}): LabelSelector => ({ matchLabels, matchExpressions: [] });

export const pod = (name: string, labels: Labels = {}, more: Partial<Endpoint> = {}): Endpoint => {
  const [namespace, own] = name.split('/') as [string, string];
  return { kind: 'Pod', namespace, name: own, labels, ports: [], hostNetwork: false, addresses: [], ...more };
};

export const policy = (name: string, podSelector: LabelSelector, rules: { readonly ingress?: readonly NetworkPolicyRule[]; readonly egress?: readonly NetworkPolicyRule[] }): NetworkPolicyFacts => {
  const [namespace, own] = name.split('/') as [string, string];
  return {
    namespace, name: own, podSelector, ingress: rules.ingress ?? [], egress: rules.egress ?? [],
    policyTypes: [...(rules.ingress ? (['Ingress'] as const) : []), ...(rules.egress ? (['Egress'] as const) : [])],
  };
};

export const service = (name: string, selector: Labels, more: Partial<ServiceFacts> = {}): ServiceFacts => {
  const [namespace, own] = name.split('/') as [string, string];
  return { namespace, name: own, type: 'ClusterIP', selector, ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }], externalIPs: [], sourceRanges: [], ...more };
};

export function tier(kind: TierKind, name: string, spec: CustomFacts['spec']): TierPolicy {
  const read = readTierPolicy(kind, { namespace: '', name, spec });
  if (!('policy' in read)) throw new Error(`${kind} ${name} is not readable`);
  return read.policy;
}

export const party = (text: string): Party => {
  const found = parseParty(text);
  if (!found) throw new Error(`${text} is no party`);
  return found;
};

export const statusOf = (reachability: Reachability, from: string, to: string, port = 80, protocol = 'TCP'): string => reachability.pair(party(from), party(to), port, protocol).status;
