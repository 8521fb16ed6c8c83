import { isBefore, minorOf, type MinorVersion } from '#inventory/readers/minor-version.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { valueOf } from '../engine/values.js';
import { pass, provenFail, unknown } from '../engine/verdict.js';
import { eachNode } from '../scopes/each-object.js';

/** Servers since 1.28 serve kubelets three minors older; before it was two. */
const wideSkew = { major: 1, minor: 28 };
const allowedBehind = (server: MinorVersion): number => (isBefore(server, wideSkew) ? 2 : 3);

const clipped = (version: string): string => version.slice(0, 50);

const node = (version: string, server?: string): Example =>
  manifests(`apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {nodeInfo: {kubeletVersion: ${version}}}`, server === undefined ? {} : { version: server });

export const versionSkew = defineControl({
  id: 'governance/version-skew',
  title: 'Kubelets run a version that the API server supports',
  severity: 'high',
  why: 'A kubelet newer than its API server, or too many minors older, is a pair that nobody tests. Fields that one of them does not know are dropped in silence, those of security contexts and profiles among them, and the next upgrade of the control plane may cut the node off.',
  remediation: 'Where a kubelet is newer, upgrade the control plane to at least its minor version. Where it is too old, drain the node and upgrade its kubelet, or replace the node, before the control plane goes further.',
  frameworks: {
    'nsa-cisa': ['upgrades/patches'], 'nist-800-190': ['4.4.1', '4.5.3'], 'nist-800-53': ['CM-2', 'CM-6', 'SI-2'], 'owasp-kubernetes': ['K07'], 'pci-dss': ['6.3.3'],
    soc2: ['CC7.1', 'CC8.1'],
  },
  evidence: ['api'],
  scope: eachNode,
  check(judged, world) {
    const server = minorOf(world.cluster.version ?? '');
    if (!server) return unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known, so neither is which kubelets it supports' });
    const kubelet = minorOf(judged.kubeletVersion);
    if (!kubelet) return unknown({ fact: 'nodes', reason: 'invalid', detail: 'a node does not say in a form known here which version it runs' });
    const pair = `the kubelet of ${judged.name} is ${clipped(judged.kubeletVersion)} and the API server ${clipped(world.cluster.version ?? '')}`;
    const detail = { kubelet: clipped(judged.kubeletVersion), server: clipped(world.cluster.version ?? '') };
    if (isBefore(server, kubelet)) return provenFail(`${pair}: a kubelet may not be newer`, { detail });
    // How many minors lie between two majors nobody knows.
    if (server.major !== kubelet.major) return unknown({ fact: 'nodes', reason: 'invalid', detail: 'a node and the API server run different major versions' });
    const allowed = allowedBehind(server);
    return server.minor - kubelet.minor > allowed ? provenFail(`${pair}: a kubelet may be at most ${allowed} minor versions older`, { detail }) : pass;
  },
  values: ({ kubeletVersion }, { cluster }) => ({ 'version of the kubelet': valueOf(kubeletVersion), 'version of the API server': valueOf(cluster.version) }),
  examples: {
    passes: [
      node('v1.36.1', 'v1.36.0'),
      node('v1.33.5-eks-1234567', 'v1.36.0'),
      node('v1.25.16', 'v1.27.3'),
    ],
    fails: [
      node('v1.37.0', 'v1.36.3'),
      node('v1.32.9-gke.100', 'v1.36.0'),
      { ...node('v1.24.17', 'v1.27.3'), title: 'Three minors are too many before 1.28' },
    ],
    unknown: [
      { ...node('v1.36.1'), title: 'The version of the API server is not known' },
      manifests('apiVersion: v1\nkind: Node\nmetadata: {name: a}', { version: 'v1.36.3', title: 'A node that does not say what it runs' }),
    ],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { version: 'v1.36.3', title: 'No nodes' })],
  },
});
