import type { CertificateFacts } from '#inventory/facts.js';
import { defineControl, type Severity } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import type { CertificateSketch } from '../engine/node-sketch.js';
import type { ListScope } from '../engine/scope.js';
import { valueOf, type Values } from '../engine/values.js';
import { notApplicable, provenFail, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { collectedNodes, nodeNeeds, notCollected, notSeen, type CollectedNode } from '../scopes/each-collected-node.js';
import { endpoint, probed, unanswered, type Endpoint } from '../scopes/api-server-endpoint.js';
import { clusterAuthority, goodProbe, servingCertificate } from './probe-example.js';

const DAY = 86_400_000;
const soon = 30 * DAY;
const verySoon = 7 * DAY;
/** A certificate that lives for less than half a year is renewed by machines: it may come as near to its end as a sixth of its life. */
const share = 6;

const parts = {
  serving: 'the certificate that the API server shows has more than 30 days', authority: 'those that vouch for it have more than 30 days',
  client: 'the certificate that scans sign in with has more than 30 days', strength: 'none of them has a weak key, or is signed with a weak hash',
  'node-certificates': 'certificates on nodes have more than 30 days', 'node-strength': 'none of those has a weak key, or is signed with a weak hash',
};

const whose: Record<CertificateFacts['role'], string> = {
  server: 'the certificate that the API server shows', authority: 'an authority of the API server\'s certificate', client: 'the client certificate that scans sign in with',
};
const named = ({ role, subject }: CertificateFacts): string => `${whose[role]} (${subject})`;

/** How near the end of a certificate is; undefined where it is far. */
function nearEnd({ notBefore, notAfter }: Pick<CertificateFacts, 'notBefore' | 'notAfter'>, now: number): { readonly severity: Severity; readonly isOver: boolean } | undefined {
  const end = Date.parse(notAfter);
  const left = end - now;
  const life = end - Date.parse(notBefore);
  if (left > Math.min(soon, life / share)) return undefined;
  return { severity: left <= Math.min(verySoon, life / share / 4) ? 'critical' : 'high', isOver: left <= 0 };
}

const byEnd = <T extends Pick<CertificateFacts, 'notAfter'>>(certificates: readonly T[]): readonly T[] => certificates.toSorted((a, b) => Date.parse(a.notAfter) - Date.parse(b.notAfter));

/** The worst counts: whichever ends first. */
function judgeEnd(part: string, certificates: readonly CertificateFacts[], now: number): Verdict {
  const [first] = byEnd(certificates);
  if (!first) return unknown(unanswered, part);
  const near = nearEnd(first, now);
  if (!near) return provenPassPart(part);
  const { severity, isOver } = near;
  // Dates, not days: a number of days would make a new finding of it every day.
  return provenFail(`${named(first)} ${isOver ? 'ended' : 'ends'} on ${first.notAfter.slice(0, 10)}${first.role === 'client' ? '' : ': from then on nobody reaches the API server'}`, {
    part, severity, detail: { subject: first.subject, notAfter: first.notAfter },
  });
}

const isWeakHash = (signature: string): boolean => /^(MD2|MD5|SHA1)-/.test(signature);
const leastBits: Readonly<Record<string, number>> = { rsa: 2048, 'rsa-pss': 2048, ec: 224 };

function weaknessOf(certificate: Pick<CertificateFacts, 'keyType' | 'keyBits' | 'signature'>, name: string): string | undefined {
  const { keyType, keyBits, signature } = certificate;
  if (signature !== undefined && isWeakHash(signature)) return `${name} is signed with ${signature}, which can be forged`;
  if (keyType === 'dsa') return `${name} has a DSA key, which no standard allows any more`;
  const least = leastBits[keyType];
  return least !== undefined && keyBits !== undefined && keyBits < least ? `${name} has a key of ${keyBits} bits, and ${least} are the least for ${keyType.toUpperCase()}` : undefined;
}

/** A root needs no signature. */
const isRead = ({ keyType, signature, role }: CertificateFacts): boolean => keyType !== 'unknown' && (signature !== undefined || role === 'authority');

function judgeStrength(certificates: readonly CertificateFacts[]): Verdict {
  const part = 'strength';
  for (const certificate of certificates) {
    const weakness = weaknessOf(certificate, named(certificate));
    if (weakness !== undefined) return provenFail(weakness, { part, detail: { subject: certificate.subject, keyType: certificate.keyType, keyBits: certificate.keyBits, signature: certificate.signature } });
  }
  return certificates.length > 0 && certificates.every(isRead) ? provenPassPart(part) : unknown(unanswered, part);
}

/** Certificates in files and kubeconfigs of a node; what a whole store of authorities holds is not among them. */
function judgeNode({ name, evidence }: CollectedNode, now: number): readonly Verdict[] {
  const both = ['node-certificates', 'node-strength'] as const;
  if (evidence.state === 'missing') return both.map((part) => unknown(notCollected(evidence), part));
  const { certificates, unseenCertificates } = evidence.value;
  const open = unseenCertificates === undefined ? undefined : notSeen(unseenCertificates);
  const without = (part: string): Verdict => (open ? unknown(open, part) : certificates.length > 0 ? provenPassPart(part) : notApplicable('the node collector saw no certificate on the node', part));
  const [first] = byEnd(certificates);
  const near = first && nearEnd(first, now);
  const weak = certificates.flatMap((certificate) => weaknessOf(certificate, `${certificate.path} on ${name}`) ?? [])[0];
  return [
    first && near
      ? provenFail(`${first.path} on ${name} ${near.isOver ? 'ended' : 'ends'} on ${first.notAfter.slice(0, 10)} (${first.subject.slice(0, 80)})`, { part: 'node-certificates', severity: near.severity, detail: { path: first.path, subject: first.subject, notAfter: first.notAfter } })
      : without('node-certificates'),
    weak === undefined ? without('node-strength') : provenFail(weak, { part: 'node-strength' }),
  ];
}

/** The address at which scans reach the API server, and every node. */
const endpointAndNodes: ListScope<Endpoint | CollectedNode> = {
  name: 'API server or node',
  family: 'list',
  needs: nodeNeeds,
  *subjects(world) {
    yield endpoint;
    yield* collectedNodes(world);
  },
};

function judge(world: World): readonly Verdict[] {
  const tls = probed(world, 'tls');
  const client = probed(world, 'clientCertificate');
  const served = tls.state === 'observed' ? tls.value.certificates : [];
  const own = client.state === 'observed' ? [client.value] : [];
  const lack = tls.state === 'missing' ? tls.missing : undefined;
  const authorities = served.filter(({ role }) => role === 'authority');
  const isLooked = world.probe.state === 'observed';
  return [
    lack ? unknown(lack, 'serving') : judgeEnd('serving', served.filter(({ role }) => role === 'server'), world.now),
    lack ? unknown(lack, 'authority') : judgeEnd('authority', authorities, world.now),
    own.length > 0 ? judgeEnd('client', own, world.now) : isLooked ? notApplicable('scans sign in with a token', 'client') : unknown(lack ?? unanswered, 'client'),
    lack ? unknown(lack, 'strength') : judgeStrength([...served, ...own]),
  ];
}

/** When the first of those that a part is about ends. */
function valuesOf(subject: Endpoint | CollectedNode, world: World, part: string): Values | undefined {
  const [first] = byEnd(subject.kind === 'node' ? nodeCertificates(subject, part) : servedCertificates(world, part));
  return first && { 'end of the certificate that ends first': valueOf(first.notAfter) };
}

const nodeCertificates = ({ evidence }: CollectedNode, part: string): readonly Pick<CertificateFacts, 'notAfter'>[] => (part === 'node-certificates' && evidence.state === 'observed' ? evidence.value.certificates : []);

function servedCertificates(world: World, part: string): readonly CertificateFacts[] {
  const [tls, client] = [probed(world, 'tls'), probed(world, 'clientCertificate')];
  if (part === 'client') return client.state === 'observed' ? [client.value] : [];
  const role = part === 'serving' ? 'server' : part;
  return tls.state === 'observed' ? tls.value.certificates.filter((certificate) => certificate.role === role) : [];
}

const shown = (certificates: readonly CertificateFacts[], title?: string, clientCertificate?: CertificateFacts): Example =>
  manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', {
    ...(title !== undefined && { title }),
    probe: { ...goodProbe, tls: { ...goodProbe.tls, certificates }, ...(clientCertificate && { clientCertificate }) },
  });
const ends = (notAfter: string, notBefore = '2025-12-02T00:00:00.000Z'): CertificateFacts => ({ ...servingCertificate, notBefore, notAfter: `${notAfter}T00:00:00.000Z` });

const onNode = (certificates: Readonly<Record<string, CertificateSketch>>, title?: string): Example => ({
  ...shown([servingCertificate, clusterAuthority], title), manifests: 'apiVersion: v1\nkind: Node\nmetadata: {name: a}\n', nodes: { a: { certificates } },
});

export const certificateExpiry = defineControl({
  id: 'control-plane/certificate-expiry',
  title: 'Certificates of the API server and of nodes are strong and far from their end',
  severity: 'high',
  why: 'On the day its certificate ends nobody reaches the API server any more: not people, not nodes, not the controllers that keep workloads running, and repairs are made by hand on each node. A certificate with a weak key or hash can be forged by whoever wants to stand between the server and its clients.',
  remediation: 'See what ends when with `kubeadm certs check-expiration`, renew with `kubeadm certs renew all` on each control plane node and restart the components there, or upgrade, which renews them too; k3s and RKE2 renew at a restart within 90 days of the end. Renew an authority well before its end, for everything it signed has to follow. Make new keys of RSA with 2048 bits or more, or of ECDSA, and sign with SHA-256.',
  frameworks: {
    'nsa-cisa': ['network/encryption'], 'nist-800-53': ['IA-5(2)', 'SC-12', 'SC-13', 'SC-17'], 'owasp-kubernetes': ['K07'], 'pci-dss': ['4.2.1', '4.2.1.1'],
    soc2: ['CC6.7', 'A1.2'],
  },
  evidence: ['probe', 'node'],
  parts,
  scope: endpointAndNodes,
  check: (subject, world) => (subject.kind === 'node' ? judgeNode(subject, world.now) : judge(world)),
  values: valuesOf,
  examples: {
    passes: [
      shown([servingCertificate, clusterAuthority]),
      shown([ends('2026-12-14', '2026-11-14'), clusterAuthority], 'One of thirty days that machines renew'),
      shown([servingCertificate, clusterAuthority], 'A client certificate', { ...servingCertificate, role: 'client', subject: 'scanner' }),
      onNode({ '/etc/kubernetes/pki/apiserver.crt': { subject: 'kube-apiserver' } }),
      shown([{ ...servingCertificate, keyType: 'ed25519', keyBits: 253, signature: 'Ed25519' }, clusterAuthority]),
    ],
    fails: [
      shown([ends('2026-12-15'), clusterAuthority]),
      shown([ends('2026-11-28'), clusterAuthority], 'Within a week'),
      shown([ends('2026-11-26', '2026-10-26'), clusterAuthority], 'One of a month whose renewal does not come'),
      shown([servingCertificate, { ...clusterAuthority, notAfter: '2026-12-20T00:00:00.000Z' }], 'An authority'),
      shown([servingCertificate, clusterAuthority], 'A client certificate', { ...ends('2026-11-20'), role: 'client', subject: 'scanner' }),
      shown([{ ...servingCertificate, keyBits: 1024 }, clusterAuthority]),
      shown([{ ...servingCertificate, signature: 'SHA1-RSA' }, clusterAuthority]),
      onNode({ '/etc/kubernetes/pki/apiserver-etcd-client.crt': { subject: 'kube-apiserver-etcd-client', notBefore: '2025-12-02T00:00:00.000Z', notAfter: '2026-12-02T00:00:00.000Z' } }, 'A file on a node'),
      onNode({ '/etc/kubernetes/pki/etcd/server.crt': { subject: 'etcd', keyBits: 1024 } }),
    ],
    unknown: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { title: 'Nobody looked' }),
      { ...onNode({}), nodes: {}, title: 'A node that nobody looked at' },
      shown([{ ...servingCertificate, keyType: 'unknown' }, clusterAuthority], 'A key that cannot be read'),
    ],
  },
});
