import { effectiveEtcd, effectiveScheduler } from '#inventory/components/config-file-components.js';
import { flagDefinitions, type SettingValue } from '#inventory/components/flag-definitions.js';
import type { Setting } from '#inventory/components/readable.js';
import type { ComponentFacts } from '#inventory/facts.js';
import type { ComponentFiles } from '#inventory/node-facts.js';
import { flagsOf } from '#inventory/projection/component.js';
import { byText } from '#inventory/text-order.js';
import { hostPathOf } from '../host-path.js';
import type { NodeEvidence } from '../node-evidence.js';
import { configAt } from '../look-up.js';
import { leavesAt, missing, unreadText } from './document.js';
import { fileContents } from './file-contents.js';
import { argumentsOf, ownProcesses, type OwnProcess } from './own-processes.js';

const judged = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const satisfies readonly ComponentFacts['component'][];

/** Processes of the control plane on a node that are the cluster's own, each as its static pod would be named, or its node. */
export function componentFactsOf(node: string, evidence: NodeEvidence): readonly ComponentFacts[] {
  return judged.flatMap((component) => ownProcesses(evidence, node, component).toSorted(byWords).map((own) => factsOf(node, evidence, component, own)));
}

/** Numbers of processes change with every start. */
const byWords = ({ process: a }: OwnProcess, { process: b }: OwnProcess): number => byText(a.argv.join(' '), b.argv.join(' '));

type Flags = Record<string, readonly string[]>;

function factsOf(node: string, evidence: NodeEvidence, component: ComponentFacts['component'], own: OwnProcess): ComponentFacts {
  const { process, staticPod } = own;
  const flags: Flags = { ...flagsOf(argumentsOf(process)) };
  const settled = component === 'etcd' ? etcdSettings(evidence, own, flags) : component === 'kube-scheduler' ? schedulerSettings(evidence, own, flags) : { flags };
  const files = component === 'kube-apiserver' ? filesOf(evidence, own, flags) : undefined;
  return {
    component, node, container: component,
    ...(staticPod ? { group: '', kind: 'Pod', ...staticPod } : { group: '', kind: 'Node', namespace: '', pod: node }),
    ...settled,
    ...(process.isArgvTruncated && { unseenFlags: `the command line of ${component} is longer than the node collector reads` }),
    ...(files && { files }),
  };
}

/** The last value counts; `[]` where it is no path of the node's own. */
function pathOn({ process }: OwnProcess, flags: Flags, flag: string): ReturnType<typeof hostPathOf> | undefined {
  const path = flags[flag]?.at(-1) ?? '';
  if (path === '') return undefined;
  return path.startsWith('/') ? hostPathOf(process, path) : { state: 'unknown', detail: `--${flag} is no absolute path, and what it is taken from is not known` };
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

interface Settled {
  readonly flags: Flags;
  readonly settingsFrom?: string;
  readonly unreadFlags?: Readonly<Record<string, string>>;
}

/** With a file of its own the scheduler takes `profiling` from there, whatever the flag says. */
function schedulerSettings(evidence: NodeEvidence, own: OwnProcess, flags: Flags): Settled {
  const path = pathOn(own, flags, 'config');
  if (!path) return { flags };
  const config = path.state === 'host' ? leavesAt(evidence, 'kube-scheduler', path.path, 'KubeSchedulerConfiguration') : undefined;
  const profiling = effectiveScheduler({ args: argumentsOf(own.process), version: undefined, ...(config && { config }) }).setting('profiling');
  const { profiling: _, ...rest } = flags;
  if (profiling.state === 'unreadable') return { flags: rest, unreadFlags: { profiling: profiling.detail } };
  return { flags: { ...rest, profiling: [String(profiling.value)] }, ...(path.state === 'host' && { settingsFrom: path.path }) };
}

/** Not among the settings that `effectiveEtcd` knows, and read by controls. */
const moreOfEtcd = ['initial-cluster', 'listen-client-http-urls'] as const;

/** Values as flags would give them, whether a flag, a variable or the file says so: with a file only what is in that. */
function etcdSettings(evidence: NodeEvidence, own: OwnProcess, given: Flags): Settled {
  const { process } = own;
  const environment = process.environment.state === 'read' ? Object.fromEntries(process.environment.value.map(({ name, value }) => [name, value])) : undefined;
  const path = pathOn(own, given, 'config-file') ?? pathOn(own, { 'config-file': [environment?.['ETCD_CONFIG_FILE'] ?? ''] }, 'config-file');
  const file = path?.state === 'host' ? path.path : undefined;
  const config = file === undefined ? undefined : leavesAt(evidence, 'etcd', file, undefined);
  const effective = effectiveEtcd({ args: argumentsOf(process), version: undefined, isEnvironmentWhole: environment !== undefined, ...(environment && { environment }), ...(config && { config }) });
  const flags: Flags = path ? (given['config-file'] ? { 'config-file': given['config-file'] } : {}) : { ...given };
  const unread: Record<string, string> = {};
  for (const name of Object.keys(flagDefinitions.etcd)) {
    if (name === 'config-file') continue;
    const setting = effective.setting(name);
    if (setting.state === 'unreadable') {
      delete flags[name];
      unread[name] = setting.detail;
    } else if (setting.from.source !== 'default') flags[name] = [textOf(setting)];
  }
  for (const name of moreOfEtcd) {
    const more = moreSetting(evidence, name, { hasFile: path !== undefined, file, environment, given });
    if (more.state === 'unread') unread[name] = more.detail;
    else if (more.value !== undefined) flags[name] = [more.value];
  }
  return { flags, ...(file !== undefined && { settingsFrom: file }), ...(Object.keys(unread).length > 0 && { unreadFlags: unread }) };
}

interface Sources {
  readonly hasFile: boolean;
  readonly file: string | undefined;
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly given: Flags;
}

function moreSetting(evidence: NodeEvidence, name: (typeof moreOfEtcd)[number], { hasFile, file, environment, given }: Sources): { readonly state: 'read'; readonly value: string | undefined } | { readonly state: 'unread'; readonly detail: string } {
  if (hasFile) {
    const content = file === undefined ? undefined : configAt(evidence, 'etcd', file);
    if (content?.state !== 'read') return { state: 'unread', detail: content ? unreadText(content) : 'the file of etcd\'s configuration was not read' };
    const value = content.value.settings.find(({ key }) => key === name)?.value;
    return { state: 'read', value: value === undefined || value === null ? undefined : String(value) };
  }
  if (given[name]) return { state: 'read', value: given[name].at(-1) };
  const variable = `ETCD_${name.toUpperCase().replaceAll('-', '_')}`;
  if (!environment) return { state: 'unread', detail: `${variable} may set --${name}, and the environment of etcd was not read` };
  return { state: 'read', value: environment[variable] === '' ? undefined : environment[variable] };
}

const textOf = ({ value }: Extract<Setting<SettingValue>, { readonly state: 'read' }>): string => (Array.isArray(value) ? value.join(',') : String(value));
