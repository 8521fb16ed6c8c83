import { isControlPlane } from '#inventory/components/control-plane-roles.js';
import { goBoolean } from '#inventory/components/go-values.js';
import type { ComponentFacts, NodeFacts } from '#inventory/facts.js';
import type { ComponentFile, ComponentFiles } from '#inventory/node-facts.js';
import type { MissingEvidence, Observed } from '#inventory/observed.js';
import { isLoopback } from '../control-plane/loopback.js';
import type { ListScope } from '../engine/scope.js';
import type { Verdict } from '../engine/verdict.js';
import { lackOf, MissingEvidenceError, type World } from '../engine/world.js';

type Component = ComponentFacts['component'];

/** Flags that name a file in whose place the others mean nothing, or only part of it: OpenShift's servers, and etcd. */
const fileFlags: Readonly<Partial<Record<Component, string>>> = { 'kube-apiserver': 'openshift-config', 'kube-controller-manager': 'openshift-config', etcd: 'config-file' };

/**
 * Every running process of control plane components: by the command line of its static pod, or as its node's evidence shows
 * it. A provider that runs the control plane hides it: then there is nothing to judge and nothing to blame. A component of
 * which no process tells its flags leaves the control open, whatever the others say.
 */
export const eachComponent = (...components: readonly Component[]): ListScope<ComponentFacts> => ({
  name: components.join(' or '),
  family: 'list',
  needs: ['pods'],
  *subjects(world) {
    const unseen = new Set(components);
    const counts = new Map<string, number>();
    let inFile: MissingEvidence | undefined;
    if (components.includes('kube-apiserver') && world.flagzLack) yield { subject: silentServer, resource: { group: '', kind: silentServer.kind, namespace: '', name: silentServer.pod }, part: 'flagz', isUnseen: true };
    for (const facts of world.components) {
      if (!components.includes(facts.component)) continue;
      unseen.delete(facts.component);
      const missing = settingsInFile(facts);
      if (missing) inFile = missing;
      else yield { subject: facts, resource: { group: facts.group, kind: facts.kind, namespace: facts.namespace, name: facts.pod }, part: partOf(facts, counts), component: facts };
    }
    const missing = unseen.size > 0
      ? unreadPods(world) ?? hiddenFlags(world, ...unseen)
      : inFile ?? unseenNodes(world, components) ?? (components.includes('kube-apiserver') ? unseenServersOrPods(world) : undefined);
    if (missing) throw new MissingEvidenceError(missing);
  },
});

/** The API server that answers, where it says nothing of its flags. */
const silentServer: ComponentFacts = { component: 'kube-apiserver', group: '', kind: 'Cluster', namespace: '', pod: 'cluster', container: '', flags: {}, shownBy: 'flagz' };

/** Of several processes of one component on one node, all but the first are told apart by a number, in the order of their command lines. */
function partOf({ component, kind, pod, shownBy }: ComponentFacts, counts: Map<string, number>): string {
  // What the probe sees of the cluster has no part.
  if (shownBy === 'flagz') return shownBy;
  if (kind !== 'Node') return '';
  const count = (counts.get(`${component} ${pod}`) ?? 0) + 1;
  counts.set(`${component} ${pod}`, count);
  return count === 1 ? '' : `${component}-${count}`;
}

/** Why a node of the control plane, or a machine outside the cluster, may run more than its collector saw. */
function unseenProcesses(world: World): string | undefined {
  const workers = new Set(world.seen('nodes').filter((node) => !isControlPlane(node)).map(({ name }) => name));
  return world.nodes.fresh.find((facts) => facts.unseenProcesses !== undefined && !workers.has(facts.node))?.unseenProcesses;
}

/** Hosts of the URLs that an API server finds etcd by. */
export const etcdHostsOf = (server: ComponentFacts): readonly string[] =>
  seenListFlagOf(server, 'etcd-servers').flatMap((text) => {
    const host = URL.canParse(text) ? new URL(text).hostname.replace(/^\[|\]$/g, '') : '';
    return host === '' ? [] : [host];
  });

/** Why there are members of etcd that nobody saw. Servers may name the same ones differently, so that each is taken by itself. */
function unseenMembers(world: World): string | undefined {
  const named = world.components.filter(({ component }) => component === 'kube-apiserver').map((server) => new Set(etcdHostsOf(server).filter((host) => !isLoopback(host))).size);
  const most = named.reduce((a, b) => Math.max(a, b), 0);
  const seen = world.components.filter(({ component }) => component === 'etcd').length;
  return most > seen ? `an API server finds etcd at ${most} addresses, and ${seen} of its members were seen: run the node collector where the others run` : undefined;
}

/** Where nodes alone show a component, each of the control plane's that nobody looked at may run one more. */
function unseenNodes(world: World, components: readonly Component[]): MissingEvidence | undefined {
  const isShown = world.components.some(({ component, kind }) => kind === 'Node' && components.includes(component));
  const tells = ({ policyController }: NodeFacts): boolean => policyController !== undefined && !components.includes('etcd');
  const unseen = isShown ? unseenProcesses(world) ?? (components.includes('etcd') ? unseenMembers(world) : undefined) : undefined;
  if (unseen !== undefined) return { fact: 'node-evidence', reason: 'not-requested', detail: unseen };
  const isListed = new Set(world.seen('nodes').map(({ name }) => name));
  const lack = world.nodes.lost.find((name) => !isListed.has(name)) ?? world.nodes.stale.find(({ components: ran }) => ran.some(({ component, kind }) => kind === 'Node' && components.includes(component)))?.node
    ?? (isShown ? world.seen('nodes').find((node) => isControlPlane(node) && !tells(node) && world.nodeEvidence(node.name).state === 'missing')?.name : undefined);
  const evidence = lack === undefined ? undefined : world.nodeEvidence(lack);
  return evidence?.state === 'missing' ? { fact: 'node-evidence', reason: evidence.reason, detail: evidence.detail } : undefined;
}

/**
 * Why there are API servers that nobody saw. One that tells of its own flags speaks for others where a provider runs them all
 * alike; elsewhere it is the only one where it alone names an address as its own, and that is a node's. Servers that nodes alone
 * show may run on machines that are no nodes and that nobody looked at, and name their addresses too.
 */
export function unseenServers(world: World): MissingEvidence | undefined {
  const servers = world.components.filter(({ component }) => component === 'kube-apiserver');
  const own = servers.find(({ shownBy }) => shownBy === 'flagz');
  const isAlone = own !== undefined && servers.length === 1;
  const { apiServers } = world;
  if (!isAlone && servers.some(({ kind }) => kind === 'Node')) {
    const lack = servers.some(({ shownBy }) => shownBy === 'node-args') ? lackOf(world, 'nodes') : undefined;
    if (lack) return lack;
    // One that tells nothing of itself may be none.
    const known = servers.filter(({ shownBy, unseenFlags }) => shownBy !== 'flagz' && (shownBy !== 'node-args' || unseenFlags === undefined)).length;
    if (apiServers.state === 'missing' || apiServers.value.length <= known) return undefined;
    return notSeen(`${apiServers.value.length} API servers name an address as their own, and ${known} of them were seen: run the node collector where the others run`);
  }
  if (!isAlone || world.cluster.isManaged) return undefined;
  const others = '/flagz tells of the one API server that answered, and not of others';
  if (apiServers.state === 'missing') return { fact: 'component-flags', reason: apiServers.reason, detail: `${others}: how many there are is not known: ${apiServers.detail}` };
  if (own.flags['endpoint-reconciler-type']?.at(-1) !== 'lease') return notSeen(`${others}: it names its address nowhere, as others may not`);
  if (apiServers.value.length !== 1) return notSeen(`${others}: ${apiServers.value.length} of them name an address as their own`);
  const isOfNode = world.seen('nodes').some(({ addresses }) => addresses.includes(apiServers.value[0]!));
  return isOfNode ? undefined : notSeen(`${others}: the address that it names is of no node, so that several may share it`);
}

/** Where pods were not read, reading them would tell. */
function unseenServersOrPods(world: World): MissingEvidence | undefined {
  const unseen = unseenServers(world);
  return unseen && (unreadPods(world) ?? unseen);
}

const notSeen = (detail: string): MissingEvidence => ({ fact: 'component-flags', reason: 'not-requested', detail });

/** Why the command line does not tell the settings; undefined where it does. */
function settingsInFile(facts: ComponentFacts): MissingEvidence | undefined {
  const flag = fileFlags[facts.component];
  if (flag === undefined || facts.settingsFrom !== undefined || (facts.flags[flag]?.at(-1) ?? '') === '') return undefined;
  return { fact: 'component-flags', reason: 'not-requested', detail: `the settings of ${facts.component} are in the file that --${flag} names, on the node: its flags do not show them` };
}

/** Why nobody can say whether there is such a pod; where a provider hides them, reading pods would not help. */
function unreadPods(world: World): MissingEvidence | undefined {
  const lack = world.cluster.isManaged ? undefined : lackOf(world, 'pods');
  return lack?.reason === 'not-in-upload' ? undefined : lack;
}

/** Why the command lines of components are not to be seen. */
export function hiddenFlags({ cluster: { platform, isManaged }, flagzLack }: Pick<World, 'cluster' | 'flagzLack'>, ...components: readonly Component[]): MissingEvidence {
  const names = components.join(' and ');
  const isRefused = components.includes('kube-apiserver') && flagzLack?.reason === 'forbidden';
  return {
    fact: 'component-flags',
    reason: isManaged ? 'not-requested' : 'not-in-upload',
    detail: `${isManaged
      ? `the control plane of ${platform} is run by its provider, which does not show the flags of ${names}`
      : `no static pod of ${names} is visible over the API; its flags need evidence from the node`}${isRefused ? `, or the server's own word: ${flagzLack.detail}` : ''}`,
  };
}

/** Values that a flag was given. Throws MissingEvidenceError where none is seen and one may be set all the same. */
function givenTo({ flags, unreadFlags, unseenFlags }: ComponentFacts, name: string): readonly string[] | undefined {
  const given = flags[name];
  const why = given ? undefined : unreadFlags?.[name] ?? unseenFlags;
  if (why !== undefined) throw new MissingEvidenceError({ fact: 'node-evidence', reason: 'not-requested', detail: why });
  return given;
}

/** The value in force: the last one given. */
export const flagOf = (component: ComponentFacts, name: string): string | undefined => givenTo(component, name)?.at(-1);

const valuesOf = (given: readonly string[] = []): readonly string[] => given.flatMap((value) => value.split(',')).map((value) => value.trim()).filter((value) => value !== '');

/** Values of a comma-separated list flag, however often it was given. */
export const listFlagOf = (component: ComponentFacts, name: string): readonly string[] =>
  valuesOf(givenTo(component, name));

/** A component of which nothing but what is seen counts, for checks that look for something which proves the case. */
export function asSeen(component: ComponentFacts): ComponentFacts {
  const { unreadFlags: _unread, unseenFlags: _unseen, ...seen } = component;
  return seen;
}

export const seenListFlagOf = (component: ComponentFacts, name: string): readonly string[] => listFlagOf(asSeen(component), name);

/** Whether a flag names anything, such as a file. */
export const isSet = (component: ComponentFacts, name: string): boolean => (flagOf(component, name) ?? '') !== '';

/** A switch as its process reads it; undefined where it is not given, or given a word with which no process starts. */
export const switchOf = (component: ComponentFacts, name: string): boolean | undefined => goBoolean(flagOf(component, name) ?? '');

/** Whether a feature gate is switched, also where it names its component (`kube:Gate=true`); undefined where its default holds. */
export const gateOf = (component: ComponentFacts, gate: string): boolean | undefined =>
  goBoolean(listFlagOf(component, 'feature-gates').map((pair) => pair.split('=')).findLast(([name]) => name === gate || name === `kube:${gate}`)?.[1] ?? '');

/** A value as a message shows it: what somebody wrote on a command line may be anything. */
export const quoted = (value: string): string => JSON.stringify(value.slice(0, 40));

/** What the file that a flag names says; unknown with what would tell where its node was not looked at. */
export function fileOf<F extends ComponentFile>(component: ComponentFacts, flag: F, what: string): { readonly state: 'observed'; readonly value: FileValue<F> } | { readonly state: 'missing'; readonly missing: MissingEvidence } {
  const file = component.files?.[flag] as Observed<FileValue<F>> | undefined;
  if (file?.state === 'observed') return file;
  if (file) return { state: 'missing', missing: { fact: 'node-evidence', reason: file.reason, detail: file.detail } };
  return { state: 'missing', missing: { fact: 'component-flags', reason: 'not-requested', detail: `${what} in the file that --${flag} names, on the node: its flags do not show it, and the node collector does` } };
}

type FileValue<F extends ComponentFile> = Extract<NonNullable<ComponentFiles[F]>, { readonly state: 'observed' }>['value'];

/** Where a failure's settings stand, if not on the command line. */
export function withSource({ settingsFrom }: ComponentFacts, verdicts: readonly Verdict[]): readonly Verdict[] {
  if (settingsFrom === undefined) return verdicts;
  return verdicts.map((verdict) => (verdict.status === 'fail' ? { ...verdict, message: `${verdict.message} (by ${quotedPath(settingsFrom)}, which stands for its flags)`, detail: { ...verdict.detail, file: settingsFrom } } : verdict));
}

const quotedPath = (path: string): string => path.slice(0, 200);
