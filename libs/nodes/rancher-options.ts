import { defaultK3sData } from '#inventory/components/k3s-components.js';
import { optionOf, optionsOf, rancherOptions, type RancherOptions, type RancherProduct } from '#inventory/components/rancher-options.js';
import type { ComponentProcess } from './component-process.js';
import type { RancherSettings } from './config-facts.js';
import type { IndexedEvidence } from './indexed-evidence.js';

/** Options of a server or agent of k3s or RKE2 in force; or why they cannot be told. */
export type ReadOptions = { readonly state: 'read'; readonly options: RancherOptions } | { readonly state: 'unknown'; readonly detail: string };

const unknown = (detail: string): ReadOptions => ({ state: 'unknown', detail });

const productOf = ({ component }: ComponentProcess): RancherProduct => (component.startsWith('k3s') ? 'k3s' : 'rke2');

/** Both overwrite their arguments, so that they are told from what starts them: the unit, the environment and the configuration, all of it. */
export function optionsOfProcess(index: IndexedEvidence, process: ComponentProcess): ReadOptions {
  const product = productOf(process);
  const words = wordsOf(index, process);
  if (typeof words === 'string') return unknown(words);
  if (process.environment.state !== 'read') return unknown(`the environment of ${product}, which may name another configuration file, was not read`);
  const environment = Object.fromEntries(process.environment.value.map(({ name, value }) => [name, value]));
  const onCommandLine = optionsOf(words);
  const file = environment[`${product.toUpperCase()}_CONFIG_FILE`] ?? optionOf(onCommandLine, 'config') ?? `/etc/rancher/${product}/config.yaml`;
  const files = filesOf(index, file);
  return typeof files === 'string' ? unknown(files) : { state: 'read', options: rancherOptions(product, { files, words, environment }) };
}

const units: Readonly<Record<RancherProduct, readonly string[]>> = { k3s: ['k3s.service', 'k3s-agent.service'], rke2: ['rke2-server.service', 'rke2-agent.service'] };

/** Arguments behind `server` or `agent`. */
function wordsOf(index: IndexedEvidence, process: ComponentProcess): readonly string[] | string {
  const product = productOf(process);
  if (process.isArgvTruncated) return `the command line of ${product} (process ${process.pid}) is longer than is read`;
  if (!process.isArgvTitle) return process.argv.slice(2);
  const unit = units[product].map((name) => index.unit(name)).find((found) => found);
  if (!unit) return `${product} hides its arguments, and the unit that starts it was not found`;
  if (unit.truncated) return `not all drop-ins of ${unit.name} were read`;
  let start: readonly string[] | undefined;
  for (const { path, content } of unit.files) {
    if (content.state !== 'read') return `${path}, which starts ${product}, was not read`;
    // An empty one takes back those before.
    for (const words of content.value.execStart) start = words.length === 0 ? undefined : words;
  }
  if (!start) return `${unit.name} does not say how ${product} is started`;
  if (start.some((word) => word.includes('$'))) return `${unit.name} starts ${product} with variables whose values are not read`;
  const at = start.findIndex((word) => word === 'server' || word === 'agent');
  return at < 0 ? `${unit.name} does not start a server or an agent of ${product}` : start.slice(at + 1);
}

/** The file and its drop-ins in the order that they count; why not, where one was not read. */
function filesOf(index: IndexedEvidence, file: string): readonly RancherSettings[] | string {
  const base = index.config('rancher', file);
  if (!base) return `${file} was not read`;
  if (base.state !== 'read' && base.state !== 'absent') return `${file} could not be read: ${base.detail}`;
  const directory = `${file}.d`;
  const tree = index.tree(directory);
  const read = base.state === 'read' ? [base.value] : [];
  if (tree?.state === 'absent') return read;
  if (tree?.state !== 'read' || tree.truncated) return `${directory} was not listed`;
  for (const path of tree.paths.filter((each) => /\.ya?ml$/.test(each)).toSorted()) {
    const dropIn = index.config('rancher', path);
    if (dropIn?.state !== 'read') return `${path} was not read`;
    read.push(dropIn.value);
  }
  return read;
}

/** Whether k3s has written a file for the etcd that it runs; undefined where nobody looked. */
export function hasEtcdFile(index: IndexedEvidence, options: RancherOptions): boolean | undefined {
  const state = index.file(etcdFileOf(options))?.state;
  return state === 'present' ? true : state === 'absent' ? false : undefined;
}

export const etcdFileOf = (options: RancherOptions): string => `${optionOf(options, 'data-dir') ?? defaultK3sData}/server/db/etcd/config`;
