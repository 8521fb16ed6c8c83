import type { KubeletFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { eachNode } from '../scopes/each-object.js';
import { kubeletConfig, leftOut, resting, kubeletValues } from './kubelet-config.js';
import { kubeletOnNode, kubeletWith, staleKubelet, unaskedKubelet } from './kubelet-example.js';

const parts = { 'read-only': 'the port that asks nobody who he is stays closed', debugging: 'nobody runs commands on port 10250 without being authorized' };

/** configz leaves a port out that is 0. It never leaves the handlers out, so that an answer without either is not whole and proves nothing. */
function judgeReadOnly(name: string, { readOnlyPort, debuggingHandlers }: KubeletFacts): Verdict {
  if (readOnlyPort === undefined && debuggingHandlers === undefined) return unknown(leftOut, 'read-only');
  return (readOnlyPort ?? 0) === 0 ? passPart('read-only') : provenFail(`the kubelet of ${name} answers everybody on its read-only port ${readOnlyPort}`, { part: 'read-only' });
}

/** kubectl exec and logs need the handlers, and they are on by default: only where nothing guards them are they a fault. */
function judgeDebugging(name: string, { debuggingHandlers, authorizationMode }: KubeletFacts): Verdict {
  if (debuggingHandlers === undefined || (debuggingHandlers && authorizationMode === undefined)) return unknown(leftOut, 'debugging');
  if (!debuggingHandlers || authorizationMode !== 'AlwaysAllow') return passPart('debugging');
  return provenFail(`the kubelet of ${name} runs commands in containers for every caller: its debugging handlers are on and its authorization mode is AlwaysAllow`, { part: 'debugging' });
}

export const kubeletPorts = defineControl({
  id: 'control-plane/kubelet-ports',
  title: 'Kubelets have no port that answers without asking',
  severity: 'high',
  why: 'The read-only port takes no credential and speaks plain HTTP: every pod that reaches the node reads which pods run there, with their commands, environment and addresses. Debugging handlers that nothing guards run commands in all of them.',
  remediation: 'In the kubelet\'s configuration file set readOnlyPort to 0 or leave it out, and take `--read-only-port` out of its command line: where there is no configuration file the flag opens port 10255 by default. Set authorization.mode to Webhook, so that debugging handlers serve only whom a role lets in. Then restart the kubelet, one node at a time.',
  frameworks: {
    'cis-kubernetes': ['4.2.4#read-only'], 'nsa-cisa': ['network/worker-nodes'], 'nist-800-190': ['4.3.5', '4.5.1'], 'nist-800-53': ['AC-14', 'CM-7', 'SC-7'],
    'mitre-attack': ['T1046', 'T1609#debugging', 'T1613'], 'owasp-kubernetes': ['K06', 'K07'], 'pci-dss': ['1.2.5', '2.2.4'], soc2: ['CC6.6'],
  },
  evidence: ['configz', 'node'],
  parts,
  scope: eachNode,
  check(judged, world) {
    const config = kubeletConfig(judged.name, world);
    if (config.state === 'missing') return Object.keys(parts).map((part) => unknown(config.missing, part));
    return [resting(config.value, ['readOnlyPort'], judgeReadOnly(judged.name, config.value)), resting(config.value, ['debuggingHandlers', 'authorizationMode'], judgeDebugging(judged.name, config.value))];
  },
  values: kubeletValues({ 'read-only': ['readOnlyPort'], debugging: ['debuggingHandlers', 'authorizationMode'] }),
  examples: {
    passes: [
      kubeletWith({ enableDebuggingHandlers: true, authorization: { mode: 'Webhook' } }, { title: 'A port that is left out is closed' }),
      kubeletOnNode('{}', { title: 'A file closes it by default' }),
      kubeletWith({ readOnlyPort: 0, enableDebuggingHandlers: false, authorization: { mode: 'AlwaysAllow' } }),
    ],
    fails: [
      kubeletWith({ readOnlyPort: 10255 }),
      kubeletOnNode(undefined, { title: 'Without a file it is open by default' }),
      kubeletOnNode('readOnlyPort: 10255'),
      kubeletWith({ enableDebuggingHandlers: true, authorization: { mode: 'AlwaysAllow' } }),
    ],
    unknown: [unaskedKubelet, staleKubelet, kubeletWith({ authorization: { mode: 'Webhook' } }, { title: 'An answer without the handlers' })],
  },
});
