import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import type { World } from '../../engine/world.js';
import { webhooksOf, type Verifier } from './verifier.js';

/** ClusterImagePolicies of Sigstore's policy-controller. Namespaces opt in by a label that its webhook selects by. */
export function sigstoreVerifiers(world: World): readonly Verifier[] {
  const webhooks = webhooksOf(world, /^(?:policy\.sigstore\.dev|policy-controller|cosigned)/);
  return world.seen('clusterimagepolicies.policy.sigstore.dev').flatMap((policy): readonly Verifier[] => {
    const spec = asRecord(policy.spec);
    // An authority that is static passes or fails images without looking at any signature.
    if (!asList(spec['authorities']).map(asRecord).some((authority) => authority['static'] === undefined)) return [];
    const matches = asList(spec['match']).map(asRecord);
    const seesPods = matches.length === 0 || matches.some((match) => match['resource'] === 'pods' && Object.keys(asRecord(match['selector'])).length === 0);
    return [{
      engine: 'Sigstore policy-controller',
      policy: `ClusterImagePolicy ${policy.name}`,
      mode: spec['mode'] === 'warn' ? 'audit' : 'deny',
      images: asList(spec['images']).map((image) => String(asRecord(image)['glob'] ?? '')),
      reach: () => (seesPods ? 'all' : 'some'),
      webhooks,
    }];
  });
}
