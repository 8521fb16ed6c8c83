import type { NodeFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { fail, notApplicable, pass, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { advisories, ADVISORIES_AS_OF, unfixedAdvisories, type Advisory, type UnfixedAdvisory } from './advisories.js';

type Judged = Advisory | UnfixedAdvisory;

/** One result an advisory, on the cluster: roll-outs of nodes change what it says, not which findings there are. */
const eachAdvisory: ListScope<Judged> = {
  name: 'advisory',
  family: 'list',
  needs: ['nodes'],
  *subjects() {
    for (const advisory of [...advisories, ...unfixedAdvisories]) yield { subject: advisory, resource: { group: '', kind: 'Cluster', namespace: '', name: 'cluster' }, part: advisory.id };
  },
};

/** Days after which the advisories that are known here say nothing of a version that none of them names. */
const MAX_AGE_DAYS = 90;
const DAY = 24 * 60 * 60 * 1000;

type Version = readonly [major: number, minor: number, patch: number];

/** Of `v1.34.1-eks-…` and the like the part that is upstream's. */
function versionOf(text: string): Version | undefined {
  const match = /^v?(\d{1,6})(?:\.(\d{1,6})(?:\.(\d{1,6}))?)?/.exec(text);
  return match ? [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)] : undefined;
}

/** A version of a running component: with its patch, or nothing can be said of it. */
const runningVersionOf = (text: string): Version | undefined => (/^v?\d{1,6}\.\d{1,6}\.\d{1,6}/.test(text) ? versionOf(text) : undefined);

const isBefore = (a: Version, b: Version): boolean => {
  const at = a.findIndex((number, i) => number !== b[i]);
  return at >= 0 && a[at]! < b[at]!;
};

/** The version that mends what this one has; undefined where it does not have it. */
function fixFor({ affected }: Advisory, version: Version): string | undefined {
  return affected.find(([from, fixed]) => !isBefore(version, versionOf(from)!) && isBefore(version, versionOf(fixed)!))?.[1];
}

const clipped = (version: string): string => version.slice(0, 50);

/** Whether a provider made the build, which may have the fix of a later upstream version. */
const isOfProvider = (version: string, { cluster: { platform, isManaged } }: World): boolean => isManaged || platform === 'openshift' || /-eks-|-gke\.|\+vmware/.test(version);

function failing(advisory: Advisory, what: string, version: string, fix: string, world: World, detail: Readonly<Record<string, unknown>>, judged: typeof fail): Verdict {
  const { id, severity, source } = advisory;
  const caution = isOfProvider(version, world) ? '; by upstream\'s versions: the provider\'s build may have the fix already' : '';
  return judged(`${what} has ${id}: ${advisory.what}; mended in ${fix}${caution}`, { severity, detail: { ...detail, fixed: fix, source, asOf: ADVISORIES_AS_OF } });
}

/** That no advisory names a version says something only as long as they are up to date. */
function passing(world: World): Verdict {
  const days = Math.floor((world.now - Date.parse(ADVISORIES_AS_OF)) / DAY);
  if (days <= MAX_AGE_DAYS) return pass;
  return unknown({ fact: 'advisories', reason: 'not-requested', detail: `the advisories known here are those up to ${ADVISORIES_AS_OF}: a newer release of this service knows more` });
}

function judgeServer(advisory: Advisory, world: World): Verdict {
  const { version } = world.cluster;
  if (version === undefined) return unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known, so neither is which advisories are about it' });
  const running = runningVersionOf(version);
  if (!running) return unknown({ fact: 'server-version', reason: 'invalid', detail: 'the API server does not say its version in a form known here' });
  const fix = fixFor(advisory, running);
  return fix === undefined ? passing(world) : failing(advisory, `${advisory.component} ${clipped(version)}`, version, fix, world, { component: advisory.component, version: clipped(version) }, provenFail);
}

function judgeNodes(advisory: Advisory, world: World): Verdict {
  const nodes = world.list('nodes').filter(({ operatingSystem }) => advisory.os === undefined || operatingSystem === advisory.os);
  if (nodes.length === 0) return notApplicable(advisory.os ? `the cluster has no ${advisory.os} nodes` : 'the cluster has no nodes');
  const found: { readonly node: NodeFacts; readonly fix: string }[] = [];
  let hasUnknown = false;
  for (const node of nodes) {
    const running = runningVersionOf(node.kubeletVersion);
    const fix = running && fixFor(advisory, running);
    if (!running) hasUnknown = true;
    else if (fix !== undefined) found.push({ node, fix });
  }
  const [first] = found;
  if (!first) return hasUnknown ? unknown({ fact: 'nodes', reason: 'invalid', detail: 'a node does not say in a form known here which version it runs' }) : passing(world);
  const versions = [...new Set(found.map(({ node }) => clipped(node.kubeletVersion)))].toSorted();
  const what = `${advisory.component} ${versions[0]}${versions.length > 1 ? ` and ${versions.length - 1} other versions` : ''} on ${found.length} of ${nodes.length} nodes`;
  return failing(advisory, what, first.node.kubeletVersion, [...new Set(found.map(({ fix }) => fix))].toSorted().join(', '), world, {
    component: advisory.component, versions: versions.slice(0, 20), nodes: found.slice(0, 50).map(({ node }) => node.name), count: found.length,
  }, fail);
}

const onNodes: ReadonlySet<Advisory['component']> = new Set(['kubelet', 'kube-proxy']);

const node = (version: string, os = 'linux') => `apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {nodeInfo: {kubeletVersion: ${version}, operatingSystem: ${os}}}`;
const cluster = (kubelet: string, server: string, title: string, os = 'linux'): Example => manifests(node(kubelet, os), { version: server, title });

export const knownVulnerabilities = defineControl({
  id: 'governance/known-vulnerabilities',
  title: 'No component runs a version that a Kubernetes advisory is about',
  severity: 'high',
  why: 'An advisory tells everybody how a version is attacked, often with a program that does it; from its day on the version is as good as its slowest upgrade.',
  remediation: 'Upgrade to the newest patch of your minor version, which mends all of them: first the control plane, then the nodes (drain, upgrade or replace, uncordon). Where no patch comes any more, go to a supported minor. Until then read the advisory for what stops the attack meanwhile. Providers mend their builds in their own rhythm: their bulletins say which.',
  frameworks: {
    'nsa-cisa': ['upgrades/patches', 'upgrades/scans-and-tests'], 'nist-800-190': ['4.4.1', '4.5.3'], 'nist-800-53': ['RA-5', 'SI-2', 'SI-5'], 'mitre-attack': ['T1068', 'T1190'],
    'owasp-kubernetes': ['K07'], 'pci-dss': ['6.3.1', '6.3.3', '11.3.1'], soc2: ['CC7.1'],
  },
  evidence: ['api'],
  scope: eachAdvisory,
  check(advisory, world) {
    if (!('affected' in advisory)) return notApplicable(`no release mends it, whatever runs: ${advisory.mitigation}`);
    return onNodes.has(advisory.component) ? judgeNodes(advisory, world) : judgeServer(advisory, world);
  },
  examples: {
    passes: [
      cluster('v1.37.1', 'v1.37.1', 'As new as the newest advisory asks for'),
      cluster('v1.35.9-gke.1100', 'v1.36.5-gke.2200', 'Builds of a provider, by the upstream version they begin with'),
    ],
    fails: [
      cluster('v1.36.5', 'v1.36.4', 'A controller manager whose fix is out'),
      cluster('v1.30.2', 'v1.36.5', 'A kubelet that runs commands for a volume'),
      cluster('v1.36.4', 'v1.36.5', 'A Windows node', 'windows'),
      cluster('v1.33.5-eks-113cf36', 'v1.33.5-eks-3cfe0ce', 'A provider\'s build may have the fix: the message says so'),
      cluster('v1.25.16', 'v1.25.16', 'A line that gets no more fixes'),
    ],
    unknown: [
      manifests(node('v1.37.1'), { title: 'The version of the API server is not known' }),
      manifests('apiVersion: v1\nkind: Node\nmetadata: {name: a}', { version: 'v1.37.1', title: 'A node that does not say what it runs' }),
    ],
  },
});
