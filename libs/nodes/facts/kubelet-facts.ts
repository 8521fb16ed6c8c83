import { componentFlags } from '#inventory/components/component-flags.js';
import { effectiveKubelet, type KubeletInput } from '#inventory/components/effective-kubelet.js';
import { kubeletFacts } from '#inventory/components/kubelet-facts.js';
import type { ConfigDocument, Setting } from '#inventory/components/readable.js';
import type { KubeletFacts } from '#inventory/facts.js';
import type { Observed } from '#inventory/observed.js';
import type { MinorVersion } from '#inventory/readers/minor-version.js';
import type { ComponentProcess } from '../component-process.js';
import { hostPathOf, isBelow } from '../host-path.js';
import { treeAt } from '../look-up.js';
import type { NodeEvidence } from '../node-evidence.js';
import { leavesAt, missing } from './document.js';
import { argumentsOf, ownProcesses } from './own-processes.js';

/**
 * What the kubelet of a node goes by, by its command line, its file and its drop-ins. `version` is the kubelet's own, for
 * defaults and for how drop-ins are joined; undefined where nobody knows it.
 */
export function kubeletFactsOf(node: string, evidence: NodeEvidence, version: MinorVersion | undefined): Observed<KubeletFacts> {
  const own = ownProcesses(evidence, node, 'kubelet');
  const [only] = own;
  if (!only) return missing('not-requested', embeddedIn(evidence) ?? (evidence.processes.truncated ? 'the node collector did not see all processes, and no kubelet among those that it saw' : 'no kubelet runs among the processes that the node collector saw'));
  if (own.length > 1) return missing('invalid', 'more than one kubelet runs on the node: whose settings count cannot be told');
  if (only.process.isArgvTruncated) return missing('too-large', 'the kubelet\'s command line is longer than is read');
  return { state: 'observed', value: kubeletFacts(node, effectiveKubelet(inputOf(evidence, only.process, version))) };
}

/** k3s, RKE2 and MicroK8s run the kubelet inside a process of their own, whose arguments are not the kubelet's. */
function embeddedIn({ processes }: NodeEvidence): string | undefined {
  const server = processes.items.find(({ component }) => /^k3s-|^rke2-|^kubelite$/.test(component));
  return server && `the kubelet runs inside ${server.component}, whose process does not show its settings`;
}

function inputOf(evidence: NodeEvidence, process: ComponentProcess, version: MinorVersion | undefined): KubeletInput {
  const flags = componentFlags('kubelet', argumentsOf(process), version);
  const [config, directory] = (['config', 'config-dir'] as const).map((flag) => pathAt(process, flags.setting(flag)));
  const file = config === undefined ? undefined : leavesAt(evidence, 'kubelet', config, 'KubeletConfiguration');
  const dropIns = directory === undefined ? undefined : dropInsBelow(evidence, directory);
  return { flags, ...(file && { config: file }), ...(dropIns && { dropIns }) };
}

function pathAt(process: ComponentProcess, setting: Setting<unknown>): string | undefined {
  if (setting.state !== 'read' || typeof setting.value !== 'string' || !setting.value.startsWith('/')) return undefined;
  const host = hostPathOf(process, setting.value);
  return host.state === 'host' ? host.path : undefined;
}

/** Undefined unless the directory was seen whole, with every file in it. */
function dropInsBelow(evidence: NodeEvidence, directory: string): readonly ConfigDocument[] | undefined {
  const tree = treeAt(evidence, directory);
  if (tree?.state === 'absent') return [];
  if (tree?.state !== 'read' || tree.truncated) return undefined;
  const files = tree.paths.filter((path) => path.endsWith('.conf') && isBelow(path, directory)).map((path) => leavesAt(evidence, 'kubelet', path, 'KubeletConfiguration'));
  return files.every((file) => file !== undefined) ? files : undefined;
}
