import type { Entry, NodePlan, Owner, Running } from './node-plan.js';
import { manifest, root } from './node-plan.js';

/** One difference from another root. Throws where there is nothing to change, so that a root never is its base by mistake. */
export type Change = (plan: NodePlan) => NodePlan;

export const changed = (plan: NodePlan, changes: readonly Change[]): NodePlan => changes.reduce((one, change) => change(one), plan);

const process = (name: string, edit: (running: Running) => Running): Change => (plan) => {
  if (!plan.processes.some((one) => one.name === name)) throw new Error(`no process ${name} runs there`);
  return { ...plan, processes: plan.processes.map((one) => (one.name === name ? edit(one) : one)) };
};

const entry = (path: string, edit: (entry: Entry) => Entry): Change => (plan) => {
  const known = plan.entries[path];
  if (!known) throw new Error(`nothing is at ${path}`);
  return { ...plan, entries: { ...plan.entries, [path]: edit(known) } };
};

const isFlag = (word: string, name: string): boolean => word.replace(/^-+/, '').split('=')[0] === name;

/** `profiling=false`, `--profiling=false` and so on in place of what the flag was before. */
export const flags = (name: string, ...words: readonly string[]): Change => process(name, (running) => {
  const own = words.map((word) => (word.startsWith('-') ? word : `--${word}`));
  const names = own.map((word) => word.replace(/^-+/, '').split('=')[0]!);
  return { ...running, args: [...running.args.filter((word) => !names.some((each) => isFlag(word, each))), ...own] };
});

/** Words behind those that are there. */
export const words = (name: string, ...more: readonly string[]): Change => process(name, (running) => ({ ...running, args: [...running.args, ...more] }));

/** Words before those that are there. */
export const wordsFirst = (name: string, ...more: readonly string[]): Change => process(name, (running) => ({ ...running, args: [...more, ...running.args] }));

export const withoutFlags = (name: string, ...flagNames: readonly string[]): Change => process(name, (running) => {
  for (const flag of flagNames) if (!running.args.some((word) => isFlag(word, flag))) throw new Error(`${name} has no flag ${flag}`);
  return { ...running, args: running.args.filter((word) => !flagNames.some((flag) => isFlag(word, flag))) };
});

/** Each `--name=value` as two words. */
export const valuesApart = (name: string, ...flagNames: readonly string[]): Change => process(name, (running) => ({
  ...running, args: running.args.flatMap((word) => (flagNames.some((flag) => isFlag(word, flag)) ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word])),
}));

/** Every flag spelt another way. */
export const spelt = (name: string, spell: (word: string) => string): Change => process(name, (running) => ({ ...running, args: running.args.map((word) => (word.startsWith('-') ? spell(word) : word)) }));

export const asUser = (name: string, uid: number): Change => process(name, (running) => ({ ...running, uid }));
export const environment = (name: string, variables: Readonly<Record<string, string>>): Change => process(name, (running) => ({ ...running, environment: { ...running.environment, ...variables } }));
export const called = (name: string, program: string): Change => process(name, (running) => ({ ...running, program }));
export const mounted = (name: string, mounts: Readonly<Record<string, string>>): Change => process(name, (running) => ({ ...running, container: { mounts: { ...running.container?.mounts, ...mounts } } }));
export const notMounted = (name: string, ...paths: readonly string[]): Change => process(name, (running) => ({ ...running, container: { mounts: Object.fromEntries(Object.entries(running.container?.mounts ?? {}).filter(([at]) => !paths.includes(at))) } }));

export const started = (running: Running): Change => (plan) => ({ ...plan, processes: [...plan.processes, running] });
/** With a smaller number than all that are there. */
export const startedFirst = (running: Running): Change => (plan) => ({ ...plan, processes: [running, ...plan.processes] });
export const stopped = (...names: readonly string[]): Change => (plan) => {
  for (const name of names) if (!plan.processes.some((one) => one.name === name)) throw new Error(`no process ${name} runs there`);
  return { ...plan, processes: plan.processes.filter(({ name }) => !names.includes(name)) };
};

export const put = (path: string, one: Entry): Change => (plan) => ({ ...plan, entries: { ...plan.entries, [path]: one } });

export const removed = (...paths: readonly string[]): Change => (plan) => {
  for (const path of paths) if (!Object.keys(plan.entries).some((one) => one === path || one.startsWith(`${path}/`))) throw new Error(`nothing is at ${path}`);
  return { ...plan, entries: Object.fromEntries(Object.entries(plan.entries).filter(([one]) => !paths.some((path) => one === path || one.startsWith(`${path}/`)))) };
};

export const mode = (path: string, to: number): Change => entry(path, (one) => {
  if (!('mode' in one)) throw new Error(`${path} has no mode of its own`);
  return { ...one, mode: to };
});

export const owned = (path: string, by: Partial<Owner>): Change => entry(path, (one) => ({ ...one, ...root, ...by }));

/** The file goes to another place, and a link stands where it was. */
export const linkedTo = (path: string, target: string): Change => (plan) => {
  const known = plan.entries[path];
  if (!known) throw new Error(`nothing is at ${path}`);
  return { ...plan, entries: { ...plan.entries, [target]: known, [path]: { kind: 'link', target, ...root } } };
};

export const moved = (path: string, to: string): Change => (plan) => {
  const known = plan.entries[path];
  if (!known) throw new Error(`nothing is at ${path}`);
  const { [path]: _, ...rest } = plan.entries;
  return { ...plan, entries: { ...rest, [to]: known } };
};

const textOf = (one: Entry): string => {
  if (one.kind !== 'file' || typeof one.content !== 'string') throw new Error('only texts can be edited');
  return one.content;
};

export const rewritten = (path: string, edit: (text: string) => string): Change => entry(path, (one) => {
  const before = textOf(one);
  const content = edit(before);
  if (content === before) throw new Error(`${path} stays as it was`);
  return { ...one, kind: 'file', content, mode: 'mode' in one ? one.mode : 0o600 };
});

export const replaced = (path: string, from: string, to: string): Change => rewritten(path, (text) => text.replace(from, to));
export const appended = (path: string, more: string): Change => rewritten(path, (text) => `${text}${more}`);

export const atVersion = (version: string, benchmark?: NodePlan['benchmark']): Change => (plan) => ({
  ...plan, version, ...(benchmark && { benchmark }),
  entries: Object.fromEntries(Object.entries(plan.entries).map(([path, one]) => [path, path === '/var/lib/dpkg/status' && one.kind === 'file' ? { ...one, content: textOf(one).replaceAll(/^Version: .*$/gm, `Version: ${version.slice(1)}-1.1`) } : one])),
});

/** `--audit_log_path=/x`: values are left as they are. */
export const underscored = (name: string): Change => spelt(name, (word) => {
  const [flag, ...value] = word.slice(2).split('=');
  return `--${[flag!.replaceAll('-', '_'), ...value].join('=')}`;
});

/** A process sees other files of the node, or none. */
export const onlyMounted = (name: string, ...paths: readonly string[]): Change => process(name, (running) => ({ ...running, container: { mounts: Object.fromEntries(paths.map((path) => [path, path])) } }));

/** Another static pod of a kind beside the one that is there. */
export const twin = (name: string, as: string, edit: (args: readonly string[]) => readonly string[]): Change => (plan) => {
  const one = plan.processes.find((running) => running.name === name);
  if (!one) throw new Error(`no process ${name} runs there`);
  const beside = started({ ...one, name: as, args: edit(one.args) })(plan);
  return put(`/etc/kubernetes/manifests/${as}.yaml`, manifest(as))(beside);
};

/** It runs on the node itself, outside of any container. */
export const onTheNode = (name: string): Change => process(name, (running) => {
  const { container: _, ...rest } = running;
  return rest;
});
