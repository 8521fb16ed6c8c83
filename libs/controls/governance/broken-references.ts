import type { CustomFacts, PodTemplate, Workload } from '#inventory/facts.js';
import { workloadKeys } from '#inventory/inventory.js';
import { isComplete } from '#inventory/observed.js';
import { resourceType, type ResourceKey } from '#inventory/resources.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import type { ScopedSubject, TemplateScope, WorkloadSubject } from '../engine/scope.js';
import { fail, notApplicable, provenFail, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { defineIndex, missingList, type World } from '../engine/world.js';
import { scaleTargetOf } from '../indexes/autoscalers.js';

type Judged = (WorkloadSubject & { readonly autoscaler?: undefined }) | { readonly autoscaler: CustomFacts };

const autoscalers = 'horizontalpodautoscalers.autoscaling';

const eachReferrer: TemplateScope<Judged> = {
  name: 'workload or autoscaler',
  family: 'template',
  needs: [...workloadKeys, autoscalers],
  expand(subject, visit) {
    visit(subject, '');
  },
  *beside(world): Iterable<ScopedSubject<Judged>> {
    const { group, kind } = resourceType(autoscalers);
    for (const autoscaler of world.seen(autoscalers)) yield { subject: { autoscaler }, resource: { group, kind, namespace: autoscaler.namespace, name: autoscaler.name }, part: '' };
  },
};

const namesOf = (key: 'serviceaccounts' | 'configmaps' | 'secrets') => defineIndex([key], (world) => new Set(world.list(key).map(({ namespace, name }) => `${namespace}/${name}`)));
const accountNames = namesOf('serviceaccounts');
const configMapNames = namesOf('configmaps');
const secretNames = namesOf('secrets');

/** Every namespace has one, sent in or not: a controller makes it anew when it is gone. */
const DEFAULT_ACCOUNT = 'default';

function judgeAccount({ isMirror, namespace }: Workload, { serviceAccount }: PodTemplate, world: World): Verdict {
  const part = 'service-account';
  if (isMirror) return notApplicable('a kubelet starts static pods itself, without a service account', part);
  if (serviceAccount === DEFAULT_ACCOUNT || world.use(accountNames).has(`${namespace}/${serviceAccount}`)) return provenPassPart(part);
  return fail(`its pods run as service account ${serviceAccount}, which namespace ${namespace} does not have: no new pod of it starts, and whoever may create the account chooses what it may do`, { part, detail: { serviceAccount } });
}

const judgeSelector = ({ selectsOthers }: Workload): Verdict =>
  selectsOthers ? provenFail('its selector does not select the pods that its own template makes: no API server takes it', { part: 'selector' }) : provenPassPart('selector');

/** Names that are compared one by one: fewer than it takes to sort them. */
const FEW = 16;

function hasDoubled(env: PodTemplate['containers'][number]['env']): boolean {
  if (env.length > FEW) return new Set(env.map(({ name }) => name)).size < env.length;
  for (let at = 1; at < env.length; at++) for (let before = 0; before < at; before++) if (env[before]!.name === env[at]!.name) return true;
  return false;
}

/** Of variables that a container is given one by one; those of whole ConfigMaps and Secrets are not known by name. */
function doubledIn({ containers }: PodTemplate): readonly string[] {
  return containers.flatMap(({ name, env }) => {
    if (!hasDoubled(env)) return [];
    const names = env.map((variable) => variable.name).filter((variable) => !variable.endsWith('*')).sort();
    const doubled = new Set(names.filter((variable, at) => at > 0 && names[at - 1] === variable));
    return Array.from(doubled, (variable) => `${name}/${variable}`);
  });
}

function judgeEnv(template: PodTemplate): Verdict {
  const part = 'duplicate-env';
  const doubled = doubledIn(template);
  if (doubled.length === 0) return provenPassPart(part);
  return provenFail(`${doubled[0]}${doubled.length > 1 ? ` and ${doubled.length - 1} more environment variables are` : ' is'} set twice in one container: the last one counts, and an apply may drop either`, { part, detail: { variables: doubled.slice(0, 20) } });
}

interface Named {
  readonly part: 'config-map' | 'secret';
  readonly key: 'configmaps' | 'secrets';
  readonly index: typeof configMapNames;
  readonly env: 'configmap' | 'secret';
  readonly volume: 'configMap' | 'secret';
}

const named: readonly Named[] = [
  { part: 'config-map', key: 'configmaps', index: configMapNames, env: 'configmap', volume: 'configMap' },
  { part: 'secret', key: 'secrets', index: secretNames, env: 'secret', volume: 'secret' },
];

/** Names without which no container starts. */
function requiredBy({ containers, volumes }: PodTemplate, { env, volume }: Named): readonly string[] {
  const names: string[] = [];
  const add = (name: string): void => {
    if (!names.includes(name)) names.push(name);
  };
  for (const container of containers) for (const variable of container.env) if (variable.source === env && !variable.optional && variable.from) add(variable.from);
  for (const item of volumes) if (item.source === volume && !item.optional && item.of) add(item.of);
  return names;
}

function judgeNamed(namespace: string, template: PodTemplate, kind: Named, world: World): Verdict {
  const { part, key, index } = kind;
  const names = requiredBy(template, kind);
  const what = resourceType(key).kind;
  if (names.length === 0) return notApplicable(`it needs no ${what}`, part);
  const outcome = world.outcome(key);
  // Manifests are sent in without what other tools put beside them, so that only a whole list says that one is missing.
  if (!isComplete(outcome)) return unknown(lackOfWhole(key, outcome), part);
  const there = world.use(index);
  const lost = names.filter((name) => !there.has(`${namespace}/${name}`));
  if (lost.length === 0) return provenPassPart(part);
  return fail(`it needs ${what} ${lost[0]}${lost.length > 1 ? ` and ${lost.length - 1} more` : ''}, which namespace ${namespace} does not have: no new pod of it starts`, { part, detail: { names: lost.slice(0, 20) } });
}

const lackOfWhole = (key: ResourceKey, outcome: ReturnType<World['outcome']>) =>
  outcome.state === 'missing' || outcome.state === 'partial' ? missingList(key, outcome.reason, outcome.detail) : missingList(key, 'not-in-upload', `only the uploaded ${resourceType(key).kind} objects are known, not whether there are others`);

/** Kinds whose objects are all known by their lists; of others that scale nobody can say here whether they exist. */
const scaled: Readonly<Record<string, 'deployments.apps' | 'statefulsets.apps'>> = { Deployment: 'deployments.apps', StatefulSet: 'statefulsets.apps' };

const workloadNames = defineIndex([], (world) => new Set(world.seenWorkloads().map(({ group, kind, namespace, name }) => `${group}/${kind}/${namespace}/${name}`)));

function judgeTarget(autoscaler: CustomFacts, world: World): Verdict {
  const part = 'hpa-target';
  const { group, kind, name } = scaleTargetOf(autoscaler);
  if (world.use(workloadNames).has(`${group}/${kind}/${autoscaler.namespace}/${name}`)) return provenPassPart(part);
  const list = group === 'apps' ? scaled[kind] : undefined;
  if (!list) return notApplicable('it scales objects of a kind that is not read', part);
  world.workloads([list]);
  return fail(`autoscaler ${autoscaler.name} scales ${kind} ${name.slice(0, 60)}, which namespace ${autoscaler.namespace} does not have`, { part, detail: { target: `${kind}/${name.slice(0, 253)}` } });
}

const deployment = ({ spec = 'serviceAccountName: web, ', env = '[]', selector = '{matchLabels: {app: web}}', volumes = '[]' } = {}) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {selector: ${selector}, template: {metadata: {labels: {app: web}}, spec: {${spec}containers: [{name: app, image: registry.example/app:1, env: ${env}}], volumes: ${volumes}}}}\n`;
const account = '---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n';
const plain = (kind: string, name: string, namespace = 'shop') => `---\napiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\n`;
const autoscalerOf = (target: string) => `---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: shop}\nspec: {maxReplicas: 9, scaleTargetRef: ${target}}\n`;
const fromSecret = '[{name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]';

export const brokenReferences = defineControl({
  id: 'governance/broken-references',
  title: 'What workloads and autoscalers name exists, and names nothing twice',
  severity: 'low',
  why: 'A reference to what is gone works until the next pod starts, often in the night of a node failure. Whoever may create the missing thing decides what it is: a service account with rights, a Secret with another password, a Deployment that an autoscaler then blows up.',
  remediation: 'Create what was forgotten, or take the reference out: `serviceAccountName`, `scaleTargetRef`, the names of ConfigMaps and Secrets in `env`, `envFrom` and `volumes` (or mark them `optional: true` where the program can do without). Give the selector of a controller the labels of its own template, and each environment variable one entry.',
  frameworks: { 'nist-800-53': ['CM-2', 'CM-6', 'CM-8'], soc2: ['CC8.1'] },
  evidence: ['api'],
  parts: {
    'service-account': 'the service account that pods run as', selector: 'a selector that selects its own pods', 'duplicate-env': 'environment variables set once',
    'config-map': 'ConfigMaps that pods need', secret: 'Secrets that pods need', 'hpa-target': 'what an autoscaler scales',
  },
  scope: eachReferrer,
  check(subject, world) {
    const { autoscaler } = subject;
    if (autoscaler) return orUnknown('hpa-target', () => judgeTarget(autoscaler, world));
    const { workload, template } = subject;
    return [orUnknown('service-account', () => judgeAccount(workload, template, world)), judgeSelector(workload), judgeEnv(template), ...named.map((kind) => judgeNamed(workload.namespace, template, kind, world))];
  },
  examples: {
    passes: [
      manifests(`${deployment()}${account}`),
      manifests(deployment({ spec: '' }), { title: 'The default service account is always there' }),
      manifests(`${deployment({ env: fromSecret })}${account}${plain('Secret', 'db')}${autoscalerOf('{apiVersion: apps/v1, kind: Deployment, name: web}')}`),
      manifests(`${deployment({ env: '[{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level, optional: true}}}]', volumes: '[{name: extra, secret: {secretName: extra, optional: true}}]' })}${account}`, { title: 'What may be missing' }),
    ],
    fails: [
      manifests(deployment()),
      manifests(`${deployment()}${plain('ServiceAccount', 'web', 'other')}`, { title: 'The account of another namespace' }),
      manifests(`${deployment({ selector: '{matchLabels: {app: api}}' })}${account}`),
      manifests(`${deployment({ env: '[{name: PORT, value: "80"}, {name: HOST, value: a}, {name: PORT, value: "81"}]' })}${account}`),
      manifests(`${deployment({ env: fromSecret })}${account}${plain('Secret', 'db', 'other')}`),
      manifests(`${deployment({ volumes: '[{name: settings, configMap: {name: settings}}]' })}${account}${plain('ConfigMap', 'other')}`),
      manifests(`${deployment()}${account}${autoscalerOf('{apiVersion: apps/v1, kind: Deployment, name: api}')}`),
      manifests(`${deployment()}${account}${autoscalerOf('{apiVersion: apps/v1, kind: StatefulSet, name: web}')}`, { title: 'The same name of another kind' }),
    ],
    unknown: [
      manifests(deployment(), { missing: { serviceaccounts: 'forbidden' } }),
      manifests(`${deployment({ env: fromSecret })}${account}`, { missing: { secrets: 'forbidden' } }),
    ],
    notApplicable: [manifests('apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: shop}\nspec: {maxReplicas: 9, scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}}')],
  },
});
