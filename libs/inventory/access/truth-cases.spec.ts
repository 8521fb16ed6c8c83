import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BindingFacts, PolicyRule, RoleFacts } from '../facts.js';
import { projectBinding, projectRole } from '../projection/objects.js';
import type { AccessFacts, AccessQuery } from './access-facts.js';
import { AccessIndex } from './access-index.js';
import { canI } from './can-i.js';
import { covers } from './covers.js';
import { whoCan } from './who-can.js';

const dir = process.env['BULWARK_TRUTH_DIR'];
const read = <T>(file: string): readonly T[] => readFileSync(`${dir}/rbac-upstream/${file}`, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as T);

interface RbacObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
type WrittenRule = Partial<PolicyRule>;

function factsOf(objects: readonly RbacObject[]): AccessFacts {
  const identity = ({ metadata }: RbacObject): { namespace: string; name: string } => ({ namespace: metadata.namespace ?? '', name: metadata.name });
  const roles = (kind: 'Role' | 'ClusterRole'): RoleFacts[] => objects.filter((object) => object.kind === kind).map((object) => projectRole({ ...object }, identity(object), kind));
  const bindings = (kind: 'RoleBinding' | 'ClusterRoleBinding'): BindingFacts[] =>
    objects.filter((object) => object.kind === kind).map((object) => projectBinding({ ...object }, identity(object), kind));
  return { roles: roles('Role'), clusterRoles: roles('ClusterRole'), roleBindings: bindings('RoleBinding'), clusterRoleBindings: bindings('ClusterRoleBinding') };
}

const ruleOf = (rule: WrittenRule): PolicyRule => ({ verbs: [], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [], ...rule });

interface AuthorizerCase {
  readonly case: string;
  readonly objects: readonly RbacObject[];
  readonly expect: readonly {
    readonly query: AccessQuery;
    readonly allowed: boolean;
    readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
  }[];
}

interface CoversCase {
  readonly case: string;
  readonly expect: 'pass' | 'fail';
  readonly owner_rules: readonly WrittenRule[];
  readonly servant_rules: readonly WrittenRule[];
  readonly uncovered: readonly WrittenRule[];
}

const subjectText = ({ kind, namespace, name }: { readonly kind: string; readonly name: string; readonly namespace: string }): string => `${kind} ${namespace}/${name}`;

describe.skipIf(!dir)('upstream\'s own RBAC cases (skipped where BULWARK_TRUTH_DIR does not name a folder with them)', () => {
  it('answers every can-i and who-can as upstream does', () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const { case: title, objects, expect: expected } of read<AuthorizerCase>('authorizer.jsonl')) {
      const index = new AccessIndex(factsOf(objects));
      for (const { query, allowed, subjects } of expected) {
        asked++;
        if (canI(index, query).allowed !== allowed) wrong.push(`${title}: ${JSON.stringify(query)} should be ${allowed}`);
        if (!subjects) continue;
        const ours = whoCan(index, query).map(({ subject }) => subjectText(subject)).sort();
        if (ours.join() !== subjects.map(subjectText).sort().join()) wrong.push(`${title}: ${JSON.stringify(query)} who: ${ours.join()}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBe(122);
  });

  it('covers as upstream does, with the same remainder', () => {
    const wrong: string[] = [];
    for (const test of read<CoversCase>('covers.jsonl')) {
      const answer = covers(test.owner_rules.map(ruleOf), test.servant_rules.map(ruleOf));
      const uncovered = answer.state === 'uncovered' ? answer.uncovered : [];
      if ((answer.state === 'covered') !== (test.expect === 'pass') || JSON.stringify(uncovered) !== JSON.stringify(test.uncovered.map(ruleOf))) wrong.push(`${test.case}: ${JSON.stringify(answer)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('reads the default roles: the answers everybody knows', () => {
    const index = new AccessIndex(factsOf(read<RbacObject>('bootstrap-rbac.jsonl')));
    const may = (user: string, verb: string, resource: string, more: Partial<AccessQuery> = {}): boolean => canI(index, { user, verb, resource, ...more }).allowed;
    expect(may('system:kube-scheduler', 'create', 'pods', { subresource: 'binding', namespace: 'shop' })).toBe(true);
    expect(may('system:kube-scheduler', 'create', 'pods', { namespace: 'shop' })).toBe(false);
    expect(may('system:serviceaccount:kube-system:clusterrole-aggregation-controller', 'escalate', 'clusterroles', { group: 'rbac.authorization.k8s.io' })).toBe(true);
    expect(canI(index, { user: 'jane', groups: ['system:masters'], verb: 'delete', resource: 'nodes' }, { superusers: false })).toMatchObject({ allowed: true, chain: { binding: { name: 'cluster-admin' } } });
    expect(canI(index, { user: 'jane', groups: ['system:authenticated'], verb: 'get', path: '/healthz' }).allowed).toBe(true);
    expect(canI(index, { user: 'jane', verb: 'get', path: '/api' }).allowed).toBe(false);
    expect(canI(index, { user: 'jane', verb: 'get', path: '/api' }, { implied: 'login' }).allowed).toBe(true);
  });
});
