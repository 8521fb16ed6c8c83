import type { ContainerPort } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import type { ContainerSubject } from '../engine/scope.js';
import { containerPatch } from '../patches/workload-patch.js';
import { eachContainer } from '../scopes/each-container.js';

const takesHostPort = ({ hostPort }: ContainerPort): boolean => hostPort !== undefined;
const inNodesNetwork = notApplicable('a pod in its node\'s network has all ports of the node: workloads/host-namespaces judges it');

/** A merge finds ports by their number alone, so of two that share it only one could be changed. */
function withoutHostPorts(subject: ContainerSubject, taken: readonly ContainerPort[]): unknown {
  const { ports } = subject.container;
  if (new Set(ports.map(({ port }) => port)).size < ports.length) return undefined;
  return containerPatch(subject, { ports: taken.map(({ port }) => ({ containerPort: port, hostPort: null })) });
}

export const hostPorts = defineControl({
  id: 'workloads/host-ports',
  title: 'Containers take no port of their node',
  severity: 'medium',
  why: 'A host port is open on the addresses of the node itself, past the Services and Ingresses where people look for what is exposed, and often past the firewall in front of them. It also binds the pod to nodes where nobody else has that port, one pod a node.',
  remediation: 'Remove `hostPort` from the container\'s ports and publish them by a Service: ClusterIP inside the cluster, LoadBalancer or an Ingress for the outside. A node agent that has to answer on its node keeps the one port it needs, with an exception on record.',
  frameworks: {
    'cis-kubernetes': ['5.2.12'], pss: ['baseline/hostPorts'], 'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.2', '4.4.3'],
    'nist-800-53': ['CM-7', 'SC-7'], 'mitre-attack': ['T1046', 'T1133'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['1.2.5', '2.2.4'], soc2: ['CC6.6'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check(subject) {
    const { container: judged, template } = subject;
    if (template.hostNetwork) return inNodesNetwork;
    if (!judged.ports.some(takesHostPort)) return pass;
    const taken = judged.ports.filter(takesHostPort);
    const names = taken.map(({ hostPort, protocol }) => `${hostPort}/${protocol}`);
    const others = names.length > 5 ? ` and ${names.length - 5} more` : '';
    return fail(`container ${judged.name} takes port ${names.slice(0, 5).join(', ')}${others} of its node`, { detail: { hostPorts: names.slice(0, 50) }, patch: withoutHostPorts(subject, taken) });
  },
  examples: {
    passes: [
      container('ports: [{containerPort: 8080}]'),
      container('ports: [{containerPort: 8080, hostPort: 0}]', { title: '0 is no port' }),
    ],
    fails: [
      container('ports: [{containerPort: 8080, hostPort: 80}]'),
      podSpec('initContainers:\n- name: proxy\n  image: registry.example/proxy:1\n  restartPolicy: Always\n  ports: [{containerPort: 9000, hostPort: 9000}]', { title: 'a sidecar' }),
      manifests(`
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: dns, namespace: shop}
spec:
  template:
    spec:
      containers:
      - name: dns
        image: registry.example/dns:1
        ports: [{containerPort: 53, hostPort: 53, protocol: UDP}, {containerPort: 53, hostPort: 53, protocol: TCP}]`),
    ],
    notApplicable: [podSpec('hostNetwork: true\ninitContainers:\n- name: proxy\n  image: registry.example/proxy:1\n  restartPolicy: Always\n  ports: [{containerPort: 9000}]')],
  },
});
