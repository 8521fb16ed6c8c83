import { z } from 'zod';
import type { AccessQuery } from '#inventory/access/access-facts.js';
import { accountUser, groupsOfAccount } from '#inventory/access/implied-groups.js';
import type { KubeCluster } from './kube-cluster.js';

// Go writes an empty list as null.
const words = z.array(z.string()).nullish().transform((list) => list ?? []);
const metadataSchema = z.object({ name: z.string(), namespace: z.string().default('') });
const ruleSchema = z.object({ verbs: words, apiGroups: words, resources: words, resourceNames: words, nonResourceURLs: words });
const roleSchema = z.object({ metadata: metadataSchema, rules: z.array(ruleSchema).nullish().transform((rules) => rules ?? []) });
const subjectSchema = z.object({ kind: z.string(), name: z.string(), namespace: z.string().default('') });
const bindingSchema = z.object({
  metadata: metadataSchema,
  roleRef: z.object({ kind: z.string(), name: z.string() }),
  subjects: z.array(subjectSchema).nullish().transform((subjects) => subjects ?? []),
});
type Rule = z.infer<typeof ruleSchema>;

export interface Rbac {
  readonly roles: readonly z.infer<typeof roleSchema>[];
  readonly bindings: readonly z.infer<typeof bindingSchema>[];
}

/** Roles and bindings as the server has them, read apart from the product. */
export async function readRbac(cluster: KubeCluster): Promise<Rbac> {
  const list = async <T>(resource: string, schema: z.ZodType<T>): Promise<readonly T[]> => {
    const { body } = await cluster.request('GET', `/apis/rbac.authorization.k8s.io/v1/${resource}`);
    return z.object({ items: z.array(schema) }).parse(body).items;
  };
  return {
    roles: [...(await list('clusterroles', roleSchema)), ...(await list('roles', roleSchema))],
    bindings: [...(await list('clusterrolebindings', bindingSchema)), ...(await list('rolebindings', bindingSchema))],
  };
}

/**
 * Different questions about what is bound: each begins as what a subject of a binding may do by a rule of its role, then none, one or
 * two of its parts become others that occur in the cluster. `next` gives numbers from 0 to below 1.
 */
export function drawQuestions({ roles, bindings }: Rbac, count: number, next: () => number): readonly AccessQuery[] {
  const oneOf = <T>(items: readonly T[], otherwise: T): T => (items.length === 0 ? otherwise : items[Math.floor(next() * items.length)]!);
  const roleOf = new Map(roles.map((role) => [`${role.metadata.namespace}/${role.metadata.name}`, role]));
  const rules = roles.flatMap((role) => role.rules);
  const distinct = (wordsOf: (rule: Rule) => readonly string[]): readonly string[] => [...new Set(rules.flatMap(wordsOf))];
  const verbs = distinct((rule) => rule.verbs);
  const groups = distinct((rule) => rule.apiGroups);
  const resources = distinct((rule) => rule.resources.map((resource) => resource.split('/', 1)[0]!));
  const subresources = distinct((rule) => rule.resources.flatMap((resource) => resource.split('/').slice(1)));
  const names = distinct((rule) => rule.resourceNames);
  const paths = distinct((rule) => rule.nonResourceURLs);
  const subjects = bindings.flatMap((binding) => binding.subjects);
  const userGroups = [...new Set(subjects.filter(({ kind }) => kind === 'Group').map(({ name }) => name))];
  const namespaces = ['', ...new Set([...roles, ...bindings].map(({ metadata }) => metadata.namespace)), 'nowhere'];

  const identityOf = ({ kind, name, namespace }: z.infer<typeof subjectSchema>): { readonly user: string; readonly groups: readonly string[] } => {
    if (kind === 'ServiceAccount') return { user: accountUser(namespace, name), groups: groupsOfAccount(namespace) };
    return kind === 'Group' ? { user: 'somebody', groups: [name, 'system:authenticated'] } : { user: name, groups: ['system:authenticated'] };
  };
  const filled = (word: string, pool: readonly string[]): string => (word === '*' ? oneOf(pool, 'anything') : word);

  // A binding whose role is not there, as some are, grants nothing: it is asked about what others grant.
  const grants = bindings.flatMap(({ metadata: { namespace }, roleRef, subjects: bound }) => {
    const role = roleOf.get(`${roleRef.kind === 'Role' ? namespace : ''}/${roleRef.name}`);
    return bound.length === 0 ? [] : (role?.rules ?? [oneOf(rules, rules[0]!)]).map((rule) => ({ namespace, bound, rule }));
  });
  const forPaths = grants.filter(({ rule }) => rule.nonResourceURLs.length > 0);
  const forNames = grants.filter(({ rule }) => rule.resourceNames.length > 0);

  const granted = (): AccessQuery => {
    const { namespace, bound, rule } = oneOf(oneOf([grants, grants, grants, forNames, forPaths], grants), grants[0]!);
    const identity = identityOf(oneOf(bound, subjects[0]!));
    const verb = filled(oneOf(rule.verbs, 'get'), verbs);
    if (rule.resources.length === 0 || (rule.nonResourceURLs.length > 0 && next() < 0.5)) {
      const path = oneOf(rule.nonResourceURLs, '/');
      const tail = oneOf(['', 'v1', 'x/y'], '');
      return { ...identity, verb, path: path === '*' ? `/${tail}` : path.endsWith('*') && next() < 0.8 ? `${path.slice(0, -1)}${tail}` : path };
    }
    const [resource = '', subresource = ''] = oneOf(rule.resources, 'pods').split('/');
    return {
      ...identity, verb,
      group: filled(oneOf(rule.apiGroups, ''), groups),
      resource: filled(resource, resources),
      subresource: resource === '*' && subresource === '' && next() < 0.5 ? oneOf(subresources, '') : subresource,
      name: oneOf(rule.resourceNames, next() < 0.5 ? oneOf(names, '') : ''),
      namespace: namespace === '' ? oneOf(namespaces, '') : namespace,
    };
  };

  const ofAll: readonly ((query: AccessQuery) => AccessQuery)[] = [
    (query) => ({ ...query, verb: oneOf(verbs, 'get') }),
    (query) => ({ ...query, verb: query.verb.toUpperCase() }),
    (query) => ({ ...query, ...identityOf(oneOf(subjects, subjects[0]!)) }),
    (query) => ({ ...query, user: `${query.user}x` }),
    (query) => ({ ...query, groups: query.groups?.slice(1) ?? [] }),
    (query) => ({ ...query, groups: [...(query.groups ?? []), oneOf(userGroups, 'x')] }),
  ];
  const ofPaths: typeof ofAll = [
    ...ofAll,
    (query) => ({ ...query, path: oneOf(paths, '/') }),
    (query) => ({ ...query, path: `${query.path ?? ''}/` }),
    (query) => ({ ...query, path: query.path && query.path.length > 1 ? query.path.slice(0, -1) : '/x' }),
  ];
  const ofResources: typeof ofAll = [
    ...ofAll,
    (query) => ({ ...query, group: oneOf(groups, '') }),
    (query) => ({ ...query, resource: oneOf(resources, '') }),
    (query) => ({ ...query, subresource: query.subresource ? '' : oneOf(subresources, '') }),
    (query) => ({ ...query, subresource: oneOf(subresources, '') }),
    (query) => ({ ...query, name: query.name ? '' : oneOf(names, 'x') }),
    (query) => ({ ...query, name: `${query.name ?? ''}x` }),
    (query) => ({ ...query, namespace: oneOf(namespaces, '') }),
    (query) => ({ ...query, namespace: '' }),
  ];

  const questions = new Map<string, AccessQuery>();
  while (questions.size < count) {
    let query = granted();
    for (let changes = Math.floor(next() * 3); changes > 0; changes--) {
      query = oneOf(query.path === undefined ? ofResources : ofPaths, (same) => same)(query);
    }
    questions.set(JSON.stringify(query), query);
  }
  return [...questions.values()];
}

const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

/** What the server's own authorizers answer. */
export async function askServer(cluster: KubeCluster, { user, groups, verb, path, ...place }: AccessQuery): Promise<boolean> {
  const { status, body } = await cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups, ...(path === undefined ? { resourceAttributes: { verb, ...place } } : { nonResourceAttributes: { verb, path } }) },
  });
  if (status !== 201) throw new Error(`no review: ${status} ${JSON.stringify(body)}`);
  return reviewSchema.parse(body).status.allowed;
}
