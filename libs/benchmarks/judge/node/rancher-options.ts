import type { ComponentProcess } from '#nodes/component-process.js';
import type { RancherSettings } from '#nodes/config-facts.js';
import type { IndexedEvidence } from './indexed-evidence.js';

/** Options of a server or agent of k3s or RKE2 by name, in force; or why they cannot be told. */
export type RancherOptions = { readonly state: 'read'; readonly values: ReadonlyMap<string, readonly string[]> } | { readonly state: 'unknown'; readonly detail: string };

const unknown = (detail: string): RancherOptions => ({ state: 'unknown', detail });

type Product = 'k3s' | 'rke2';
const productOf = ({ component }: ComponentProcess): Product => (component.startsWith('k3s') ? 'k3s' : 'rke2');

/**
 * Both overwrite their arguments, so that they are told from what starts them: the unit, the environment and the
 * configuration. A file's options come before those of its drop-ins, which replace them unless written `name+`, and
 * before arguments: of lists all count, of others the last (pkg/configfilearg/parser.go of k3s).
 */
export function rancherOptions(index: IndexedEvidence, process: ComponentProcess): RancherOptions {
  const product = productOf(process);
  const words = wordsOf(index, process);
  if (typeof words === 'string') return unknown(words);
  const onCommandLine = optionsOf(words);
  const environment = process.environment.state === 'read' ? new Map(process.environment.value.map(({ name, value }) => [name, value])) : undefined;
  if (!environment) return unknown(`the environment of ${product}, which may name another configuration file, was not read`);
  const variable = (name: string): string | undefined => environment.get(`${product.toUpperCase()}_${name}`);
  const file = variable('CONFIG_FILE') ?? onCommandLine.get('config')?.at(-1) ?? onCommandLine.get('c')?.at(-1) ?? `/etc/rancher/${product}/config.yaml`;
  const values = new Map<string, readonly string[]>();
  const files = filesOf(index, file);
  if (typeof files === 'string') return unknown(files);
  for (const { options } of files) {
    const own = new Map<string, readonly string[]>();
    for (const { name, values: given, appends } of options) own.set(name, [...(appends ? (own.get(name) ?? values.get(name) ?? []) : []), ...given.map(String)]);
    for (const [name, given] of own) values.set(name, given);
  }
  for (const [name, given] of onCommandLine) values.set(name, [...(values.get(name) ?? []), ...given]);
  const endpoint = variable('DATASTORE_ENDPOINT');
  if (endpoint !== undefined && !values.has('datastore-endpoint')) values.set('datastore-endpoint', [endpoint]);
  const data = variable('DATA_DIR');
  if (data !== undefined && !values.has('data-dir')) values.set('data-dir', [data]);
  return { state: 'read', values };
}

const units: Readonly<Record<Product, readonly string[]>> = { k3s: ['k3s.service', 'k3s-agent.service'], rke2: ['rke2-server.service', 'rke2-agent.service'] };

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

/** Every flag but switches takes a value. */
function optionsOf(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const options = new Map<string, string[]>();
  for (let at = 0; at < words.length; at++) {
    const [, name, value] = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(words[at]!) ?? [];
    if (name === undefined) continue;
    const next = words[at + 1];
    const own = value ?? (next !== undefined && !/^--?[A-Za-z]/.test(next) ? words[++at]! : 'true');
    const known = options.get(name);
    if (known) known.push(own);
    else options.set(name, [own]);
  }
  return options;
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
