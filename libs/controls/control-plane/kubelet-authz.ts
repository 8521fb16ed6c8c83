import { defineControl } from '../engine/control.js';
import { pass, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { eachNode } from '../scopes/each-object.js';
import { kubeletConfig, leftOut, resting, kubeletValues } from './kubelet-config.js';
import { kubeletOnNode, kubeletWith, staleKubelet, unaskedKubelet } from './kubelet-example.js';

export const kubeletAuthz = defineControl({
  id: 'control-plane/kubelet-authz',
  title: 'Kubelets ask the API server what a caller may do',
  severity: 'critical',
  why: 'With AlwaysAllow whoever a kubelet knows at all may run commands in every container of its node and read all their logs: any service account token is enough, whatever its roles say.',
  remediation: 'In the kubelet\'s configuration file set authorization.mode to Webhook and take `--authorization-mode` out of its command line, then restart the kubelet, one node at a time. Whoever calls kubelets directly, such as a metrics agent, then needs a role on nodes/metrics, nodes/stats or nodes/proxy.',
  frameworks: {
    'cis-kubernetes': ['4.2.2'], 'nsa-cisa': ['network/worker-nodes', 'access/rbac'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-3', 'AC-6'],
    'mitre-attack': ['T1609', 'T1613'], 'owasp-kubernetes': ['K02', 'K07'], 'pci-dss': ['7.3.1', '7.3.2', '7.3.3'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['configz', 'node'],
  scope: eachNode,
  check(judged, world) {
    const config = kubeletConfig(judged.name, world);
    if (config.state === 'missing') return unknown(config.missing);
    const { authorizationMode } = config.value;
    const rests = (verdict: Verdict): Verdict => resting(config.value, ['authorizationMode'], verdict);
    if (authorizationMode === 'AlwaysAllow') return rests(provenFail(`the kubelet of ${judged.name} lets every caller that it knows do everything`));
    // A kubelet has no third mode.
    return rests(authorizationMode === 'Webhook' ? pass : unknown(leftOut));
  },
  values: kubeletValues({ '': ['authorizationMode'] }),
  examples: {
    passes: [kubeletWith({ authorization: { mode: 'Webhook' } }), kubeletOnNode('{}', { title: 'The default of a file' })],
    fails: [kubeletWith({ authorization: { mode: 'AlwaysAllow' } }), kubeletOnNode('authorization: {mode: AlwaysAllow}'), kubeletOnNode('{}', { flags: ['--authorization-mode=AlwaysAllow'], title: 'A flag goes before the file' })],
    unknown: [unaskedKubelet, staleKubelet, kubeletWith({}, { title: 'An answer without the mode' })],
  },
});
