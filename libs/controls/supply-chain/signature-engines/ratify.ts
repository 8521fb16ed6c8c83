import type { MissingEvidence } from '#inventory/observed.js';
import { selects } from '#inventory/readers/label-selector.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { lackOf, type World } from '../../engine/world.js';
import { readSelector, textsOf } from './read-selector.js';
import { webhooksOf, type JudgedNamespace, type Reach, type Verifier } from './verifier.js';
import { matchesWildcard } from './wildcard.js';

const constraints = 'ratifyverification.constraints.gatekeeper.sh';

/** Templates that ask Ratify, as an external data provider of Gatekeeper, and the constraints that put them to work. */
export function ratifyVerifiers(world: World): readonly Verifier[] {
  const templates = world.seen('constrainttemplates.templates.gatekeeper.sh').filter(({ spec }) => asksRatify(spec));
  if (templates.length === 0) return [];
  const webhooks = webhooksOf(world, /gatekeeper/);
  return templates.flatMap((template): readonly Verifier[] => {
    const kind = asRecord(asRecord(asRecord(asRecord(template.spec)['crd'])['spec'])['names'])['kind'];
    const shared = { engine: 'Ratify', images: ['*'], webhooks };
    const isRead = kind === 'RatifyVerification';
    const lack: MissingEvidence | undefined = isRead ? lackOf(world, constraints) : { fact: constraints, reason: 'not-requested', detail: `constraints of the kind ${String(kind)} are not read, so whether one denies is not known` };
    const found = isRead ? world.seen(constraints) : [];
    if (found.length === 0) return lack ? [{ ...shared, policy: `ConstraintTemplate ${template.name}`, mode: lack, reach: () => 'all' }] : [];
    return found.map((constraint) => {
      const spec = asRecord(constraint.spec);
      return { ...shared, policy: `RatifyVerification ${constraint.name}`, mode: constraintDenies(spec) ? 'deny' as const : 'audit' as const, reach: (namespace) => constraintReach(asRecord(spec['match']), namespace) };
    });
  });
}

function asksRatify(spec: unknown): boolean {
  const code = JSON.stringify(asRecord(spec)['targets'] ?? '');
  return code.includes('external_data') && code.includes('ratify');
}

/** Whether a constraint of Gatekeeper refuses at admission. */
export function constraintDenies(spec: UnknownRecord): boolean {
  const action = spec['enforcementAction'] ?? 'deny';
  if (action !== 'scoped') return action === 'deny';
  return asList(spec['scopedEnforcementActions']).map(asRecord).some((scoped) =>
    scoped['action'] === 'deny' && asList(scoped['enforcementPoints']).map(asRecord).some(({ name }) => name === 'validation.gatekeeper.sh' || name === '*'));
}

const onPods: ReadonlySet<string> = new Set(['Pod']);

/** Which new pods, or objects of other kinds, of a namespace a constraint looks at. */
export function constraintReach(match: UnknownRecord, namespace: JudgedNamespace, wanted: ReadonlySet<string> = onPods): Reach {
  const kinds = asList(match['kinds']).map(asRecord);
  if (kinds.length > 0 && !kinds.some((item) => textsOf(item['kinds']).some((kind) => wanted.has(kind) || kind === '*'))) return 'none';
  const namespaces = textsOf(match['namespaces']);
  if (namespaces.length > 0 && !namespaces.some((pattern) => matchesWildcard(pattern, namespace.name))) return 'none';
  if (textsOf(match['excludedNamespaces']).some((pattern) => matchesWildcard(pattern, namespace.name))) return 'none';
  if (match['namespaceSelector'] !== undefined && !selects(readSelector(match['namespaceSelector']), namespace.labels)) return 'none';
  return match['labelSelector'] !== undefined || match['name'] !== undefined ? 'some' : 'all';
}
