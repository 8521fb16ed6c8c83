import { effectiveEtcd } from '#inventory/components/config-file-components.js';
import type { ComponentFacts } from '#inventory/facts.js';
import { flagsOf } from '#inventory/projection/component.js';
import type { ConfigFact } from '../config-facts.js';
import { fileAt } from '../look-up.js';
import type { NodeEvidence } from '../node-evidence.js';
import type { UnitFact } from '../unit-fact.js';
import { leavesAt, unreadText } from './document.js';
import { etcdFlags } from './settled-flags.js';

const embedded = { 'kube-apiserver': 'kube-apiserver-arg', 'kube-controller-manager': 'kube-controller-manager-arg', 'kube-scheduler': 'kube-scheduler-arg' } as const;
const switchedOff = { 'kube-apiserver': 'disable-apiserver', 'kube-controller-manager': 'disable-controller-manager', 'kube-scheduler': 'disable-scheduler' } as const;

/**
 * Components that a k3s server runs inside its own process, which shows no arguments: what its files of configuration and its
 * unit give them is seen, what k3s gives them by itself is not. RKE2 runs them as static pods, which show theirs.
 */
export function rancherComponents(node: string, evidence: NodeEvidence): readonly ComponentFacts[] {
  const server = evidence.processes.items.find(({ component, container, uid }) => component === 'k3s-server' && !container && uid === 0);
  if (!server) return [];
  const options = optionsOf(evidence);
  const unread = unreadOptions(evidence);
  const own = { node, group: '', kind: 'Node', namespace: '', pod: node } as const;
  const components = (Object.keys(embedded) as readonly (keyof typeof embedded)[]).flatMap((component): readonly ComponentFacts[] => {
    if (options.get(switchedOff[component])?.at(-1) === 'true') return [];
    const words = (options.get(embedded[component]) ?? []).map((word) => (word.startsWith('-') ? word : `--${word}`));
    // What was not read may replace what was.
    if (unread !== undefined) return [{ ...own, component, container: 'k3s', flags: {}, unseenFlags: unread }];
    return [{ ...own, component, container: 'k3s', flags: flagsOf(words), unseenFlags: `k3s gives ${component} most of its flags by itself, and neither its files nor its process show them` }];
  });
  const etcd = etcdOf(evidence, options.get('data-dir')?.at(-1) ?? '/var/lib/rancher/k3s');
  return etcd ? [...components, { ...own, component: 'etcd', container: 'k3s', ...etcd }] : components;
}

/** Values of options in the order in which k3s takes them: its file, what lies in the directory beside it, its unit. */
function optionsOf(evidence: NodeEvidence): ReadonlyMap<string, readonly string[]> {
  const options = new Map<string, string[]>();
  for (const file of filesOf(evidence).toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (file.content.state !== 'read') continue;
    for (const { name, values, appends } of file.content.value.options) {
      const texts = values.map(String);
      options.set(name, appends ? [...(options.get(name) ?? []), ...texts] : texts);
    }
  }
  for (const words of startedWith(evidence)) for (const [name, values] of Object.entries(flagsOf(words.slice(1)))) options.set(name, [...(options.get(name) ?? []), ...values]);
  return options;
}

type RancherFile = Extract<ConfigFact, { readonly kind: 'rancher' }>;

const filesOf = ({ configs }: NodeEvidence): readonly RancherFile[] => configs.items.filter((config): config is RancherFile => config.kind === 'rancher' && config.path.includes('/k3s/'));

const unitOf = (units: NodeEvidence['units']): UnitFact | undefined => units.items.find(({ name, isMasked }) => name === 'k3s.service' && !isMasked);

/** Why k3s may have been told more than its files and its unit show. */
function unreadOptions(evidence: NodeEvidence): string | undefined {
  if (evidence.configs.truncated) return 'the node has more configuration than the node collector tells of';
  const unit = unitOf(evidence.units);
  if (unit?.truncated === true) return `not all drop-ins of ${unit.name} were read`;
  for (const { path, content } of [...filesOf(evidence), ...(unit?.files ?? [])]) {
    if (content.state !== 'read' && content.state !== 'absent') return `${path}, which tells k3s how to start its components, could not be read: ${unreadText(content)}`;
  }
  return undefined;
}

/** What the last ExecStart of the unit says. */
function startedWith({ units }: NodeEvidence): readonly (readonly string[])[] {
  const started = (unitOf(units)?.files ?? []).flatMap(({ content }) => (content.state === 'read' ? content.value.execStart : []));
  return started.slice(-1);
}

/** k3s writes a file of configuration for the etcd that it runs, where it runs one. */
function etcdOf(evidence: NodeEvidence, data: string): Pick<ComponentFacts, 'flags' | 'settingsFrom' | 'unreadFlags'> | undefined {
  const path = `${data}/server/db/etcd/config`;
  const file = fileAt(evidence, path);
  if (!file || file.state === 'absent') return undefined;
  const config = leavesAt(evidence, 'etcd', path, undefined);
  const effective = effectiveEtcd({ args: [`--config-file=${path}`], version: undefined, isEnvironmentWhole: true, ...(config && { config }) });
  const { flags, unread } = etcdFlags(effective);
  return { flags: { 'config-file': [path], ...flags }, settingsFrom: path, ...(Object.keys(unread).length > 0 && { unreadFlags: unread }) };
}
