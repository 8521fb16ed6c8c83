import { levelsOf, type AuditedRequest, type AuditRule } from '#inventory/components/audit-policy.js';
import { defineControl } from '../engine/control.js';
import type { Example } from '../engine/example.js';
import { notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { eachComponent, fileOf, isSet } from '../scopes/each-component.js';
import { apiServer, apiServerWithFile, managedCluster } from './api-server-example.js';

const parts = {
  secrets: 'who reads and changes Secrets is recorded', settings: 'who reads and changes ConfigMaps and asks whose a token is, is recorded', rbac: 'changes of roles and bindings are recorded',
  exec: 'commands in pods and ways through to them are recorded', tokens: 'tokens made for service accounts are recorded', workloads: 'changes of pods and Deployments are recorded',
  bodies: 'no Secret is written into the log',
} as const;
type Part = keyof typeof parts;

const changes = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;
const reads = ['get', 'list', 'watch'] as const;
const rbac = 'rbac.authorization.k8s.io';

const requests = (verbs: readonly string[], resources: readonly string[], group = ''): readonly AuditedRequest[] =>
  resources.flatMap((name) => {
    const [resource = '', subresource] = name.split('/');
    return verbs.map((verb) => ({ verb, group, resource, ...(subresource !== undefined && { subresource }) }));
  });

/** What each part wants to be recorded at all; clients of exec come by GET as well as by POST. */
const recorded: Readonly<Record<Exclude<Part, 'bodies'>, readonly AuditedRequest[]>> = {
  secrets: requests([...reads, ...changes], ['secrets']),
  settings: [...requests([...reads, ...changes], ['configmaps']), ...requests(['create'], ['tokenreviews'], 'authentication.k8s.io')],
  rbac: requests(changes, ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'], rbac),
  exec: requests(['get', 'create'], ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy']),
  tokens: requests(['create'], ['serviceaccounts/token']),
  workloads: [...requests(changes, ['pods']), ...requests(changes, ['deployments'], 'apps')],
};

/** Requests and answers that hold what is secret, where they are written down as a whole. */
const secretBodies: readonly AuditedRequest[] = [...requests([...reads, ...changes], ['secrets']), ...requests(['create'], ['serviceaccounts/token']), ...requests(['create'], ['tokenreviews'], 'authentication.k8s.io')];

const textOf = ({ verb, resource, subresource }: AuditedRequest): string => `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;

function judgeRecorded(part: Exclude<Part, 'bodies'>, rules: readonly AuditRule[]): Verdict {
  const lost = recorded[part].filter((request) => levelsOf(rules, request).usual === 'None');
  if (lost.length > 0) return provenFail(`the audit policy records nothing of ${lost.slice(0, 4).map(textOf).join(', ')}${lost.length > 4 ? ` and ${lost.length - 4} more` : ''}`, { part, detail: { requests: lost.slice(0, 20).map(textOf) } });
  const partly = recorded[part].filter((request) => levelsOf(rules, request).least === 'None');
  if (partly.length === 0) return passPart(part);
  return provenFail(`the audit policy leaves some callers, namespaces or objects out where it records ${partly.slice(0, 4).map(textOf).join(', ')}`, { part, severity: 'low', detail: { requests: partly.slice(0, 20).map(textOf) } });
}

function judgeBodies(rules: readonly AuditRule[]): Verdict {
  const part = 'bodies';
  const written = secretBodies.filter((request) => ['Request', 'RequestResponse'].includes(levelsOf(rules, request).most));
  if (written.length === 0) return passPart(part);
  return provenFail(`the audit policy writes whole requests of ${written.slice(0, 4).map(textOf).join(', ')} into the log: whoever reads it has the Secrets and tokens in them`, { part, detail: { requests: written.slice(0, 20).map(textOf) } });
}

const policy = (rules: string, title?: string): Example =>
  apiServerWithFile('audit-policy-file', 'audit', `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${rules.trim()}\n`, title === undefined ? {} : { title });
const metadataForAll = '- {level: Metadata}';

export const auditPolicyQuality = defineControl({
  id: 'control-plane/audit-policy-quality',
  title: 'The audit policy records what an attacker does and no Secret',
  severity: 'medium',
  why: 'An audit log that leaves out who read Secrets, who made himself a binding or a token and who ran commands in pods tells nothing of the ways that attackers take. One that writes Secrets down whole is a second store of them, which many read.',
  remediation: 'In the file that `--audit-policy-file` names on each control plane node put first a rule with level Metadata for `secrets`, `configmaps`, `serviceaccounts/token` and `tokenreviews`, then rules that record changes of roles, bindings and workloads and `pods/exec`, `pods/attach`, `pods/portforward` and the proxies, and last one with level Metadata for the rest. Leave no rule with level None before them but for health checks. Then restart kube-apiserver, one node at a time.',
  frameworks: {
    'cis-kubernetes': ['3.2.2#secrets', '3.2.2#settings', '3.2.2#exec', '3.2.2#workloads', '3.2.2#bodies'], 'nsa-cisa': ['logging/audit'], 'nist-800-53': ['AC-6(9)', 'AU-2', 'AU-3', 'AU-12'],
    'mitre-attack': ['T1552#bodies'], 'owasp-kubernetes': ['K10'], 'pci-dss': ['10.2.1', '10.2.2'], soc2: ['CC7.2'],
  },
  evidence: ['node'],
  parts,
  scope: eachComponent('kube-apiserver'),
  check(component) {
    const names = Object.keys(parts) as readonly Part[];
    if (!isSet(component, 'audit-policy-file')) return names.map((part) => notApplicable('no audit policy is set, so that there is none to judge; see control-plane/audit-logging', part));
    const file = fileOf(component, 'audit-policy-file', 'what is recorded is');
    if (file.state === 'missing') return names.map((part) => unknown(file.missing, part));
    return names.map((part) => (part === 'bodies' ? judgeBodies(file.value) : judgeRecorded(part, file.value)));
  },
  examples: {
    passes: [
      policy(metadataForAll),
      policy(`
- {level: None, nonResourceURLs: ['/healthz*', '/livez*']}
- {level: Metadata, resources: [{group: '', resources: [secrets, configmaps, serviceaccounts/token]}, {group: authentication.k8s.io}]}
- {level: RequestResponse, verbs: [create, update, patch, delete], resources: [{group: rbac.authorization.k8s.io}]}
${metadataForAll}`),
    ],
    fails: [
      policy(`- {level: None, resources: [{group: '', resources: [secrets]}]}\n${metadataForAll}`),
      policy(`- {level: None, verbs: [get, list, watch]}\n${metadataForAll}`, 'Reading is left out, of Secrets too'),
      policy(`- {level: RequestResponse, resources: [{group: '', resources: ['*']}]}\n${metadataForAll}`, 'Secrets as a whole'),
      policy(`- {level: None, users: [ci]}\n${metadataForAll}`, 'One user of whom nothing is recorded'),
      policy(`- {level: Metadata, resources: [{group: '', resources: [pods]}]}`, 'Whatever no rule matches is lost, subresources too'),
    ],
    unknown: [
      apiServer(['--audit-policy-file=/etc/kubernetes/audit.yaml'], { title: 'A file on a node that nobody looked at' }),
      policy('- {level: Everything}', 'A file that the server would not take'),
      managedCluster,
    ],
    notApplicable: [apiServer(['--authorization-mode=Node,RBAC'])],
  },
});
