import type { StartedProgram } from '#inventory/facts.js';
import type { ContainerSubject } from '../engine/scope.js';
import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import { notApplicable, provenFail, provenPassPart, type Verdict } from '../engine/verdict.js';
import { eachContainer } from '../scopes/each-container.js';

/** Below it, Linux lets only root and NET_BIND_SERVICE listen. */
const FIRST_FREE_PORT = 1024;
const SSH = 22;
/** Resolvers ask name servers on no other port. */
const DNS = 53;

function judgePort({ container: { name, ports }, template }: ContainerSubject): Verdict {
  const part = 'privileged-port';
  // What shares its node's addresses is asked on the very port that its clients know.
  if (template.hostNetwork) return notApplicable('on its node\'s own network nothing maps one port to another', part);
  const low = [...new Set(ports.map(({ port }) => port))].filter((port) => port > 0 && port < FIRST_FREE_PORT && port !== DNS);
  if (low.length === 0) return provenPassPart(part);
  return provenFail(`container ${name} listens on port ${low.slice(0, 5).join(', ')}${low.length > 5 ? ' …' : ''}, below ${FIRST_FREE_PORT}, though a Service can map it to a higher one`, { part, detail: { ports: low.slice(0, 20) } });
}

const starts = ({ container: { starts: programs } }: ContainerSubject, program: StartedProgram): boolean => programs?.includes(program) === true;

function judgeSsh(subject: ContainerSubject): Verdict {
  const part = 'ssh';
  const { name, ports } = subject.container;
  if (starts(subject, 'sshd')) return provenFail(`container ${name} starts an SSH server`, { part });
  return ports.some(({ port, protocol }) => port === SSH && protocol === 'TCP') ? provenFail(`container ${name} listens on port ${SSH}, the port of SSH`, { part }) : provenPassPart(part);
}

const judgeSudo = (subject: ContainerSubject): Verdict =>
  starts(subject, 'sudo') ? provenFail(`container ${subject.container.name} starts through sudo`, { part: 'sudo' }) : provenPassPart('sudo');

export const privilegedPortAndSsh = defineControl({
  id: 'workloads/privileged-port-and-ssh',
  title: 'Containers declare no privileged port, and their commands start neither SSH servers nor sudo',
  severity: 'low',
  why: 'A port below 1024 is what images keep root or NET_BIND_SERVICE for. An SSH server is a second way in, past the API server\'s authorisation and audit log, with keys that nobody rotates. What needs sudo to start has a way to root that whoever breaks in takes as well.',
  remediation: 'Let the program listen on a port above 1023 and map it: `targetPort` of the Service keeps the port that clients know. Take the SSH server out of the image and use `kubectl exec`, whose use RBAC limits and the audit log records. Start the program as the user it needs (`runAsUser`), and give files their owner while the image is built, so that sudo can go.',
  frameworks: {
    'nist-800-190': ['4.1.2#ssh', '4.1.2#sudo'], 'nist-800-53': ['AC-6#sudo', 'AC-17#ssh', 'CM-7'], 'mitre-attack': ['T1133#ssh', 'T1068#sudo'],
    'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.4', '2.2.5#ssh'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  parts: { 'privileged-port': 'no port below 1024 that is not needed', ssh: 'no SSH server', sudo: 'a start without sudo' },
  scope: eachContainer,
  check: (subject) => [judgePort(subject), judgeSsh(subject), judgeSudo(subject)],
  examples: {
    passes: [
      container('ports: [{containerPort: 8080}]'),
      container('ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53}]', { title: 'A name server' }),
      container('command: [sh, -c, "apt-get install -y sudo && app"]', { title: 'What is installed is not what is started' }),
      podSpec('hostNetwork: true\ninitContainers:\n- name: proxy\n  image: registry.example/proxy:1\n  ports: [{containerPort: 443}]', { title: 'On the node\'s own network' }),
    ],
    fails: [
      container('ports: [{containerPort: 80, name: http}]'),
      container('ports: [{containerPort: 8443, hostPort: 443}, {containerPort: 80, hostPort: 80}]', { title: 'The node\'s port may differ from the container\'s' }),
      container('ports: [{containerPort: 22}]'),
      container('command: [/usr/sbin/sshd, -D]'),
      container('command: [sh, -c]\nargs: ["service ssh start; exec app"]'),
      container('command: [sudo, app]'),
      manifests('apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: backup, namespace: shop}\nspec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {initContainers: [{name: own, image: registry.example/backup:1, command: [bash, -c, "sudo chown backup /data"]}], containers: [{name: backup, image: registry.example/backup:1}]}}}}}', { title: 'In an init container' }),
    ],
  },
});
