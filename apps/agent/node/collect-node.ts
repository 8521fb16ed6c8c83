import type { ComponentProcess } from '#nodes/component-process.js';
import { hostPathOf, type HostPath } from '#nodes/host-path.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { Accounts } from './accounts.js';
import { FileBook } from './file-book.js';
import { kernelOf, machineOf, osOf, packagesOf, platformsOf } from './host-facts.js';
import { HostRoot } from './host-root.js';
import { controlPlanePorts, usualLocations } from './locations.js';
import { findProcesses } from './processes.js';
import { listeningSockets } from './sockets.js';
import { onTheNode, Surveyor } from './surveyor.js';
import { findUnits } from './units.js';

/** Reads one node. Throws only where `root` is no directory: all else is a fact in the evidence. */
export function collectNode(rootDirectory: string, cluster: string | undefined): NodeEvidence {
  const startedAt = new Date().toISOString();
  const root = new HostRoot(rootDirectory);
  const accounts = new Accounts(root);
  const files = new FileBook(root, accounts);
  const surveyor = new Surveyor(files);

  const seen = findProcesses(root);
  for (const { fact, words } of seen.processes) {
    const where = (path: string): HostPath => hostPathOf(fact, path);
    surveyor.followWords(words.slice(1), fact.component, where);
    if (fact.component === 'etcd') surveyor.followWords(etcdVariables(fact), fact.component, where);
  }
  const units = findUnits(files);
  for (const { name, files: unitFiles } of units) {
    for (const { content } of unitFiles) {
      if (content.state !== 'read') continue;
      const component = /^(k3s|rke2)/.exec(name)?.[1] === undefined ? (name === 'kubelet.service' ? 'kubelet' : undefined) : name.startsWith('k3s') ? 'k3s-server' : 'rke2-server';
      for (const words of content.value.execStart) surveyor.followWords(words, component, onTheNode);
      for (const { value } of content.value.environment) surveyor.followWords(value.split(/\s+/), component, onTheNode);
      for (const path of content.value.environmentFiles) surveyor.survey([path, 'environment-file']);
    }
  }
  for (const location of usualLocations) surveyor.survey(location);

  const evidence = {
    platforms: platformsOf(files),
    os: osOf(root),
    kernel: kernelOf(root),
    packages: packagesOf(root),
    processes: { items: seen.processes.map(({ fact }) => fact), truncated: seen.truncated },
    files: files.listed(),
    trees: surveyor.trees.listed(),
    configs: surveyor.configs(),
    certificates: surveyor.certificates(),
    units: { items: units, truncated: false },
    sockets: listeningSockets(root, new Set([...controlPlanePorts, ...surveyor.ports])),
    accounts: accounts.reading,
  } satisfies Omit<NodeEvidence, 'collection'>;
  const machine = machineOf(root, cluster);
  return {
    collection: { startedAt, finishedAt: new Date().toISOString(), uid: process.geteuid?.() ?? 0, seesAllProcesses: seen.seesAll, notes: seen.notes },
    ...(machine !== undefined && { machine }),
    ...evidence,
  };
}

/** etcd takes its flags from variables too: `ETCD_DATA_DIR` is `--data-dir`. */
const etcdVariables = ({ environment }: ComponentProcess): readonly string[] =>
  environment.state === 'read' ? environment.value.flatMap(({ name, value }) => (name.startsWith('ETCD_') ? [`--${name.slice('ETCD_'.length).toLowerCase().replaceAll('_', '-')}=${value}`] : [])) : [];
