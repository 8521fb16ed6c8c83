import type { ComponentFacts } from '#inventory/facts.js';
import type { ComponentFiles } from '#inventory/node-facts.js';
import { byText } from '#inventory/text-order.js';
import type { NodeEvidence } from '../node-evidence.js';
import { missing } from './document.js';
import { fileContents } from './file-contents.js';
import { ownProcesses, type OwnProcess } from './own-processes.js';
import { pathOn, settledFlags, type Flags } from './settled-flags.js';

const judged = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const satisfies readonly ComponentFacts['component'][];

/** Processes of the control plane on a node that are the cluster's own, each as its static pod would be named, or its node. */
export function componentFactsOf(node: string, evidence: NodeEvidence): readonly ComponentFacts[] {
  return judged.flatMap((component) => ownProcesses(evidence, node, component).toSorted(byWords).map((own) => factsOf(node, evidence, component, own)));
}

/** Numbers of processes change with every start. */
const byWords = ({ process: a }: OwnProcess, { process: b }: OwnProcess): number => byText(a.argv.join(' '), b.argv.join(' '));

function factsOf(node: string, evidence: NodeEvidence, component: ComponentFacts['component'], own: OwnProcess): ComponentFacts {
  const { process, staticPod } = own;
  const settled = settledFlags(evidence, component, own);
  const files = component === 'kube-apiserver' ? filesOf(evidence, own, settled.flags) : undefined;
  return {
    component, node, container: component,
    ...(staticPod ? { group: '', kind: 'Pod', ...staticPod } : { group: '', kind: 'Node', namespace: '', pod: node }),
    ...settled,
    ...(process.isArgvTruncated && { unseenFlags: `the command line of ${component} is longer than the node collector reads` }),
    ...(files && { files }),
  };
}

function filesOf(evidence: NodeEvidence, own: OwnProcess, flags: Flags): ComponentFiles | undefined {
  const files = Object.entries(fileContents).flatMap(([flag, contentAt]) => {
    const path = pathOn(own, flags, flag);
    if (!path) return [];
    if (path.state === 'host') return [[flag, contentAt(evidence, path.path)] as const];
    return [[flag, missing('not-requested', path.state === 'container' ? `the file that --${flag} names is inside the container, where the node collector does not look` : path.detail)] as const];
  });
  return files.length === 0 ? undefined : Object.fromEntries(files);
}
