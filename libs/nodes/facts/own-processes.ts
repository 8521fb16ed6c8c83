import { isControlPlaneNamespace } from '#inventory/projection/component.js';
import { componentOf } from '../component-of.js';
import type { Component, ComponentProcess } from '../component-process.js';
import type { NodeEvidence } from '../node-evidence.js';

/** For people: why a component may run here that is not among the processes. */
export const unseenProcesses = ({ processes }: NodeEvidence): string | undefined => (processes.truncated ? 'the node collector did not see all processes of the node: run it as root, with the root of the node' : undefined);

/** The static pod that a process is of, as its mirror would be named. */
export interface StaticPod {
  readonly namespace: string;
  readonly pod: string;
}

export interface OwnProcess {
  readonly process: ComponentProcess;
  /** Left out for a process of the node itself. */
  readonly staticPod?: StaticPod;
}

/**
 * Processes of a component that are the cluster's own. Whoever runs pods may run one that is called kube-apiserver, and
 * tenants' clusters do: in a container it counts only where a static pod's manifest starts it with the very same words, and
 * on the node itself only where root or a unit of systemd has started it.
 */
export function ownProcesses(evidence: NodeEvidence, node: string, component: Component): readonly OwnProcess[] {
  return evidence.processes.items.flatMap((process): readonly OwnProcess[] => {
    if (process.component !== component) return [];
    if (process.container) {
      const staticPod = staticPodOf(evidence, node, process);
      return staticPod ? [{ process, staticPod }] : [];
    }
    return process.uid === 0 || isStartedByUnit(evidence, component) ? [{ process }] : [];
  });
}

function staticPodOf(evidence: NodeEvidence, node: string, { component, argv }: ComponentProcess): StaticPod | undefined {
  for (const config of evidence.configs.items) {
    if (config.kind !== 'static-pod' || config.content.state !== 'read') continue;
    const { name, namespace = 'default', containers } = config.content.value;
    if (!isControlPlaneNamespace(namespace)) continue;
    if (containers.some((container) => componentOf(container.argv) === component && sameWords(container.argv, argv))) return { namespace, pod: `${name}-${node.toLowerCase()}` };
  }
  return undefined;
}

/** The program may be named by its path in one and by its name in the other. */
const sameWords = ([first = '', ...rest]: readonly string[], [program = '', ...words]: readonly string[]): boolean =>
  nameOf(first) === nameOf(program) && rest.length === words.length && rest.every((word, at) => word === words[at]);

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const isStartedByUnit = ({ units }: NodeEvidence, component: Component): boolean =>
  units.items.some(({ isMasked, files }) => !isMasked && files.some(({ content }) => content.state === 'read' && content.value.execStart.some((words) => componentOf(words) === component)));

/** Arguments behind the program, also behind hyperkube's sub-command. */
export const argumentsOf = ({ argv }: Pick<ComponentProcess, 'argv'>): readonly string[] => argv.slice(/(^|\/)hyperkube$/.test(argv[0] ?? '') ? 2 : 1);
