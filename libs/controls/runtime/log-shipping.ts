import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, passPart, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { judgeAuditLog } from './audit-log-shipping.js';
import { logShippers } from './log-shippers.js';
import { agentsOf, uncoveredNodes, type Agent } from './node-coverage.js';

function judgeNodes(world: World, shippers: readonly Agent[]): Verdict {
  const part = 'nodes';
  if (shippers.length === 0) {
    world.workloads(['daemonsets.apps']);
    return fail('no log shipper that is known here runs as a DaemonSet', { part });
  }
  const uncovered = uncoveredNodes(world, shippers);
  if (uncovered.length === 0) return passPart(part);
  const products = [...new Set(shippers.map(({ product }) => product))].join(', ');
  return fail(`${products} does not run on ${uncovered.length} of ${world.list('nodes').length} nodes: ${uncovered.slice(0, 3).map(({ node, because }) => `${node} (${because})`).join(', ')}${uncovered.length > 3 ? ' …' : ''}`, {
    part, detail: { nodes: uncovered.slice(0, 50), count: uncovered.length },
  });
}

const node = (name: string, extra = '') => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nspec: {${extra}}\n---\n`;
const shipper = (name: string, { image = 'docker.io/fluent/fluent-bit:4.1.1', path = '/var/log' } = {}) => {
  const spec = `containers: [{name: shipper, image: '${image}', volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]}], volumes: [{name: logs, hostPath: {path: ${path}}}]`;
  return `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: logs, namespace: observability, uid: u1}\nspec: {template: {spec: {${spec}}}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: logs-1, namespace: observability, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: logs, uid: u1, controller: true}]}\nspec: {nodeName: ${name}, ${spec}}\nstatus: {phase: Running}\n---\n`;
};
const server = (flags: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-a, namespace: kube-system, annotations: {kubernetes.io/config.mirror: x}}\nspec: {nodeName: a, containers: [{name: kube-apiserver, image: registry.k8s.io/kube-apiserver:v1.36.1, command: [kube-apiserver, ${flags}]}]}\nstatus: {phase: Running}`;
const policy = '--audit-policy-file=/etc/kubernetes/audit.yaml';

export const logShipping = defineControl({
  id: 'runtime/log-shipping',
  title: 'Container logs and the audit log leave their nodes',
  severity: 'medium',
  why: 'A log that lies on the node where something happened is deleted with the pod, rotated away in hours, and the first thing an intruder removes; without the audit log nobody can say afterwards who did what through the API.',
  remediation: 'Run one log shipper (Fluent Bit, Vector, Alloy, Filebeat, an OpenTelemetry Collector …) as a DaemonSet with /var/log mounted read-only and a toleration for every taint. Give the API server an audit policy, and either --audit-webhook-config-file or a log file in a directory of its own that the shipper mounts.',
  frameworks: {
    'nsa-cisa': ['logging/audit#audit-log', 'logging/nodes-and-containers#nodes', 'logging/syslog'], 'nist-800-53': ['AU-4(1)', 'AU-9', 'AU-9(2)', 'AU-12'],
    'mitre-attack': ['T1070', 'T1685'], 'owasp-kubernetes': ['K10'], 'pci-dss': ['10.2.1', '10.3.2', '10.3.3'], soc2: ['CC7.2'],
  },
  evidence: ['api', 'flags'],
  parts: { nodes: 'a log shipper on every node', 'audit-log': 'the API server\'s audit log' },
  scope: wholeCluster(['nodes', 'daemonsets.apps', 'pods']),
  check(world) {
    const shippers = agentsOf(world, logShippers);
    return [judgeNodes(world, shippers), judgeAuditLog(world, shippers)];
  },
  examples: {
    passes: [
      manifests(`${node('a')}${shipper('a')}${server(`${policy}, --audit-webhook-config-file=/etc/kubernetes/webhook.yaml`)}`),
      manifests(`${node('a')}${shipper('a')}${server(`${policy}, --audit-log-path=-`)}`, { title: 'printed, and read with what containers print' }),
      manifests(`${node('a')}${shipper('a', { image: 'registry.example/mirror/otel/opentelemetry-collector-k8s:0.130.0' })}${server(`${policy}, --audit-webhook-config-file=/w`)}`),
    ],
    fails: [
      manifests(`${node('a')}${server(`${policy}, --audit-webhook-config-file=/w`)}`, { title: 'no shipper' }),
      manifests(`${node('a')}${node('b', 'taints: [{key: dedicated, value: gpu, effect: NoSchedule}]')}${shipper('a')}${server(`${policy}, --audit-webhook-config-file=/w`)}`, { title: 'not on a tainted node' }),
      manifests(`${node('a')}${shipper('a', { image: 'otel/opentelemetry-collector:0.130.0', path: '/proc' })}${server(`${policy}, --audit-webhook-config-file=/w`)}`, { title: 'a collector that cannot read the node\'s logs' }),
      manifests(`${node('a')}${shipper('a')}${server('--audit-log-path=/var/log/audit/audit.log')}`, { title: 'no audit policy' }),
      manifests(`${node('a')}${shipper('a')}${server(policy)}`, { title: 'no audit log' }),
      manifests(`${node('a')}${shipper('a')}${server(`${policy}, --audit-log-path=/srv/audit/audit.log`)}`, { title: 'an audit log nobody can read' }),
    ],
    unknown: [
      manifests(`${node('a')}${shipper('a')}`.slice(0, -4), { title: 'a control plane that is not visible' }),
      manifests(`${node('a')}${shipper('a')}${server(`${policy}, --audit-log-path=/var/log/audit/audit.log`)}`, { title: 'whether the shipper reads that file' }),
      manifests(node('a').slice(0, -4), { missing: { 'daemonsets.apps': 'forbidden' } }),
    ],
  },
});
