import type { NodeCertificateFacts, NodeIdentityFacts } from '#inventory/node-facts.js';
import { flagsOf } from '#inventory/projection/component.js';
import type { CertificateFact } from '../certificate-fact.js';
import type { ConfigFact } from '../config-facts.js';
import { hostPathOf } from '../host-path.js';
import { certificatesAt, configAt, fileAt, treeAt } from '../look-up.js';
import type { NodeEvidence } from '../node-evidence.js';
import { dataDirectories, elsewhereOf, usualData } from './data-directories.js';
import { missing, unreadText } from './document.js';
import { argumentsOf, ownProcesses } from './own-processes.js';

export interface CertificatesSeen {
  readonly certificates: readonly NodeCertificateFacts[];
  /** Why there may be others. */
  readonly unseenCertificates?: string;
  readonly identities: readonly NodeIdentityFacts[];
}

/** A file with more is a store of authorities that somebody trusts, not what the node shows. */
const mostInFile = 8;

export function certificateFactsOf(node: string, evidence: NodeEvidence): CertificatesSeen {
  const kubeconfigs = evidence.configs.items.filter((config): config is Kubeconfig => config.kind === 'kubeconfig' && config.content.state !== 'absent');
  const signers = new Map<string, string>();
  for (const { path, content } of kubeconfigs) if (content.state === 'read' && content.value.certificateFile !== undefined) signers.set(content.value.certificateFile, path);
  const fromFiles = evidence.certificates.items.flatMap(({ path, content }): readonly NodeCertificateFacts[] =>
    (content.state === 'read' && content.value.items.length <= mostInFile ? content.value.items.map((certificate) => factsOf(signers.get(path) ?? path, signers.has(path), certificate)) : []));
  const embedded = kubeconfigs.flatMap(({ path, content }) => (content.state === 'read' && content.value.certificate ? [factsOf(path, true, content.value.certificate)] : []));
  const unseen = unseenCertificates(evidence, kubeconfigs);
  return { certificates: distinct([...embedded, ...fromFiles]), identities: identitiesOf(node, evidence), ...(unseen !== undefined && { unseenCertificates: unseen }) };
}

type Kubeconfig = Extract<ConfigFact, { readonly kind: 'kubeconfig' }>;

function factsOf(path: string, isOfKubeconfig: boolean, certificate: CertificateFact): NodeCertificateFacts {
  const { fingerprint: _fingerprint, issuer: _issuer, ...rest } = certificate;
  return { path, isOfKubeconfig, ...rest };
}

/** The same certificate may be read from a kubeconfig and by a path beside it. */
function distinct(certificates: readonly NodeCertificateFacts[]): readonly NodeCertificateFacts[] {
  const seen = new Set<string>();
  return certificates.filter((certificate) => {
    const text = JSON.stringify(certificate);
    return !seen.has(text) && seen.add(text);
  });
}

function unseenCertificates(evidence: NodeEvidence, kubeconfigs: readonly Kubeconfig[]): string | undefined {
  if (evidence.certificates.truncated || evidence.configs.truncated) return 'the node has more certificates and kubeconfigs than the node collector tells of';
  for (const { path, content } of [...evidence.certificates.items, ...kubeconfigs]) {
    if (content.state !== 'read' && content.state !== 'absent') return `${path} could not be read on the node: ${unreadText(content)}`;
  }
  const data = dataDirectories(evidence);
  if (data.unseen !== undefined) return data.unseen;
  const unlooked = Object.values(usualData).flatMap((usual) => elsewhereOf(`${usual}/server/tls`, data)).find((path) => !treeAt(evidence, path) && fileAt(evidence, path)?.state !== 'absent');
  if (unlooked !== undefined) return `${unlooked} was not looked at`;
  for (const { path, content } of evidence.certificates.items) {
    if (content.state === 'read' && content.value.truncated && content.value.items.length <= mostInFile) return `${path} holds certificates that could not be understood`;
  }
  for (const { path, content } of kubeconfigs) {
    if (content.state !== 'read') continue;
    const { userKind, certificate, certificateFile } = content.value;
    if (userKind === 'certificate-embedded' && !certificate) return `the client certificate in ${path} could not be understood`;
    if (userKind === 'certificate-file' && (certificateFile === undefined || certificatesAt(evidence, certificateFile)?.state !== 'read')) return `the client certificate that ${path} names could not be read on the node`;
  }
  return undefined;
}

const withKubeconfig = ['kubelet', 'kube-scheduler', 'kube-controller-manager'] as const;

/** How components that run here sign in, by the kubeconfig that their own command line names. */
function identitiesOf(node: string, evidence: NodeEvidence): readonly NodeIdentityFacts[] {
  return withKubeconfig.flatMap((component) =>
    ownProcesses(evidence, node, component).flatMap(({ process }): readonly NodeIdentityFacts[] => {
      const given = flagsOf(argumentsOf(process))['kubeconfig']?.at(-1);
      if (given?.startsWith('/') !== true) return [];
      const host = hostPathOf(process, given);
      if (host.state !== 'host') return [{ component, path: given, certificate: missing('not-requested', `the kubeconfig of ${component} is not a file of the node that the node collector reads`) }];
      return [{ component, path: host.path, ...signerOf(evidence, host.path) }];
    }));
}

function signerOf(evidence: NodeEvidence, path: string): Pick<NodeIdentityFacts, 'certificate' | 'signsInOtherwise'> {
  const content = configAt(evidence, 'kubeconfig', path);
  if (content?.state !== 'read') return { certificate: missing('not-requested', content ? `${path} could not be read on the node: ${unreadText(content)}` : `${path} was not read by the node collector`) };
  const { certificate, certificateFile, userKind } = content.value;
  if (!userKind.startsWith('certificate')) return { certificate: missing('not-requested', `${path} signs in otherwise than with a certificate`), signsInOtherwise: true };
  const file = certificateFile === undefined ? undefined : certificatesAt(evidence, certificateFile);
  const first = certificate ?? (file?.state === 'read' ? file.value.items[0] : undefined);
  if (!first) return { certificate: missing('not-requested', `the client certificate of ${path} could not be read on the node`) };
  return { certificate: { state: 'observed', value: { subject: first.subject, organizations: first.organizations } } };
}
