import type { Workload } from '#inventory/facts.js';
import { isComplete } from '#inventory/observed.js';
import { byText } from '#inventory/text-order.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, pass, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { accountAutomounts, permissionKeys, permittedAccounts } from '../indexes/account-permissions.js';
import { eachAccountInUse, type AccountInUse } from '../scopes/each-account-in-use.js';

/** Labels by which people say what belongs together, the widest first. */
const kinshipLabels = ['app.kubernetes.io/part-of', 'app.kubernetes.io/instance', 'release', 'app.kubernetes.io/name', 'app', 'k8s-app'] as const;

/** Annotations that make an account an identity of a cloud. */
const cloudIdentities = ['eks.amazonaws.com/role-arn', 'iam.gke.io/gcp-service-account', 'azure.workload.identity/client-id'] as const;

const cloudAccounts = defineIndex(['serviceaccounts'], (world) => new Set(
  world.list('serviceaccounts').filter(({ annotations = {} }) => cloudIdentities.some((name) => Object.hasOwn(annotations, name))).map(({ namespace, name }) => `${namespace}/${name}`),
));

const templateOf = (workload: Workload, world: World) => world.template(workload.templates[0]!);

function belongTogether(workloads: readonly Workload[], world: World): boolean {
  const labels = workloads.map((workload) => templateOf(workload, world).labels);
  return kinshipLabels.some((key) => {
    const value = labels[0]![key];
    return value !== undefined && value !== '' && labels.every((own) => own[key] === value);
  });
}

/** Workloads whose pods get the account's token, where it is an identity nowhere else. */
function usersOf({ namespace, name, workloads }: AccountInUse, world: World): readonly Workload[] {
  const byDefault = world.use(accountAutomounts).get(`${namespace}/${name}`) ?? true;
  return workloads.filter((workload) => templateOf(workload, world).automountToken ?? byDefault);
}

/** Another one that runs as it may be where nothing was read. */
function alone(world: World): Verdict {
  world.workloads();
  return pass;
}

const pod = (name: string, more = '', labels = `app: ${name}`) => `---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {${labels}}}\nspec: {serviceAccountName: shop, ${more}containers: [{name: app, image: registry.example/${name}:1}]}\n`;
const account = (more = '') => `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: shop, namespace: shop${more}}\n`;
const rights = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: shop, namespace: shop}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: shop, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: shop}
subjects: [{kind: ServiceAccount, name: shop, namespace: shop}]
`;

export const sharedServiceAccount = defineControl({
  id: 'supply-chain/shared-service-account',
  title: 'Every application runs as a service account of its own',
  severity: 'medium',
  why: 'What one of them needs, all that share the account may do, and whoever breaks into the weakest has it. An audit log names the account alone, so nobody can tell which of them it was.',
  remediation: 'Make a service account for each application, bind to it the rights that this one needs, and name it as `serviceAccountName` in its pod template. Parts of one application that need the same rights say that they belong together by `app.kubernetes.io/part-of`. Pods that do not use the API set `automountServiceAccountToken: false`.',
  frameworks: {
    'nsa-cisa': ['pod-security/service-account-tokens', 'access/rbac'], 'nist-800-190': ['4.3.1', '4.3.4'], 'nist-800-53': ['AC-2', 'AC-6', 'IA-4', 'IA-9'],
    'mitre-attack': ['T1078', 'T1528'], 'owasp-kubernetes': ['K02'], 'pci-dss': ['7.2.5', '8.2.2'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['api'],
  scope: eachAccountInUse,
  check(judged, world) {
    const { namespace, name, workloads } = judged;
    if (workloads.length < 2) return alone(world);
    const isCloudIdentity = world.use(cloudAccounts).has(`${namespace}/${name}`);
    const users = isCloudIdentity ? workloads : usersOf(judged, world);
    if (users.length < 2 || belongTogether(users, world)) return alone(world);
    const isIdle = !isCloudIdentity && permissionKeys.every((key) => isComplete(world.outcome(key))) && !world.use(permittedAccounts).has(namespace, name);
    const names = users.map((workload) => `${workload.kind} ${workload.name}`).sort(byText);
    const [first, second, ...others] = names;
    const who = others.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${others.length} more`;
    const gives = isCloudIdentity ? ', an identity of the cloud too' : isIdle ? ', which may do nothing yet: what it is given later, all of them have' : '';
    // Not proven: whether pods get a token may be the account's to say.
    return fail(`${who} share service account ${name}${gives}, and no label says that they belong together`, {
      ...(isIdle && { severity: 'low' }),
      detail: { serviceAccount: name, workloads: names.slice(0, 50), ...(names.length > 50 && { workloadCount: names.length }) },
    });
  },
  examples: {
    passes: [
      manifests(`${pod('web')}${account()}${rights}`),
      manifests(`${pod('web', '', 'app: web, app.kubernetes.io/part-of: shop')}${pod('worker', '', 'app: worker, app.kubernetes.io/part-of: shop')}${account()}${rights}`, { title: 'Parts of one application' }),
      manifests(`${pod('web')}${pod('worker', 'automountServiceAccountToken: false, ')}${account()}${rights}`, { title: 'Only one of them gets its token' }),
    ],
    fails: [
      manifests(`${pod('web')}${pod('worker')}${account()}${rights}`),
      manifests(`${pod('web')}${pod('worker')}${account()}`, { title: 'An account without rights, which is less severe' }),
      manifests(`${pod('web', 'automountServiceAccountToken: false, ')}${pod('worker', 'automountServiceAccountToken: false, ')}${account(', annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/shop"}')}`, { title: 'An identity of the cloud, which needs no token of the cluster' }),
    ],
    unknown: [
      manifests(`${pod('web')}${account()}`, { missing: { 'cronjobs.batch': 'forbidden' } }),
      manifests(`${pod('web')}${pod('worker')}`, { missing: { serviceaccounts: 'forbidden' } }),
    ],
  },
});
