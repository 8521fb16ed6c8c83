import { defineControl, type Severity } from '../engine/control.js';
import { passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { eachNode } from '../scopes/each-object.js';
import { kubeletConfig, leftOut, resting, kubeletValues } from './kubelet-config.js';
import { kubeletOnNode, kubeletWith, staleKubelet, unaskedKubelet } from './kubelet-example.js';

const parts = { anonymous: 'requests without a credential are refused', webhook: 'tokens are checked with the API server', 'client-ca': 'client certificates are checked against a CA' };

const kubelet = (anonymous: boolean, webhook: boolean, clientCAFile?: string) =>
  kubeletWith({ authentication: { anonymous: { enabled: anonymous }, webhook: { enabled: webhook }, x509: clientCAFile === undefined ? {} : { clientCAFile } } });
const ca = '/etc/kubernetes/pki/ca.crt';

function judge(part: string, isRight: boolean | undefined, message: string, severity?: Severity): Verdict {
  if (isRight === undefined) return unknown(leftOut, part);
  return isRight ? passPart(part) : provenFail(message, { part, ...(severity && { severity }) });
}

export const kubeletAuthn = defineControl({
  id: 'control-plane/kubelet-authn',
  title: 'Kubelets answer nobody they do not know',
  severity: 'critical',
  why: 'A kubelet runs commands in every container of its node. One that takes requests without a credential hands the node to whoever reaches port 10250, past the API server, its roles and its audit log.',
  remediation: 'In the kubelet\'s configuration file set authentication.anonymous.enabled to false, authentication.webhook.enabled to true and authentication.x509.clientCAFile to the cluster\'s CA, then restart the kubelet, one node at a time.',
  frameworks: {
    'cis-kubernetes': ['4.2.1#anonymous', '4.2.3#client-ca'], 'nsa-cisa': ['network/worker-nodes', 'access/authentication'], 'nist-800-190': ['4.3.2', '4.3.5'],
    'nist-800-53': ['AC-14', 'IA-3', 'IA-9'], 'mitre-attack': ['T1609', 'T1613'], 'owasp-kubernetes': ['K07', 'K09'], 'pci-dss': ['7.3.3', '8.3.1'],
    soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['configz', 'node'],
  parts,
  scope: eachNode,
  check(judged, world) {
    const config = kubeletConfig(judged.name, world);
    if (config.state === 'missing') return Object.keys(parts).map((part) => unknown(config.missing, part));
    const { anonymousAuth, webhookAuthn, clientCAFile } = config.value;
    return [
      resting(config.value, ['anonymousAuth'], judge('anonymous', anonymousAuth === undefined ? undefined : !anonymousAuth, `the kubelet of ${judged.name} takes requests without any credential`)),
      resting(config.value, ['webhookAuthn'], judge('webhook', webhookAuthn, `the kubelet of ${judged.name} does not check tokens with the API server`, 'high')),
      // configz leaves an empty one out.
      resting(config.value, ['clientCAFile'], judge('client-ca', (clientCAFile ?? '') !== '', `the kubelet of ${judged.name} has no CA to check client certificates with`, 'high')),
    ];
  },
  values: kubeletValues({ anonymous: ['anonymousAuth'], webhook: ['webhookAuthn'], 'client-ca': ['clientCAFile'] }),
  examples: {
    passes: [
      kubelet(false, true, ca),
      kubeletOnNode(`authentication: {x509: {clientCAFile: ${ca}}}`, { title: 'By the node\'s own evidence' }),
      { ...kubelet(false, true, ca), nodes: kubeletOnNode('authentication: {anonymous: {enabled: true}}').nodes!, title: 'What the kubelet says itself counts before what its file says' },
    ],
    fails: [
      kubelet(true, true, ca), kubelet(false, false, ca), kubelet(false, true),
      kubeletOnNode(`authentication: {anonymous: {enabled: true}, x509: {clientCAFile: ${ca}}}`),
      kubeletOnNode(undefined, { title: 'Without a file the old defaults hold' }),
    ],
    unknown: [unaskedKubelet, staleKubelet, kubeletOnNode('unread', { title: 'A file that the collector may not read' }), kubeletWith({ authentication: { x509: { clientCAFile: ca } } })],
  },
});
