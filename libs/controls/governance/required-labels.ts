import type { Labels, NamespaceFacts, Workload } from '#inventory/facts.js';
import { workloadKeys, type WorkloadKey } from '#inventory/inventory.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { resourceType } from '#inventory/resources.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import type { ScopedSubject, TemplateScope, WorkloadSubject } from '../engine/scope.js';
import { notApplicable, provenFail, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { defineIndex, lackOf, type World } from '../engine/world.js';
import { valuePattern, type ValuePattern } from './value-pattern.js';

type Judged = (WorkloadSubject & { readonly namespace?: undefined }) | { readonly namespace: NamespaceFacts };

const eachDescribed: TemplateScope<Judged> = {
  name: 'workload or namespace',
  family: 'template',
  needs: [...workloadKeys, 'namespaces'],
  expand(subject, visit) {
    // What was injected into pods is not what people wrote.
    if (subject.isOwn) visit(subject, '');
  },
  *beside(world): Iterable<ScopedSubject<Judged>> {
    for (const namespace of world.seen('namespaces')) yield { subject: { namespace }, resource: { group: '', kind: 'Namespace', namespace: '', name: namespace.name }, part: '' };
  },
};

/** One entry of the organisation's list: `key`, or `key=pattern`. */
interface Required {
  readonly key: string;
  /** Undefined where any value will do. */
  readonly pattern?: ValuePattern;
  readonly isUnreadable?: true;
}

/** Most entries that are looked at. */
const MAX_ENTRIES = 50;

function readEntry(entry: string): Required {
  const equals = entry.indexOf('=');
  if (equals < 0) return { key: entry.trim() };
  const key = entry.slice(0, equals).trim();
  const pattern = valuePattern(entry.slice(equals + 1).trim());
  return pattern ? { key, pattern: remembering(pattern) } : { key, isUnreadable: true };
}

/** A cluster has many objects and few values. */
function remembering(pattern: ValuePattern): ValuePattern {
  const answers = new Map<string, boolean>();
  return {
    matches(value) {
      let answer = answers.get(value);
      if (answer === undefined) answers.set(value, (answer = pattern.matches(value)));
      return answer;
    },
  };
}

const readList = (entries: readonly string[] | undefined): readonly Required[] => (entries ?? []).slice(0, MAX_ENTRIES).map(readEntry).filter(({ key }) => key !== '');

const required = defineIndex([], ({ policy }) => ({ labels: readList(policy.requiredLabels), annotations: readList(policy.requiredAnnotations) }));

/** What an object says of itself, in one place or in several. */
type Said = readonly (Labels | undefined)[];

function judge(part: 'labels' | 'annotations', list: readonly Required[], said: Said, unread: MissingEvidence | undefined): Verdict {
  const what = part === 'labels' ? 'label' : 'annotation';
  if (list.length === 0) return notApplicable(`the organisation asks for no ${part}`, part);
  const unreadable = list.find(({ isUnreadable }) => isUnreadable);
  if (unreadable) return unknown({ fact: 'required-labels', reason: 'invalid', detail: `the pattern that the organisation has for ${what} ${unreadable.key.slice(0, 100)} is no regular expression, or none that is understood here` }, part);
  const lacking = list.flatMap(({ key, pattern }) => {
    const values = said.flatMap((place) => (place && Object.hasOwn(place, key) ? [place[key]!] : []));
    if (values.length === 0) return [{ key, because: 'missing' }];
    return pattern && !values.some((value) => pattern.matches(value)) ? [{ key, because: 'another value than the organisation asks for' }] : [];
  });
  if (lacking.length === 0) return provenPassPart(part);
  if (unread) return unknown(unread, part);
  const [first] = lacking;
  return provenFail(`${what} ${first!.key} ${first!.because === 'missing' ? 'is missing' : `has ${first!.because}`}${lacking.length > 1 ? `, and ${lacking.length - 1} more ${part} are not as asked` : ''}`, { part, detail: { lacking } });
}

/** Namespaces of the cluster itself, whose objects are described by who made the cluster. */
const ofCluster: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

const listOf = new Map<string, WorkloadKey>(workloadKeys.map((key) => [`${resourceType(key).group}/${resourceType(key).kind}`, key]));

/** Why the metadata of the workload's own object may be unknown. */
function unreadBy({ group, kind, pods, labels, annotations }: Workload, world: World): MissingEvidence | undefined {
  const key = listOf.get(`${group}/${kind}`);
  if (!key) return { fact: 'pods', reason: 'not-requested', detail: `objects of the kind ${kind.slice(0, 60)} are not read, only their pods` };
  return kind === 'Pod' || pods === 0 || labels || annotations ? undefined : lackOf(world, key);
}

function judgeAll(world: World, labels: Said, annotations: Said, unread: MissingEvidence | undefined): readonly Verdict[] {
  const asked = world.use(required);
  return [judge('labels', asked.labels, labels, unread), judge('annotations', asked.annotations, annotations, unread)];
}

const deployment = (metadata: string, template = '') => `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop${metadata}}\nspec: {template: {metadata: {${template}}, spec: {containers: [{name: app, image: registry.example/app:1}]}}}\n`;
const namespace = (metadata: string, name = 'shop') => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}${metadata}}\n`;
const owner = { requiredLabels: ['owner'] };
const email = { requiredAnnotations: ['email=[\\w.-]+@shop\\.example'] };

export const requiredLabels = defineControl({
  id: 'governance/required-labels',
  title: 'Workloads and namespaces bear the labels and annotations that the organisation asks for',
  severity: 'low',
  why: 'In an incident the first question is whose it is. What bears no owner is looked at last, patched last and deleted never, and policies that select by label pass it by.',
  remediation: 'Add the labels and annotations of the organisation\'s list to the metadata of the workload or namespace, in the manifest or in the values of its chart. A label on the pod template counts too. To have them asked for at once, add a rule to your policy engine.',
  frameworks: { 'nist-800-190': ['4.3.4'], 'nist-800-53': ['AC-16', 'CM-8'], 'owasp-kubernetes': ['K04'], 'pci-dss': ['12.5.1'], soc2: ['CC6.1'] },
  evidence: ['api'],
  parts: { labels: 'the labels of the organisation\'s list', annotations: 'the annotations of the organisation\'s list' },
  scope: eachDescribed,
  check(subject, world) {
    if (subject.namespace) {
      const { name, labels, annotations } = subject.namespace;
      return ofCluster.has(name) ? notApplicable('a namespace that the API server makes') : judgeAll(world, [labels], [annotations], undefined);
    }
    const { workload, template } = subject;
    if (workload.isMirror || ofCluster.has(workload.namespace)) return notApplicable('a workload of the cluster itself');
    return judgeAll(world, [workload.labels, template.labels], [workload.annotations, template.annotations], unreadBy(workload, world));
  },
  examples: {
    passes: [
      manifests(`${deployment(', labels: {owner: ann}')}${namespace(', labels: {owner: ann}')}`, { policy: owner }),
      manifests(deployment('', 'labels: {owner: ann}'), { policy: owner, title: 'On the pods' }),
      manifests(deployment(', annotations: {email: ann.b@shop.example}'), { policy: email }),
    ],
    fails: [
      manifests(deployment(', labels: {team: web}'), { policy: owner }),
      manifests(namespace(''), { policy: owner }),
      manifests(deployment(', labels: {tier: gold}'), { policy: { requiredLabels: ['tier=front|back'] }, title: 'Another value' }),
      manifests(deployment(', annotations: {email: ann@shopxexample}'), { policy: email }),
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: debug, namespace: shop, annotations: {note: x}}\nspec: {containers: [{name: sh, image: registry.example/sh:1}]}', { policy: { requiredAnnotations: ['email'] } }),
    ],
    unknown: [
      manifests(deployment(', labels: {tier: gold}'), { policy: { requiredLabels: ['tier=(?!gold).*'] }, title: 'A pattern that is not understood' }),
      manifests(namespace(', labels: {owner: ann}'), { policy: owner, missing: { 'deployments.apps': 'forbidden' } }),
    ],
    notApplicable: [
      manifests(`${deployment('')}${namespace('')}`, { title: 'Nothing is asked for' }),
      manifests(namespace('', 'kube-system'), { policy: owner }),
    ],
  },
});
