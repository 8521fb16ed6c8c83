import { defineControl } from '../engine/control.js';
import type { Example } from '../engine/example.js';
import { valueOf } from '../engine/values.js';
import { passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { eachComponent, fileOf, flagOf, listFlagOf } from '../scopes/each-component.js';
import { flagsIn } from '../scopes/flag-values.js';
import { apiServer, apiServerWithFile, managedCluster } from './api-server-example.js';

const parts = { 'always-allow': 'AlwaysAllow is not among the modes', abac: 'ABAC is not among the modes', node: 'Node is among the modes', rbac: 'RBAC is among the modes' };

const judge = (part: string, isRight: boolean, message: string): Verdict => (isRight ? passPart(part) : provenFail(message, { part }));

const judgeModes = (modes: readonly string[], text: string): readonly Verdict[] => [
  judge('always-allow', !modes.includes('AlwaysAllow'), `${text}: AlwaysAllow lets every request through that the modes before it did not decide`),
  judge('abac', !modes.includes('ABAC'), `${text}: ABAC grants what its file says, past every role`),
  judge('node', modes.includes('Node'), `${text}: without Node kubelets are not held to what their own pods need`),
  judge('rbac', modes.includes('RBAC'), `${text}: without RBAC roles and bindings mean nothing`),
];

const byFile = (types: readonly string[], options: Omit<Example, 'manifests'> = {}): Example =>
  apiServerWithFile('authorization-config', 'authorization', `{apiVersion: apiserver.config.k8s.io/v1, kind: AuthorizationConfiguration, authorizers: [${types.map((type) => `{type: ${type}, name: ${type.toLowerCase()}}`).join(', ')}]}`, options);

export const apiServerAuthz = defineControl({
  id: 'control-plane/api-server-authz',
  title: 'The API server authorizes by Node and RBAC alone',
  severity: 'critical',
  why: 'With AlwaysAllow every account may do everything. ABAC is a file that nobody reviews and that a restart must read. Without Node each kubelet reads the Secrets of all nodes; without RBAC no role counts.',
  remediation: 'In the manifest of kube-apiserver set `--authorization-mode=Node,RBAC`, after moving what an ABAC file grants to roles and bindings. The kubelet restarts the API server by itself; do one control plane node at a time.',
  frameworks: {
    'cis-kubernetes': ['1.2.6#always-allow', '1.2.7#node', '1.2.8#rbac'], 'nsa-cisa': ['network/control-plane', 'access/rbac'], 'nist-800-190': ['4.3.1', '4.3.5#node'],
    'nist-800-53': ['AC-3', 'AC-3(7)', 'AC-6'], 'mitre-attack': ['T1609', 'T1610', 'T1613'], 'owasp-kubernetes': ['K02', 'K07'], 'pci-dss': ['7.3.1', '7.3.2', '7.3.3'],
    soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['flags', 'node'],
  parts,
  scope: eachComponent('kube-apiserver'),
  check(component) {
    if ((flagOf(component, 'authorization-config') ?? '') !== '') {
      const file = fileOf(component, 'authorization-config', 'the authorization modes are');
      if (file.state === 'missing') return Object.keys(parts).map((part) => unknown(file.missing, part));
      return judgeModes(file.value, `the file that --authorization-config names has the authorizers ${file.value.join(', ')}`);
    }
    const modes = listFlagOf(component, 'authorization-mode');
    if (modes.length === 0) {
      const message = 'no authorization mode is set, so the default holds, which is AlwaysAllow';
      return [judge('always-allow', false, message), passPart('abac'), judge('node', false, message), judge('rbac', false, message)];
    }
    return judgeModes(modes, `the authorization modes are ${modes.join(',')}`);
  },
  values(component) {
    const file = component.files?.['authorization-config'];
    return { ...flagsIn(component, ['authorization-mode', 'authorization-config']), ...(file?.state === 'observed' && { 'authorizers of --authorization-config': valueOf(file.value.join(',')) }) };
  },
  examples: {
    passes: [apiServer(['--authorization-mode=Node,RBAC']), apiServer(['--authorization-mode', 'Node,RBAC,Webhook']), byFile(['Node', 'RBAC'], { title: 'A file that the node shows' })],
    fails: [
      apiServer(['--authorization-mode=AlwaysAllow']),
      apiServer(['--authorization-mode=Node,RBAC', '--authorization-mode=ABAC'], { title: 'A list given twice is joined' }),
      apiServer(['--authorization-mode=RBAC']),
      byFile(['Node', 'RBAC', 'AlwaysAllow']),
      apiServer(['--authorization-mode=Node']),
      apiServer(['--anonymous-auth=false'], { title: 'The default is AlwaysAllow' }),
    ],
    unknown: [apiServer(['--authorization-config=/etc/kubernetes/authz.yaml'], { title: 'A file on a node that nobody looked at' }), byFile(['Node', 'RBAC'], { policy: { nodeEvidenceMaxAgeDays: 0 }, title: 'Evidence that is too old for the organisation' }), managedCluster],
  },
});
