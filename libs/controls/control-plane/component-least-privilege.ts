import type { NodeEvidenceFacts, NodeFileFacts, NodeIdentityFacts } from '#inventory/node-facts.js';
import { FILES_TOLD, componentFileIds, componentFiles, type ComponentFileId } from '#nodes/facts/component-files.js';
import { defineControl, severities, type Severity } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import type { NodeSketch } from '../engine/node-sketch.js';
import { valueOf, valueOfAll, type Values } from '../engine/values.js';
import { notApplicable, provenFail, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { MissingEvidenceError, type World } from '../engine/world.js';
import type { FrameworkItem } from '../frameworks/frameworks.js';
import { eachCollectedNode, notCollected, notSeen, type CollectedNode } from '../scopes/each-collected-node.js';
import { fileRules, modeText, type FileRule } from './component-file-rules.js';

type Present = Extract<NodeFileFacts, { readonly state: 'present' }>;
type Aspect = 'mode' | 'owner';

const aspectsOf = (id: ComponentFileId): readonly Aspect[] => {
  const rule: FileRule = fileRules[id];
  return [...(rule.mode === undefined ? [] : ['mode' as const]), ...(rule.owner === undefined ? [] : ['owner' as const])];
};

/** The mode or the owner of one kind of file, by what is wrong with a file of it; undefined where nothing is. */
function faultOf(id: ComponentFileId, aspect: Aspect, file: Present, evidence: NodeEvidenceFacts): { readonly text: string; readonly severity: Severity } | undefined {
  const rule: FileRule = fileRules[id];
  if (aspect === 'mode') {
    const wider = file.mode & 0o7777 & ~rule.mode!;
    if (wider === 0) return undefined;
    // What others may write they make say what they like.
    const severity: Severity = (wider & 0o022) !== 0 || rule.isSecret ? 'high' : 'low';
    return { text: `has mode ${modeText(file.mode)}, wider than ${modeText(rule.mode!)}`, severity };
  }
  const { uid, gid } = file;
  const is = ownerText(file);
  if (rule.owner === 'root') return uid === 0 && gid === 0 ? undefined : { text: `is owned by ${is}, not by root:root`, severity: uid === 0 ? 'medium' : 'high' };
  if (file.owner === 'etcd' && file.group === 'etcd') return undefined;
  const runsAs = evidence.etcdUser?.uid;
  if (runsAs !== undefined && runsAs !== 0 && uid === runsAs) return undefined;
  // Installers that run etcd as root leave it so.
  return uid === 0 ? { text: `is owned by ${is}: etcd has no account of its own here`, severity: 'low' } : { text: `is owned by ${is}, which is not the account that etcd runs as`, severity: 'high' };
}

const ownerText = ({ owner, group, uid, gid }: Present): string => `${owner ?? uid}:${group ?? gid}`;

function judgeFile(id: ComponentFileId, aspect: Aspect, files: readonly NodeFileFacts[], evidence: NodeEvidenceFacts): Verdict {
  const part = `${id}-${aspect}`;
  const present = files.filter((file): file is Present => file.state === 'present');
  const faults = present.flatMap((file) => {
    const fault = faultOf(id, aspect, file, evidence);
    return fault ? [{ ...fault, file }] : [];
  }).toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const [worst] = faults;
  if (worst) {
    const count = faults.reduce((sum, { file: { alike = 0 } }) => sum + 1 + alike, 0);
    const more = count > 1 ? ` (and ${count - 1} more)` : '';
    const wanted = aspect === 'mode' ? modeText((fileRules[id] as FileRule).mode!) : (fileRules[id] as FileRule).owner === 'own' ? 'etcd:etcd' : 'root:root';
    return provenFail(`${worst.file.path} on ${evidence.node} (${componentFiles[id].what}) ${worst.text}${more}`, {
      part, severity: worst.severity,
      detail: { wanted, files: faults.slice(0, FILES_TOLD).map(({ file }) => ({ path: file.path, mode: modeText(file.mode), owner: ownerText(file) })), count },
    });
  }
  const unseen = files.find((file) => file.state === 'unseen');
  if (unseen) return unknown(notSeen(`${unseen.path} could not be looked at on its node: ${unseen.detail}`), part);
  const lack = evidence.unseenFiles[id];
  if (lack !== undefined) return unknown(notSeen(lack), part);
  return present.length > 0 ? provenPassPart(part) : notApplicable(`the node does not hold ${componentFiles[id].what}`, part);
}

/** Modes or owners of the files that a part is about: of some by their paths, of many each mode and owner once. */
function valuesOf({ evidence }: CollectedNode, _world: World, part: string): Values | undefined {
  const [, id, aspect] = /^(.*)-(mode|owner)$/.exec(part) ?? [];
  if (evidence.state === 'missing' || id === undefined) return undefined;
  const present = evidence.value.files.filter((file): file is Present => file.file === id && file.state === 'present');
  const textOf = (file: Present): string => (aspect === 'mode' ? modeText(file.mode) : ownerText(file));
  if (present.length > FILES_TOLD || present.some(({ alike = 0 }) => alike > 0)) return { [`${aspect}s`]: valueOfAll(present.map(textOf)) };
  return Object.fromEntries(present.map((file) => [valueOf(file.path), textOf(file)]));
}

const GROUPS_TOLD = 10;

/** Who each component signs in as; the kubelet's name ends in its node's. */
const identities: Readonly<Record<NodeIdentityFacts['component'], RegExp>> = { kubelet: /^system:node:/, 'kube-scheduler': /^system:kube-scheduler$/, 'kube-controller-manager': /^system:kube-controller-manager$/ };

function judgeIdentities({ identities: found, unseenProcesses }: NodeEvidenceFacts): Verdict {
  const part = 'identity';
  let open = unseenProcesses;
  for (const { component, path, certificate, signsInOtherwise } of found) {
    if (signsInOtherwise) continue;
    if (certificate.state === 'missing') {
      open ??= certificate.detail;
      continue;
    }
    const { subject, organizations } = certificate.value;
    const isMaster = organizations.includes('system:masters');
    if (!isMaster && identities[component].test(subject)) continue;
    const who = isMaster ? 'a member of system:masters, whom no rule holds' : `${JSON.stringify(subject.slice(0, 80))}, an identity that is not its own`;
    return provenFail(`${component} signs in with ${path} as ${who}`, { part, detail: { subject, organizations: organizations.slice(0, GROUPS_TOLD), path } });
  }
  if (open !== undefined) return unknown(notSeen(open), part);
  return found.some(({ signsInOtherwise }) => !signsInOtherwise) ? provenPassPart(part) : notApplicable('no component here signs in with a certificate of a kubeconfig', part);
}

const cisItems = componentFileIds.flatMap((id) => {
  const { modeItem, ownerItem }: FileRule = fileRules[id];
  return [...(modeItem === undefined ? [] : [`${modeItem as FrameworkItem<'cis-kubernetes'>}#${id}-mode` as const]), ...(ownerItem === undefined ? [] : [`${ownerItem as FrameworkItem<'cis-kubernetes'>}#${id}-owner` as const])];
});
const aboutPart: Readonly<Record<Aspect, (what: string, rule: FileRule) => string>> = {
  mode: (what, { mode }) => `${what} is no wider than ${modeText(mode!)}`,
  owner: (what, { owner }) => `${what} is owned by ${owner === 'own' ? 'the account of its component alone' : 'root:root'}`,
};

const good: NodeSketch = {
  processes: [['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml', '--kubeconfig=/etc/kubernetes/kubelet.conf']],
  configs: { '/var/lib/kubelet/config.yaml': { kind: 'kubelet', text: '{apiVersion: kubelet.config.k8s.io/v1beta1, kind: KubeletConfiguration, authentication: {x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}}' } },
  kubeconfigs: { '/etc/kubernetes/kubelet.conf': { subject: 'system:node:a', organizations: ['system:nodes'] } },
  files: Object.fromEntries([
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => [`/etc/kubernetes/manifests/${name}.yaml`, 'root:root 0600'] as const),
    ...['admin', 'super-admin', 'scheduler', 'controller-manager', 'kubelet'].map((name) => [`/etc/kubernetes/${name}.conf`, 'root:root 0600'] as const),
    ['/etc/kubernetes/pki', 'root:root 0755 dir'], ['/etc/kubernetes/pki/ca.crt', 'root:root 0644'], ['/etc/kubernetes/pki/ca.key', 'root:root 0600'],
    ['/etc/cni/net.d', 'root:root 0755 dir'], ['/etc/cni/net.d/10-flannel.conflist', 'root:root 0600'],
    ['/var/lib/kubelet/config.yaml', 'root:root 0600'], ['/var/lib/kube-proxy/kubeconfig', 'root:root 0600'],
    ['/etc/systemd/system/kubelet.service.d', 'root:root 0755 dir'], ['/etc/systemd/system/kubelet.service.d/10-kubeadm.conf', 'root:root 0600'],
    ['/var/lib/etcd', 'etcd:etcd 0700 dir'],
  ]),
};
const node = (more: NodeSketch = {}, options: Omit<Example, 'manifests' | 'nodes'> = {}): Example =>
  manifests('apiVersion: v1\nkind: Node\nmetadata: {name: a}', { ...options, nodes: { a: { ...good, ...more, files: { ...good.files, ...more.files }, kubeconfigs: { ...good.kubeconfigs, ...more.kubeconfigs } } } });
const file = (path: string, text: string): Example => node({ files: { [path]: text } });

export const componentLeastPrivilege = defineControl({
  id: 'control-plane/component-least-privilege',
  title: 'Files of components are theirs alone, and each signs in as itself',
  severity: 'high',
  why: 'A private key, a kubeconfig or the data of etcd that another account of the node may read is the cluster given away; a manifest or a unit that it may write is root on the node. A component that signs in as somebody stronger hands that strength to whoever takes it over.',
  remediation: 'On the node named run `chown root:root` and `chmod 600` on the file found (644 for certificates; for the data of etcd `chown etcd:etcd` and `chmod 700`, with etcd run as that account). Give each component a kubeconfig of its own: `kubeadm init phase kubeconfig` makes them, `kubeadm certs renew` signs their certificates anew.',
  frameworks: {
    'cis-kubernetes': cisItems,
    'nsa-cisa': ['network/control-plane', 'network/worker-nodes'], 'nist-800-190': ['4.3.5', '4.5.5'], 'nist-800-53': ['AC-3', 'AC-6', 'CM-6'], 'mitre-attack': ['T1552'],
    'owasp-kubernetes': ['K07'], 'pci-dss': ['2.2.6', '7.2.2'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['node'],
  parts: {
    ...Object.fromEntries(componentFileIds.flatMap((id) => aspectsOf(id).map((aspect) => [`${id}-${aspect}`, aboutPart[aspect](componentFiles[id].what, fileRules[id])] as const))),
    identity: 'each component signs in as itself',
  },
  scope: eachCollectedNode,
  check({ evidence }) {
    // One unknown a node, whatever there is to ask of it.
    if (evidence.state === 'missing') throw new MissingEvidenceError(notCollected(evidence));
    const facts = evidence.value;
    return [
      ...componentFileIds.flatMap((id) => {
        const files = facts.files.filter((one) => one.file === id);
        return aspectsOf(id).map((aspect) => judgeFile(id, aspect, files, facts));
      }),
      judgeIdentities(facts),
    ];
  },
  values: valuesOf,
  examples: {
    passes: [
      node(),
      node({ processes: [...good.processes!, ['/usr/local/bin/etcd', '--data-dir=/srv/etcd']], files: { '/srv/etcd': 'etcd:etcd 0700 dir' } }, { title: 'Where a process says its data is' }),
    ],
    fails: [
      file('/etc/kubernetes/manifests/kube-apiserver.yaml', 'root:root 0644'),
      file('/etc/kubernetes/pki/ca.key', 'root:root 0640'),
      file('/etc/kubernetes/admin.conf', 'ubuntu:ubuntu 0600'),
      file('/var/lib/etcd', 'root:root 0700 dir'),
      file('/var/lib/etcd', 'etcd:etcd 0755 dir'),
      file('/etc/systemd/system/kubelet.service.d/10-kubeadm.conf', 'root:root 0666'),
      file('/etc/kubernetes/pki/apiserver.crt', 'root:staff 0644'),
      node({ kubeconfigs: { '/etc/kubernetes/kubelet.conf': { subject: 'kubernetes-admin', organizations: ['system:masters'] } } }, { title: 'A kubelet that signs in as an administrator' }),
    ],
    unknown: [
      manifests('apiVersion: v1\nkind: Node\nmetadata: {name: a}', { title: 'Nobody looked at the node' }),
      node({ collectedAt: '2026-11-10T06:00:00.000Z' }, { title: 'Evidence of two weeks ago' }),
      file('/etc/kubernetes/admin.conf', 'denied'),
    ],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')],
  },
});
