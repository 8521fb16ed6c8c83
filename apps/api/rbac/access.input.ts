import { invalid } from '#application/app-error.js';
import type { EscalationQuestion, EscalationStart, RulesOf } from '#application/rbac/access-questions.js';
import type { AccessRequest, Identity } from '#inventory/access/access-facts.js';
import type { PolicyRule, Subject } from '#inventory/facts.js';
import { scanField } from '../scans/of-scan.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { Input, Parameters } from '../schema/shapes.js';

/** By how many queries one request may ask. */
export const MOST_QUERIES = 10_000;
const MOST_GROUPS = 100;
const MOST_WORDS = 1_000;
const words = text({ maxLength: 1_000 });

const subjectKindEnum = namedEnum('RbacSubjectKind', ['User', 'Group', 'ServiceAccount'] as const, 'What a subject is.');
const FIRST_PATHS = 20;
const firstPaths = { min: 1, max: 100, default: FIRST_PATHS };
const workloadText = { maxLength: 600, minLength: 3, example: 'shop/web' };

/** Whose way to cluster-admin is asked for: everybody's, or that of one subject or workload. */
@Parameters()
class EscalationChoice {
  @ApiField.oneOf(subjectKindEnum, { about: 'Of one subject: what it is.', isOptional: true })
  readonly kind?: 'User' | 'Group' | 'ServiceAccount';

  @ApiField.text({ about: 'Its name.', isOptional: true, maxLength: 1_000, minLength: 1 })
  readonly name?: string;

  @ApiField.text({ about: 'Of a service account.', isOptional: true, maxLength: 253, minLength: 1 })
  readonly namespace?: string;

  @ApiField.text({ about: 'Of one workload: `namespace/name`, or `namespace/Kind/name`.', isOptional: true, ...workloadText })
  readonly workload?: string;

  @ApiField.int({ about: `How many paths at most; ${FIRST_PATHS} where left out.`, isOptional: true, ...firstPaths })
  readonly first?: number;

  static read(this: void, { kind, name, namespace, workload, first = FIRST_PATHS }: EscalationChoice): EscalationQuestion {
    if (workload === undefined && kind === undefined && name === undefined && namespace === undefined) return { limit: first };
    if (workload !== undefined && (kind !== undefined || name !== undefined || namespace !== undefined)) throw refused('', 'either a subject or a workload');
    return { limit: first, of: workload === undefined ? { subject: subjectOf({ kind, name, namespace }) } : { workload: workloadOf(workload) } };
  }
}

@Parameters()
export class EscalationParameters extends EscalationChoice {
  @ApiField.id(scanField)
  readonly scan?: string;
}

/** The same for GraphQL, which has the cluster among its arguments. */
@Parameters()
export class EscalationArguments extends EscalationChoice {
  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.id(scanField)
  readonly scanId?: string;
}

const refused = (pointer: string, detail: string) => invalid('invalid-parameters', 'The query parameters cannot be used as given.', [{ pointer, detail }]);

function subjectOf({ kind, name, namespace }: Pick<EscalationChoice, 'kind' | 'name' | 'namespace'>): Subject {
  if (kind === undefined || name === undefined) throw refused(kind === undefined ? '/kind' : '/name', 'a subject has a kind and a name');
  if ((kind === 'ServiceAccount') !== (namespace !== undefined)) throw refused('/namespace', 'service accounts have a namespace, and only they');
  return { kind, name, namespace: namespace ?? '' };
}

function workloadOf(text: string): Extract<EscalationStart, { readonly workload: unknown }>['workload'] {
  const parts = text.split('/');
  const [namespace, ...rest] = parts;
  const [name, kind] = rest.toReversed();
  if (!namespace || !name || parts.length > 3 || kind === '') throw refused('/workload', 'namespace/name or namespace/Kind/name');
  return { namespace, name, ...(kind !== undefined && { kind }) };
}

@Input('AccessRequestInput', 'What is asked for. With a path it is a request for no resource.')
export class AccessRequestInput implements AccessRequest {
  @ApiField.text({ about: 'What is to be done.', maxLength: 100, minLength: 1, example: 'create' })
  readonly verb: string;

  @ApiField.text({ about: 'API group; empty is the core group.', isOptional: true, maxLength: 253 })
  readonly group?: string;

  @ApiField.text({ about: 'Resource, in the plural.', isOptional: true, maxLength: 253, example: 'pods' })
  readonly resource?: string;

  @ApiField.text({ about: 'Subresource.', isOptional: true, maxLength: 253, example: 'exec' })
  readonly subresource?: string;

  @ApiField.text({ about: 'One object only.', isOptional: true, maxLength: 1_000 })
  readonly name?: string;

  @ApiField.text({ about: 'Namespace; left out: the whole cluster.', isOptional: true, maxLength: 253 })
  readonly namespace?: string;

  @ApiField.text({ about: 'Path of a request for no resource.', isOptional: true, maxLength: 1_000, example: '/metrics' })
  readonly path?: string;
}

@Input('AccessQueryInput', 'Who asks, and for what.')
export class AccessQueryInput extends AccessRequestInput implements Identity {
  @ApiField.text({ about: 'The user; a service account is `system:serviceaccount:NAMESPACE:NAME`.', maxLength: 1_000, example: 'system:serviceaccount:shop:web' })
  readonly user: string;

  @ApiField.list(words, { about: 'Groups of the user. Those that every service account is in need not be named.', isOptional: true, max: MOST_GROUPS })
  readonly groups?: readonly string[];
}

@Input('CanIInput', 'Queries, answered in order.')
export class CanIInput {
  @ApiField.list(object(() => AccessQueryInput), { about: 'The queries.', max: MOST_QUERIES })
  readonly queries: readonly AccessQueryInput[];
}

@Input('WhatCanInput', 'Of whom all rights are asked.')
export class WhatCanInput implements Identity {
  @ApiField.text({ about: 'The user; a service account is `system:serviceaccount:NAMESPACE:NAME`.', maxLength: 1_000, example: 'system:serviceaccount:shop:web' })
  readonly user: string;

  @ApiField.list(words, { about: 'Groups of the user.', isOptional: true, max: MOST_GROUPS })
  readonly groups?: readonly string[];

  @ApiField.text({ about: 'Only what holds in this namespace; left out: everything.', isOptional: true, maxLength: 253 })
  readonly namespace?: string;
}

@Input('RightSizeInput', 'Whose rights are to fit what it does, and what it was seen to do: by an audit log, say.')
export class RightSizeInput implements Identity {
  @ApiField.text({ about: 'The user; a service account is `system:serviceaccount:NAMESPACE:NAME`.', maxLength: 1_000, minLength: 1, example: 'system:serviceaccount:shop:web' })
  readonly user: string;

  @ApiField.list(words, { about: 'Groups of the user.', isOptional: true, max: MOST_GROUPS })
  readonly groups?: readonly string[];

  @ApiField.bool({ about: 'Whether rules are to name the objects that were used, for verbs that ask for one object.', isOptional: true })
  readonly byName?: boolean;

  @ApiField.list(object(() => AccessRequestInput), { about: 'Requests that were made.', max: MOST_QUERIES })
  readonly used: readonly AccessRequestInput[];
}

@Input('PolicyRuleInput', 'A rule, as roles have them.')
export class PolicyRuleInput {
  @ApiField.list(words, { about: 'What may be done.', max: MOST_WORDS })
  readonly verbs: readonly string[];

  @ApiField.list(words, { about: 'API groups; empty text is the core group.', isOptional: true, max: MOST_WORDS })
  readonly apiGroups?: readonly string[];

  @ApiField.list(words, { about: 'Resources.', isOptional: true, max: MOST_WORDS })
  readonly resources?: readonly string[];

  @ApiField.list(words, { about: 'Objects.', isOptional: true, max: MOST_WORDS })
  readonly resourceNames?: readonly string[];

  @ApiField.list(words, { about: 'Paths that are no resources.', isOptional: true, max: MOST_WORDS })
  readonly nonResourceURLs?: readonly string[];
}

@Input('RightsInput', 'Rights of a subject of the cluster, or rules as given: exactly one of them.')
export class RightsInput {
  @ApiField.object(() => WhatCanInput, { about: 'A subject, in one namespace or, where that is left out, cluster-wide.', isOptional: true })
  readonly subject?: WhatCanInput;

  @ApiField.list(object(() => PolicyRuleInput), { about: 'Rules.', isOptional: true, max: MOST_WORDS })
  readonly rules?: readonly PolicyRuleInput[];

  static read(this: void, { subject, rules }: RightsInput, pointer: string): RulesOf {
    if (rules && !subject) return { rules: rules.map(ruleOf) };
    if (!subject || rules) throw invalid('invalid-input', 'The input cannot be used as given.', [{ pointer, detail: 'either subject or rules' }]);
    const { user, groups = [], namespace = '' } = subject;
    return { subject: { user, groups }, namespace };
  }
}

@Input('CoversInput', 'Two sides to compare.')
export class CoversInput {
  @ApiField.object(() => RightsInput, { about: 'Who should hold all of it.' })
  readonly owner: RightsInput;

  @ApiField.object(() => RightsInput, { about: 'What is to be held.' })
  readonly servant: RightsInput;
}

const ruleOf = ({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRuleInput): PolicyRule => ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs });
