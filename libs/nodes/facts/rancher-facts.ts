import { effectiveEtcd } from '#inventory/components/config-file-components.js';
import { k3sComponentFacts } from '#inventory/components/k3s-facts.js';
import type { ComponentFacts } from '#inventory/facts.js';
import type { MinorVersion } from '#inventory/readers/minor-version.js';
import { IndexedEvidence } from '../indexed-evidence.js';
import type { NodeEvidence } from '../node-evidence.js';
import { etcdFileOf, hasEtcdFile, optionsOfProcess } from '../rancher-options.js';
import { leavesAt } from './document.js';
import { etcdFlags } from './settled-flags.js';

/** Components that a k3s server runs inside its own process, which shows no arguments. RKE2 runs them as static pods, which show theirs. */
export function rancherComponents(node: string, evidence: NodeEvidence, version: MinorVersion | undefined): readonly ComponentFacts[] {
  const index = new IndexedEvidence(evidence);
  const server = index.processesOf('k3s-server').find(({ container, uid }) => !container && uid === 0);
  if (!server) return [];
  const read = optionsOfProcess(index, server);
  const told = read.state === 'unknown' ? read : { ...read, hasEtcd: hasEtcdFile(index, read.options) };
  const components = k3sComponentFacts(node, told, version).map((facts) => ({ ...facts, node }));
  if (read.state === 'unknown') return components;
  const etcd = etcdOf(index, etcdFileOf(read.options));
  return etcd ? [...components, { node, group: '', kind: 'Node', namespace: '', pod: node, component: 'etcd', container: 'k3s', ...etcd }] : components;
}

/** k3s writes a file of configuration for the etcd that it runs, where it runs one. */
function etcdOf(index: IndexedEvidence, path: string): Pick<ComponentFacts, 'flags' | 'settingsFrom' | 'unreadFlags'> | undefined {
  const file = index.file(path);
  if (!file || file.state === 'absent') return undefined;
  const config = leavesAt(index.evidence, 'etcd', path, undefined);
  const effective = effectiveEtcd({ args: [`--config-file=${path}`], version: undefined, isEnvironmentWhole: true, ...(config && { config }) });
  const { flags, unread } = etcdFlags(effective);
  return { flags: { 'config-file': [path], ...flags }, settingsFrom: path, ...(Object.keys(unread).length > 0 && { unreadFlags: unread }) };
}
