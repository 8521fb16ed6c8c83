import type { Container, PodTemplate, Workload } from '#inventory/facts.js';
import { enforcedLevel } from '#inventory/pod-security/namespace-labels.js';
import { policyKeys, wayKeys } from '#inventory/reachability/from-inventory.js';
import { seccompOf } from '#inventory/readers/seccomp.js';
import { defineIndex, type World } from '../engine/world.js';
import { permissionKeys } from '../indexes/account-permissions.js';
import { ownsNode } from '../risk/owns-node.js';
import { surroundings } from '../risk/surroundings.js';
import { agentsOf, uncoveredNodes } from './node-coverage.js';
import { approvedSensors } from './sensors.js';

/** One of the layers between who reaches a workload and the node beneath it. */
export interface Defence {
  readonly id: string;
  /** What it is. */
  readonly title: string;
  /** Throws MissingEvidenceError where what tells could not be read. */
  readonly stands: (subject: { readonly workload: Workload; readonly template: PodTemplate }, world: World) => boolean;
}

const sensorsEverywhere = defineIndex(['nodes', 'daemonsets.apps', 'pods'], (world) => {
  const agents = agentsOf(world, approvedSensors(world.policy));
  return agents.length > 0 && uncoveredNodes(world, agents).length === 0;
});
const enforcedNamespaces = defineIndex(['namespaces'], (world) =>
  new Set(world.list('namespaces').flatMap(({ name, labels }) => ((enforcedLevel(labels) ?? 'privileged') === 'privileged' ? [] : name))),
);

const isNoRoot = ({ securityContext: ofPod, hostUsers }: PodTemplate, { securityContext: own }: Container): boolean =>
  hostUsers === false || (own?.runAsNonRoot ?? ofPod?.runAsNonRoot) === true || (own?.runAsUser ?? ofPod?.runAsUser ?? 0) > 0;

const isConfined = ({ securityContext }: Container): boolean =>
  securityContext?.privileged !== true && securityContext?.allowPrivilegeEscalation === false && (securityContext.capabilities?.drop.includes('ALL') ?? false);

const isFiltered = (template: PodTemplate, container: Container): boolean => ['RuntimeDefault', 'Localhost'].includes(seccompOf(template, container, false)?.type ?? '');

/** From the outside in. */
export const defences: readonly Defence[] = [
  {
    id: 'network', title: 'a network policy that names who may come from beyond its namespace',
    stands({ workload }, world) {
      for (const key of [...policyKeys, ...wayKeys]) world.list(key);
      return ['namespace', 'none'].includes(world.use(surroundings).of(workload).exposure ?? '');
    },
  },
  { id: 'admission', title: 'an enforced Pod Security level', stands: ({ workload }, world) => world.use(enforcedNamespaces).has(workload.namespace) },
  { id: 'user', title: 'a user other than root', stands: ({ template }) => template.containers.every((container) => isNoRoot(template, container)) },
  { id: 'capabilities', title: 'dropped capabilities that cannot be regained', stands: ({ template }) => template.containers.every(isConfined) },
  { id: 'seccomp', title: 'a filter of system calls', stands: ({ template }) => template.containers.every((container) => isFiltered(template, container)) },
  { id: 'node', title: 'nothing of the node in its hands', stands: ({ template }) => !ownsNode(template) && !template.hostNetwork && !template.hostIPC },
  {
    id: 'identity', title: 'a service account with nothing to steal',
    stands({ workload }, world) {
      for (const key of permissionKeys) world.list(key);
      return ['some', 'none'].includes(world.use(surroundings).rights(workload));
    },
  },
  { id: 'detection', title: 'a sensor on every node', stands: (_, world) => world.use(sensorsEverywhere) },
];
