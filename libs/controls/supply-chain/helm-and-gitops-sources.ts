import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { resourceType } from '#inventory/resources.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { fail, notApplicable, passPart, provenFail, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { addressOf, asksForSignatures, isInCluster, isOpen, sourcesOf, textOf } from './deployment-sources.js';

const keys = [
  'helmrepositories.source.toolkit.fluxcd.io', 'ocirepositories.source.toolkit.fluxcd.io', 'gitrepositories.source.toolkit.fluxcd.io', 'helmreleases.helm.toolkit.fluxcd.io',
  'applications.argoproj.io', 'appprojects.argoproj.io',
] as const;
type Key = (typeof keys)[number];

interface Source {
  readonly key: Key;
  readonly object: CustomFacts;
  readonly spec: UnknownRecord;
}

const eachSource: ListScope<Source> = {
  name: 'source or release of Flux or Argo CD',
  family: 'list',
  needs: keys,
  *subjects(world) {
    for (const key of keys) {
      const { group, kind } = resourceType(key);
      for (const object of world.seen(key)) yield { subject: { key, object, spec: asRecord(object.spec) }, resource: { group, kind, namespace: object.namespace, name: object.name }, part: '' };
    }
  },
};

const transport = 'transport';
const verification = 'verification';
const allowed = 'allowed-sources';

const byName = (key: 'helmrepositories.source.toolkit.fluxcd.io' | 'appprojects.argoproj.io') => defineIndex([key], (world) => new Map(world.list(key).map(({ namespace, name, spec }) => [`${namespace}/${name}`, asRecord(spec)])));
const helmRepositories = byName('helmrepositories.source.toolkit.fluxcd.io');
const projects = byName('appprojects.argoproj.io');

/** Of some addresses, those that nothing on the way protects. */
function judgeTransport(urls: readonly string[], isInsecure = false): Verdict {
  const open = urls.filter((url) => {
    const address = addressOf(url);
    return address !== undefined && (isOpen(address) || (isInsecure && address.scheme === 'oci'));
  });
  const [first] = open;
  if (first === undefined) return passPart(transport);
  const { scheme, host } = addressOf(first)!;
  const how = scheme === 'oci' ? 'with insecure set, which allows plain HTTP' : `over ${scheme}, which nobody has to prove anything for`;
  const isInside = open.every((url) => isInCluster(addressOf(url)!.host));
  return provenFail(`what is deployed is fetched from ${host.slice(0, 200)} ${how}`, { part: transport, ...(!isInside && { severity: 'medium' as const }), detail: { hosts: [...new Set(open.map((url) => addressOf(url)!.host.slice(0, 253)))].slice(0, 20) } });
}

const isVerified = (spec: UnknownRecord): boolean => Object.keys(asRecord(spec['verify'])).length > 0;

function judgeRelease({ namespace }: CustomFacts, spec: UnknownRecord, world: World): Verdict {
  const part = verification;
  if (Object.keys(asRecord(spec['chartRef'])).length > 0) return notApplicable('its chart comes from a source that is judged itself', part);
  const chart = asRecord(asRecord(spec['chart'])['spec']);
  const source = asRecord(chart['sourceRef']);
  if (source['kind'] !== 'HelmRepository') return notApplicable('its chart comes from a source that is judged itself', part);
  if (isVerified(chart)) return passPart(part);
  const name = textOf(source['name']);
  const repository = world.use(helmRepositories).get(`${textOf(source['namespace']) || namespace}/${name}`);
  const hint = repository !== undefined && repository['type'] !== 'oci' && !textOf(repository['url']).startsWith('oci://') ? ', and Flux can check none in a repository that is no OCI registry' : '';
  return fail(`no signature of its chart ${textOf(chart['chart']).slice(0, 100)} is checked${hint}`, { part, detail: { repository: name.slice(0, 253) } });
}

function judgeApplication({ namespace }: CustomFacts, spec: UnknownRecord, world: World): Verdict {
  const part = verification;
  const sources = sourcesOf(spec);
  if (sources.length === 0) return notApplicable('it names no source', part);
  if (sources.every(({ isChart }) => isChart)) return notApplicable('Argo CD has no way to check signatures of charts', part);
  const name = textOf(spec['project']) || 'default';
  // Applications may stand in other namespaces; projects stand where Argo CD runs.
  const known = world.use(projects);
  const project = known.get(`${namespace}/${name}`) ?? [...known].find(([key]) => key.endsWith(`/${name}`))?.[1];
  if (project && asksForSignatures(project)) return passPart(part);
  return fail(`commits are deployed whoever made them: project ${name.slice(0, 100)} asks for no signature`, { part, detail: { project: name.slice(0, 253) } });
}

function judgeProject(spec: UnknownRecord): Verdict {
  const wide = asList(spec['sourceRepos']).map(textOf).filter((pattern) => /^(?:\*+|[a-z]+:\/\/\*+|\*+\/\*+)$/.test(pattern));
  if (wide.length === 0) return passPart(allowed);
  return provenFail(`its applications may be deployed from any repository: sourceRepos has ${wide[0]!}`, { part: allowed });
}

function judge({ key, object, spec }: Source, world: World): readonly Verdict[] {
  switch (key) {
    case 'helmrepositories.source.toolkit.fluxcd.io': return [judgeTransport([textOf(spec['url'])], spec['insecure'] === true)];
    case 'ocirepositories.source.toolkit.fluxcd.io':
    case 'gitrepositories.source.toolkit.fluxcd.io': {
      const what = key.startsWith('oci') ? 'artifact' : 'commit';
      const verified = isVerified(spec) ? passPart(verification) : provenFail(`no signature is checked: whoever can write to it deploys any ${what}`, { part: verification });
      return [judgeTransport([textOf(spec['url'])], spec['insecure'] === true), verified];
    }
    case 'helmreleases.helm.toolkit.fluxcd.io': return [judgeRelease(object, spec, world)];
    case 'applications.argoproj.io': return [judgeTransport(sourcesOf(spec).map(({ url }) => url)), judgeApplication(object, spec, world)];
    case 'appprojects.argoproj.io': return [judgeProject(spec)];
  }
}

const flux = (kind: string, spec: string, name = 'shop') => `---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec: {${spec}}\n`;
const release = (chart: string) => `---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: db, namespace: shop}\nspec: {${chart}}\n`;
const argo = (kind: string, name: string, spec: string) => `---\napiVersion: argoproj.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: argocd}\nspec: {${spec}}\n`;
const oci = flux('HelmRepository', 'type: oci, url: "oci://registry.example/charts"', 'charts');
const chart = (more = '') => `chart: {spec: {chart: db, sourceRef: {kind: HelmRepository, name: charts}${more}}}`;
const all = (...objects: readonly string[]) => manifests(objects.join('').slice(4));

export const helmAndGitopsSources = defineControl({
  id: 'supply-chain/helm-and-gitops-sources',
  title: 'What is deployed from repositories comes from named ones, unchanged and signed',
  severity: 'info',
  why: 'Flux and Argo CD run whatever a repository says, with rights that are often those of the cluster. Over plain HTTP anybody on the way is that repository; without a signature, whoever can push to it; with any repository allowed, whoever may make an Application.',
  remediation: 'Use https, ssh or oci addresses, and take `insecure` out. Sign charts and artifacts with cosign or notation and add `verify` to the OCIRepository, or to chart.spec of the HelmRelease; sign commits and add `verify` to the GitRepository. In Argo CD list the repositories of each AppProject in sourceRepos, take `*` out of the project default too, and set the keys that commits must be signed with.',
  frameworks: {
    'nsa-cisa': ['pod-security/secure-images'], 'nist-800-190': ['4.1.5'], 'nist-800-53': ['CM-14', 'SI-7', 'SR-3', 'SR-4', 'SR-11'], 'mitre-attack': ['T1204'],
    'owasp-kubernetes': ['K04'], 'pci-dss': ['2.2.1'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['api'],
  parts: { [transport]: 'it is fetched over a protected connection', [verification]: 'its signature is checked', [allowed]: 'a project names the repositories it takes' },
  scope: eachSource,
  check: judge,
  examples: {
    passes: [
      all(oci, release(chart(', verify: {provider: cosign}'))),
      all(flux('OCIRepository', 'url: "oci://registry.example/charts/db", verify: {provider: notation, secretRef: {name: keys}}')),
      all(flux('GitRepository', 'url: "ssh://git@git.example/shop", verify: {mode: HEAD, secretRef: {name: keys}}')),
      all(argo('AppProject', 'shop', 'sourceRepos: ["https://git.example/shop/*"], signatureKeys: [{keyID: 4AEE18F83AFDEB23}]'), argo('Application', 'web', 'project: shop, source: {repoURL: "https://git.example/shop/web", path: .}')),
    ],
    fails: [
      all(flux('HelmRepository', 'url: "http://charts.example"')),
      all(flux('HelmRepository', 'url: "http://chartmuseum.charts.svc.cluster.local:8080"')),
      all(oci, release(chart())),
      all(flux('HelmRepository', 'url: "https://charts.example"', 'charts'), release(chart())),
      all(flux('OCIRepository', 'url: "oci://registry.example/charts/db", insecure: true, verify: {provider: cosign}')),
      all(flux('GitRepository', 'url: "https://git.example/shop"')),
      all(argo('AppProject', 'default', 'sourceRepos: ["*"]')),
      all(argo('AppProject', 'shop', 'sourceRepos: ["https://git.example/shop/*"]'), argo('Application', 'web', 'project: shop, sources: [{repoURL: "http://git.example/shop/web"}, {repoURL: "https://charts.example", chart: db}]')),
    ],
    unknown: [
      all(oci, release(chart(', verify: {provider: cosign}'))),
      all(argo('Application', 'web', 'project: shop, source: {repoURL: "https://git.example/shop/web"}')),
    ].map((example, i) => ({ ...example, missing: { [i === 0 ? 'helmreleases.helm.toolkit.fluxcd.io' : 'appprojects.argoproj.io']: 'forbidden' } as const })),
    notApplicable: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'),
      all(release('chartRef: {kind: OCIRepository, name: db}')),
    ],
  },
});
