import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, pass } from '../engine/verdict.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { agentsOf, uncoveredNodes } from './node-coverage.js';
import { approvedSensors, sensors } from './sensors.js';

const node = (name: string, extra = '') => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nspec: {${extra}}\n---\n`;
const falco = (name: string, tolerations = '[]') => `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: falco, namespace: falco, uid: u1}\nspec: {template: {metadata: {labels: {app: falco}}, spec: {tolerations: ${tolerations}, containers: [{name: falco, image: docker.io/falcosecurity/falco:0.41.0}]}}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: falco-1, namespace: falco, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: falco, uid: u1, controller: true}]}\nspec: {nodeName: ${name}, tolerations: ${tolerations}, containers: [{name: falco, image: docker.io/falcosecurity/falco:0.41.0}]}\nstatus: {phase: Running}\n`;

export const sensorCoverage = defineControl({
  id: 'runtime/sensor-coverage',
  title: 'A runtime sensor runs on every node',
  severity: 'high',
  why: 'What happens inside containers is seen by nothing but a sensor on their node; a node without one is where an attacker stays.',
  remediation: 'Install one sensor (Falco, Tetragon, Tracee, KubeArmor or your vendor\'s) as a DaemonSet, and let it tolerate the taints of every node, those of the control plane too.',
  frameworks: {
    'nsa-cisa': ['detection/tools'], 'nist-800-190': ['4.4.4', '4.4.5'], 'nist-800-53': ['CA-7', 'SI-4'], 'mitre-attack': ['T1059.013', 'T1496.001', 'T1609', 'T1611'],
    'owasp-kubernetes': ['K10'], 'pci-dss': ['11.5.1'], soc2: ['CC6.8', 'CC7.2'],
  },
  evidence: ['api'],
  scope: wholeCluster(['nodes', 'daemonsets.apps', 'pods']),
  check(world) {
    const agents = agentsOf(world, approvedSensors(world.policy));
    if (agents.length === 0) {
      world.workloads(['daemonsets.apps']);
      const others = [...new Set(agentsOf(world, sensors).map(({ product }) => product))];
      return fail(world.policy.approvedSensors
        ? `no runtime sensor that the organisation approves runs as a DaemonSet${others.length === 0 ? '' : `; ${others.join(', ')} does, and is not on its list`}`
        : 'no runtime sensor that is known here runs as a DaemonSet');
    }
    const uncovered = uncoveredNodes(world, agents);
    if (uncovered.length === 0) return pass;
    const products = [...new Set(agents.map((agent) => agent.product))].join(', ');
    return fail(`${products} does not run on ${uncovered.length} of ${world.list('nodes').length} nodes: ${uncovered.slice(0, 3).map(({ node: name, because }) => `${name} (${because})`).join(', ')}${uncovered.length > 3 ? ' …' : ''}`, {
      detail: { nodes: uncovered.slice(0, 50), count: uncovered.length },
    });
  },
  examples: {
    passes: [
      manifests(`${node('a')}${falco('a')}`),
      manifests(`${node('a')}${falco('a')}`, { policy: { approvedSensors: ['falco', 'our-own-sensor'] } }),
    ],
    fails: [
      manifests(node('a').slice(0, -4)),
      manifests(`${node('a')}${falco('a')}`, { policy: { approvedSensors: ['Tetragon'] }, title: 'A sensor that the organisation has not approved' }),
      manifests(`${node('a')}${node('b', 'taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]')}${falco('a')}`),
    ],
    unknown: [manifests(node('a').slice(0, -4), { missing: { 'daemonsets.apps': 'forbidden' } })],
  },
});
