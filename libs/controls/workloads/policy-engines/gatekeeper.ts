import type { MissingEvidence } from '#inventory/observed.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import type { ListedKey } from '#inventory/inventory.js';
import { lackOf, type World } from '../../engine/world.js';
import { constraintDenies, constraintReach } from '../../supply-chain/signature-engines/ratify.js';
import { webhooksOf } from '../../supply-chain/signature-engines/verifier.js';
import { podMakerKinds, podMakers, type AdmissionPolicy, type Topic } from './admission-policy.js';
import { topicsOfName } from './topics.js';

const engine = 'Gatekeeper';
export const gatekeeperWebhooks = /gatekeeper/;

/** Kinds of constraints that are read: Gatekeeper makes a kind of every template. */
const read: Readonly<Record<string, { readonly key: ListedKey; readonly about: Topic }>> = {
  K8sRequiredLabels: { key: 'k8srequiredlabels.constraints.gatekeeper.sh', about: 'labels' },
  K8sAllowedRepos: { key: 'k8sallowedrepos.constraints.gatekeeper.sh', about: 'registries' },
  RatifyVerification: { key: 'ratifyverification.constraints.gatekeeper.sh', about: 'signatures' },
};

const kinds: ReadonlySet<string> = new Set(podMakerKinds);

/** Constraints, and templates whose constraints are not read. */
export function gatekeeperPolicies(world: World): readonly AdmissionPolicy[] {
  const shared = { engine, webhooks: webhooksOf(world, gatekeeperWebhooks, podMakers), isIgnoring: false };
  const unread = world.seen('constrainttemplates.templates.gatekeeper.sh').flatMap((template): readonly AdmissionPolicy[] => {
    const kind = String(asRecord(asRecord(asRecord(asRecord(template.spec)['crd'])['spec'])['names'])['kind'] ?? template.name);
    const known = Object.hasOwn(read, kind) ? read[kind] : undefined;
    const mode: MissingEvidence | undefined = known
      ? lackOf(world, known.key)
      : { fact: 'constrainttemplates.templates.gatekeeper.sh', reason: 'not-requested', detail: 'constraints of templates other than K8sRequiredLabels, K8sAllowedRepos and RatifyVerification are not read, so whether one denies is not known' };
    if (!mode || (known && world.seen(known.key).length > 0)) return [];
    return [{ ...shared, policy: `ConstraintTemplate ${template.name}`, mode, about: known ? new Set([known.about]) : topicsOfName(kind), reach: () => 'all' }];
  });
  const constraints = Object.entries(read).flatMap(([kind, { key, about }]) => world.seen(key).map((constraint): AdmissionPolicy => {
    const spec = asRecord(asRecord(constraint)['spec']);
    return { ...shared, policy: `${kind} ${constraint.name}`, mode: constraintDenies(spec) ? 'deny' : 'audit', about: new Set([about]), reach: (namespace) => constraintReach(asRecord(spec['match']), namespace, kinds) };
  }));
  return [...constraints, ...unread];
}
