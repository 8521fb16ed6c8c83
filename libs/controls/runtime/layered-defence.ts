import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';
import { defences } from './defences.js';

/** As many as are to stand: half of them. */
const WANTED = defences.length / 2;

const hardened = `
securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
automountServiceAccountToken: false`;
const pod = (spec: string, container = '') => `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  ${spec.trim().replaceAll('\n', '\n  ')}\n  containers:\n  - {name: app, image: registry.example/web:1${container}}\n`;
const namespace = (labels = '') => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {${labels}}}\n`;
const admin = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: default, namespace: shop}]
`;
const confined = ', securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}';

export const layeredDefence = defineControl({
  id: 'runtime/layered-defence',
  title: 'Several layers stand between each workload and its node',
  severity: 'info',
  why: 'Any one layer has holes. What an intruder into a pod can do next is decided by how many others still stand; where none does, the first hole is the node.',
  remediation: 'The finding lists the layers that are missing. Begin with those that cost least: `seccompProfile: RuntimeDefault`, `runAsNonRoot`, dropped capabilities, no API token; then a NetworkPolicy that names who may connect, an enforced Pod Security level for the namespace, and a sensor on every node.',
  frameworks: {
    'nsa-cisa': ['pod-security/hardened-environments'], 'nist-800-190': ['4.4.3', '4.5.2'], 'nist-800-53': ['AC-6', 'PL-8', 'SC-39'], 'mitre-attack': ['T1611'],
    'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachPodTemplate,
  check(subject, world) {
    const { workload, template } = subject;
    if (workload.isMirror) return notApplicable('a static pod of the control plane is a part of its node');
    if (runsOnWindows(template)) return notApplicable('the layers counted are those of Linux');
    const missing = defences.filter((defence) => !defence.stands(subject, world));
    const standing = defences.length - missing.length;
    if (standing >= WANTED) return pass;
    return fail(`${standing === 0 ? 'none' : standing} of ${defences.length} layers ${standing === 1 ? 'stands' : 'stand'} between it and its node; missing: ${missing.map(({ title }) => title).join(', ')}`, {
      ...(standing === 0 && { severity: 'high' as const }),
      detail: { standing, missing: missing.map(({ id }) => id) },
    });
  },
  examples: {
    passes: [
      manifests(pod(hardened, confined), { title: 'Hardened by itself' }),
      manifests(`${pod('securityContext: {runAsUser: 1000}')}${namespace('pod-security.kubernetes.io/enforce: baseline')}`, { title: 'Half of them: no root, an enforced level, no rights, nothing of the node' }),
    ],
    fails: [
      podSpec('', { title: 'Nothing but its lack of rights and of the node\'s files' }),
      manifests(`${pod('hostPID: true')}${namespace()}${admin}`, { title: 'high: none at all' }),
    ],
    unknown: [
      manifests(pod(''), { missing: { 'networkpolicies.networking.k8s.io': 'forbidden' } }),
      manifests(pod(''), { missing: { 'clusterrolebindings.rbac.authorization.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
