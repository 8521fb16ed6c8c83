import { goBoolean } from '#inventory/components/go-values.js';
import type { ClusterFacts, ComponentFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import type { ListScope } from '../engine/scope.js';
import { lackOf, MissingEvidenceError, type World } from '../engine/world.js';

type Component = ComponentFacts['component'];

/** Flags that name a file in whose place the others mean nothing, or only part of it: OpenShift's servers, and etcd. */
const fileFlags: Readonly<Partial<Record<Component, string>>> = { 'kube-apiserver': 'openshift-config', 'kube-controller-manager': 'openshift-config', etcd: 'config-file' };

/**
 * Every running process of control plane components, by the command line of its static pod. A provider that
 * runs the control plane hides it: then there is nothing to judge and nothing to blame. A component of which
 * no process tells its flags leaves the control open, whatever the others say.
 */
export const eachComponent = (...components: readonly Component[]): ListScope<ComponentFacts> => ({
  name: components.join(' or '),
  family: 'list',
  needs: ['pods'],
  *subjects(world) {
    const unseen = new Set(components);
    let inFile: MissingEvidence | undefined;
    for (const facts of world.components) {
      if (!components.includes(facts.component)) continue;
      unseen.delete(facts.component);
      const missing = settingsInFile(facts);
      if (missing) inFile = missing;
      else yield { subject: facts, resource: { group: facts.group, kind: facts.kind, namespace: facts.namespace, name: facts.pod }, part: '' };
    }
    const missing = unseen.size > 0 ? unreadPods(world) ?? hiddenFlags(world.cluster, ...unseen) : inFile;
    if (missing) throw new MissingEvidenceError(missing);
  },
});

/** Why the command line does not tell the settings; undefined where it does. */
function settingsInFile(facts: ComponentFacts): MissingEvidence | undefined {
  const flag = fileFlags[facts.component];
  if (flag === undefined || (flagOf(facts, flag) ?? '') === '') return undefined;
  return { fact: 'component-flags', reason: 'not-requested', detail: `the settings of ${facts.component} are in the file that --${flag} names, on the node: its flags do not show them` };
}

/** Why nobody can say whether there is such a pod; where a provider hides them, reading pods would not help. */
function unreadPods(world: World): MissingEvidence | undefined {
  const lack = world.cluster.isManaged ? undefined : lackOf(world, 'pods');
  return lack?.reason === 'not-in-upload' ? undefined : lack;
}

/** Why the command lines of components are not to be seen. */
export function hiddenFlags({ platform, isManaged }: ClusterFacts, ...components: readonly Component[]): MissingEvidence {
  const names = components.join(' and ');
  return {
    fact: 'component-flags',
    reason: isManaged ? 'not-requested' : 'not-in-upload',
    detail: isManaged
      ? `the control plane of ${platform} is run by its provider, which does not show the flags of ${names}`
      : `no static pod of ${names} is visible over the API; its flags need evidence from the node`,
  };
}

/** The value in force: the last one given. */
export const flagOf = (component: ComponentFacts, name: string): string | undefined => component.flags[name]?.at(-1);

/** Values of a comma-separated list flag, however often it was given. */
export const listFlagOf = (component: ComponentFacts, name: string): readonly string[] =>
  (component.flags[name] ?? []).flatMap((value) => value.split(',')).map((value) => value.trim()).filter((value) => value !== '');

/** Whether a flag names anything, such as a file. */
export const isSet = (component: ComponentFacts, name: string): boolean => (flagOf(component, name) ?? '') !== '';

/** A switch as its process reads it; undefined where it is not given, or given a word with which no process starts. */
export const switchOf = (component: ComponentFacts, name: string): boolean | undefined => goBoolean(flagOf(component, name) ?? '');

/** Whether a feature gate is switched, also where it names its component (`kube:Gate=true`); undefined where its default holds. */
export const gateOf = (component: ComponentFacts, gate: string): boolean | undefined =>
  goBoolean(listFlagOf(component, 'feature-gates').map((pair) => pair.split('=')).findLast(([name]) => name === gate || name === `kube:${gate}`)?.[1] ?? '');

/** A value as a message shows it: what somebody wrote on a command line may be anything. */
export const quoted = (value: string): string => JSON.stringify(value.slice(0, 40));
