import type { PolicyRule } from '../facts.js';

interface ResourceRequest {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

const holds = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

/** Whether one rule allows a request for at least some object names, exactly as the RBAC authorizer reads it: case counts, `pods/*` is no pattern. */
export function ruleReaches(rule: PolicyRule, request: ResourceRequest): boolean {
  if (!holds(rule.verbs, request.verb) || !holds(rule.apiGroups, request.group)) return false;
  const wanted = request.subresource === undefined ? request.resource : `${request.resource}/${request.subresource}`;
  return rule.resources.some((entry) => entry === '*' || entry === wanted || (request.subresource !== undefined && entry === `*/${request.subresource}`));
}

const readVerbs = ['get', 'list', 'watch'];

/** Whether one rule reads Secrets that it does not name one by one. */
export const readsAnySecret = (rule: PolicyRule): boolean =>
  rule.resourceNames.length === 0 && readVerbs.some((verb) => ruleReaches(rule, { verb, group: '', resource: 'secrets' }));

/** `*` in verbs, groups and resources and for every name: cluster-admin in all but name. */
export const allowsEverything = (rule: PolicyRule): boolean =>
  rule.verbs.includes('*') && rule.apiGroups.includes('*') && rule.resources.includes('*') && rule.resourceNames.length === 0;

const ordinaryVerbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** As good as everything: whoever reads every Secret and writes every pod lacks no right for long, though the verbs are named one by one. */
export const rulesEverything = (rule: PolicyRule): boolean =>
  allowsEverything({ ...rule, verbs: ordinaryVerbs.every((verb) => rule.verbs.includes(verb)) ? ['*'] : rule.verbs });
