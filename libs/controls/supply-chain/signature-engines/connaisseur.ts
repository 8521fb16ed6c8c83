import type { World } from '../../engine/world.js';
import { isMissing, webhooksOf, type Verifier } from './verifier.js';

/** Connaisseur, told by its webhook: it has no policies in the cluster, only a configuration of its own. */
export function connaisseurVerifiers(world: World): readonly Verifier[] {
  const webhooks = webhooksOf(world, /connaisseur/);
  if (isMissing(webhooks) || webhooks.length === 0) return [];
  return [{
    engine: 'Connaisseur',
    policy: `webhook ${webhooks[0]!.name}`,
    mode: { fact: 'configmaps', reason: 'not-requested', detail: 'whether Connaisseur denies or only detects is in its own configuration, whose values are not read' },
    images: ['*'],
    reach: () => 'all',
    webhooks,
  }];
}
