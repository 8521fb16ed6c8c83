import type { PolicyRule } from '#inventory/facts.js';
import { ruleReaches } from '#inventory/readers/policy-rule.js';

/** One right that an ability consists of. */
interface Need {
  readonly verbs: readonly string[];
  readonly group: string;
  /** `resource` or `resource/subresource`. */
  readonly resources: readonly string[];
  /** Of those, the ones without a namespace: a RoleBinding gives nothing on them. */
  readonly clusterWide?: readonly string[];
  /** Whether rights on these names alone count at all. Default: they do. */
  readonly counts?: (names: readonly string[]) => boolean;
  /** Whether rights on these names alone are as good as on all. Default: they are not. */
  readonly isWide?: (names: readonly string[]) => boolean;
}

/** A way to more rights than one was given. All of `needs` together make it. */
export interface Ability {
  readonly part: string;
  /** Completes "may …". */
  readonly text: string;
  readonly needs: readonly Need[];
}

const rbac = 'rbac.authorization.k8s.io';
const certificates = 'certificates.k8s.io';
const writes = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Kubernetes trusts what its own signers sign; the signers of add-ons sign for their add-ons. */
const isKubernetesSigner = (names: readonly string[]): boolean => names.some((name) => name.startsWith('kubernetes.io/'));
const signers = (verb: string): Need => ({ verbs: [verb], group: certificates, resources: ['signers'], clusterWide: ['signers'], counts: isKubernetesSigner, isWide: isKubernetesSigner });
const requests = (subresource: string): Need => {
  const resource = `certificatesigningrequests/${subresource}`;
  return { verbs: ['update', 'patch'], group: certificates, resources: [resource], clusterWide: [resource] };
};

const strongRoles = new Set(['cluster-admin', 'admin', 'edit']);

export const abilities: readonly Ability[] = [
  { part: 'escalate', text: 'write roles with more rights than its own', needs: [{ verbs: ['escalate'], group: rbac, resources: ['roles', 'clusterroles'], clusterWide: ['clusterroles'] }] },
  {
    part: 'bind', text: 'bind roles with more rights than its own',
    needs: [{
      verbs: ['bind'], group: rbac, resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'], clusterWide: ['clusterrolebindings'],
      isWide: (names) => names.some((name) => strongRoles.has(name)),
    }],
  },
  {
    part: 'impersonate', text: 'act as others',
    needs: [{ verbs: ['impersonate'], group: '', resources: ['users', 'groups', 'serviceaccounts'], clusterWide: ['users', 'groups'], isWide: (names) => names.some((name) => name.startsWith('system:')) }],
  },
  { part: 'approve-certificates', text: 'approve client certificates for any name', needs: [requests('approval'), signers('approve')] },
  { part: 'sign-certificates', text: 'sign client certificates for any name', needs: [requests('status'), signers('sign')] },
  { part: 'mint-tokens', text: 'make tokens of service accounts', needs: [{ verbs: ['create'], group: '', resources: ['serviceaccounts/token'] }] },
  {
    part: 'webhooks', text: 'change admission webhooks, and by them what everybody creates',
    needs: [{
      verbs: writes, group: 'admissionregistration.k8s.io', resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
      clusterWide: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    }],
  },
];

/** Rules by which an ability is held. */
export interface Held {
  readonly rules: readonly PolicyRule[];
  /** Only for objects of some names, none of them a strong one. */
  readonly isNarrow: boolean;
}

type Needs = Ability['needs'];
type Answers = Map<Needs, Held | undefined>;

/** What was asked of a list of rules before, in the whole cluster and in a namespace: roles of many namespaces have one list, and several controls ask. */
const answered = new WeakMap<readonly PolicyRule[], Readonly<Record<'cluster' | 'namespace', Answers>>>();

/** How a list of rules gives an ability; undefined where it does not. `namespace` is '' for rights in the whole cluster. */
export function heldBy(needs: Needs, rules: readonly PolicyRule[], namespace: string): Held | undefined {
  let answers = answered.get(rules);
  if (!answers) answered.set(rules, (answers = { cluster: new Map(), namespace: new Map() }));
  const known = answers[namespace === '' ? 'cluster' : 'namespace'];
  const held = known.get(needs);
  if (held !== undefined || known.has(needs)) return held;
  const found = find(needs, rules, namespace !== '');
  known.set(needs, found);
  return found;
}

function find(needs: Needs, rules: readonly PolicyRule[], isInNamespace: boolean): Held | undefined {
  const used: PolicyRule[] = [];
  let isNarrow = false;
  for (const need of needs) {
    const meeting = rules.filter((rule) => meets(rule, need, isInNamespace));
    const wide = meeting.find((rule) => rule.resourceNames.length === 0 || need.isWide?.(rule.resourceNames) === true);
    const rule = wide ?? meeting[0];
    if (!rule) return undefined;
    if (!wide) isNarrow = true;
    if (!used.includes(rule)) used.push(rule);
  }
  return { rules: used, isNarrow };
}

function meets(rule: PolicyRule, need: Need, isInNamespace: boolean): boolean {
  const { resourceNames } = rule;
  if (resourceNames.length > 0 && need.counts?.(resourceNames) === false) return false;
  return need.resources.some((entry) => {
    if (isInNamespace && need.clusterWide?.includes(entry)) return false;
    const [resource = '', subresource] = entry.split('/');
    return need.verbs.some((verb) => {
      // These come without a name, so a rule that names objects never allows them.
      if (resourceNames.length > 0 && subresource === undefined && (verb === 'create' || verb === 'deletecollection')) return false;
      return ruleReaches(rule, { verb, group: need.group, resource, ...(subresource !== undefined && { subresource }) });
    });
  });
}
