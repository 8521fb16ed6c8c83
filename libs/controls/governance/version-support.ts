import { minorOf } from '#inventory/readers/minor-version.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { valueOf, valueOfAll, type Values } from '../engine/values.js';
import { fail, notApplicable, passPart, unknown, type Verdict } from '../engine/verdict.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { supportOf } from './support-windows.js';

const node = (version: string) => `apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {nodeInfo: {kubeletVersion: ${version}}}`;

const noWindow = (version: string, part: string): Verdict =>
  unknown({ fact: 'server-version', reason: 'invalid', detail: version === '' ? 'a node does not say which version it runs' : `no support window is known here for version ${version.slice(0, 50)}` }, part);

function judge(what: string, part: string, version: string, now: number): Verdict {
  const minor = minorOf(version);
  const support = minor ? supportOf(minor, now) : { state: 'unknown' as const };
  if (support.state === 'supported') return passPart(part);
  if (support.state === 'unknown') return noWindow(version, part);
  return fail(`${what} is ${version}, which gets no more fixes${'until' in support && support.until ? ` since ${support.until}` : ''}`, { part, detail: { version, ...('until' in support && { until: support.until }) } });
}

export const versionSupport = defineControl({
  id: 'governance/version-support',
  title: 'Control plane and nodes run versions that still get fixes',
  severity: 'high',
  why: 'A minor version out of support gets no security fix: every later disclosure stays open for good.',
  remediation: 'Upgrade the control plane one minor at a time to a supported one, then the nodes; plan the next upgrade before the end of support.',
  frameworks: {
    'nsa-cisa': ['upgrades/patches'], 'nist-800-190': ['4.4.1', '4.5.3'], 'nist-800-53': ['SA-22', 'SI-2'], 'mitre-attack': ['T1068', 'T1190'],
    'owasp-kubernetes': ['K07'], 'pci-dss': ['6.3.3'], soc2: ['CC7.1'],
  },
  evidence: ['api'],
  parts: { server: 'the API server', nodes: 'the kubelets' },
  scope: wholeCluster(['nodes']),
  check(world) {
    const { version } = world.cluster;
    const server = version === undefined
      ? unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known: an upload has it only by the image of a static pod' }, 'server')
      : judge('the API server', 'server', version, world.now);
    const nodes = world.list('nodes');
    if (nodes.length === 0) return [server, notApplicable('the cluster has no nodes', 'nodes')];
    const byVersion = new Map<string, string[]>();
    const unknownVersions = new Set<string>();
    for (const node of nodes) {
      const minor = minorOf(node.kubeletVersion);
      const { state } = minor ? supportOf(minor, world.now) : { state: 'unknown' as const };
      if (state === 'unknown') unknownVersions.add(node.kubeletVersion);
      if (state !== 'ended') continue;
      const list = byVersion.get(node.kubeletVersion);
      if (list) list.push(node.name);
      else byVersion.set(node.kubeletVersion, [node.name]);
    }
    if (byVersion.size === 0 && unknownVersions.size > 0) return [server, noWindow([...unknownVersions].sort()[0]!, 'nodes')];
    if (byVersion.size === 0) return [server, passPart('nodes')];
    const count = [...byVersion.values()].reduce((sum, names) => sum + names.length, 0);
    return [server, fail(`${count} of ${nodes.length} nodes run a version without support: ${[...byVersion.keys()].sort().join(', ')}`, {
      part: 'nodes',
      detail: { versions: Object.fromEntries([...byVersion].map(([key, names]) => [key, names.slice(0, 50)])) },
    })];
  },
  values: (_cluster, world, part): Values => (part === 'server'
    ? { 'version of the API server': valueOf(world.cluster.version) }
    : { 'versions of kubelets': valueOfAll(world.seen('nodes').map(({ kubeletVersion }) => kubeletVersion)) }),
  examples: {
    passes: [manifests(node('v1.36.1'), { version: 'v1.36.3' })],
    fails: [manifests(node('v1.36.1'), { version: 'v1.25.0' }), manifests(node('v1.27.3-gke.100'), { version: 'v1.36.0' })],
    unknown: [
      manifests(node('v1.36.1')),
      manifests(node('v1.99.0'), { version: 'v1.36.3', title: 'a kubelet newer than what is known here' }),
      manifests('apiVersion: v1\nkind: Node\nmetadata: {name: a}', { version: 'v1.36.3', title: 'a node that does not say what it runs' }),
    ],
  },
});
