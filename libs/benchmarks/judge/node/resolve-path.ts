import type { PresentFile, NodePath } from '#nodes/file-fact.js';
import { isBelow, normalPath } from '#nodes/host-path.js';
import type { Component } from '../../component.js';
import { textOf as placeText, type Named, type PathRef, type Place } from '../../paths/path-ref.js';
import { pathRow } from '../../paths/path-tables.js';
import { parentOf } from './indexed-evidence.js';
import { textOf, type NodeView } from './node-view.js';
import type { Started } from './started.js';

/** The files that an item means by a path. */
export interface ResolvedPath {
  readonly files: readonly PresentFile[];
  /** What was not seen and may be wrong. */
  readonly unseen: readonly string[];
  /** Why there is none; what was looked for where nothing better is known. */
  readonly none: string;
  /** A process that would name one is known to name none, and goes without. */
  readonly isLeftOut?: true;
}

/** Where something is on a node: as its running process says, else where the platform has it. */
export const resolvePath = (view: NodeView, ref: PathRef): ResolvedPath => view.once(`path ${ref}`, () => resolved(view, ref));

function resolved(view: NodeView, ref: PathRef): ResolvedPath {
  const row = pathRow(ref, view.context.platform);
  if (!row) return { files: [], unseen: [`where ${ref} is on this platform`], none: '' };
  if ('absent' in row) return { files: [], unseen: [], none: row.absent };
  if (ref === 'kubelet-unit') return unitOf(view, row.places);
  const named = row.named && byProcesses(view, ref, row.named);
  if (named?.state === 'told') return named.resolved;
  const places = placesOn(view, ref, row.places);
  const starts = manifestsOf[ref];
  if (starts) return manifestOf(view, starts, places);
  const usual = lookAll(view, places);
  if (isAuthorityRef(ref) && usual.files.length === 0 && usual.unseen.length === 0) return authoritiesElsewhere(view, places) ?? usual;
  // What a running process would name counts before the usual places: without one they prove no pass.
  return named?.state === 'untold' ? { ...usual, unseen: [...usual.unseen, named.detail], none: named.none } : usual;
}

type ByProcess =
  | { readonly state: 'told'; readonly resolved: ResolvedPath }
  /** The process runs and leaves it to its default. */
  | { readonly state: 'default' }
  | { readonly state: 'untold'; readonly detail: string; readonly none: string };

function byProcesses(view: NodeView, ref: PathRef, named: Named): ByProcess {
  const presence = view.presence(named.component);
  if (presence.state === 'absent') return { state: 'told', resolved: { files: [], unseen: [], none: presence.detail } };
  if (presence.state !== 'runs') return { state: 'untold', detail: `which file ${named.component} uses: ${presence.detail}`, none: '' };
  const resolved = presence.as.map((started) => byProcess(view, ref, named, started));
  const untold = resolved.find((one) => one.state === 'untold');
  if (untold) return untold;
  const told = resolved.flatMap((one) => (one.state === 'told' ? [one.resolved] : []));
  return told.length === 0 ? { state: 'default' } : { state: 'told', resolved: joined(told) };
}

function byProcess(view: NodeView, ref: PathRef, named: Named, started: Started): ByProcess {
  if (started.lacks !== undefined) return { state: 'untold', detail: started.lacks, none: '' };
  const places = namedPlaces(view, ref, named, started);
  if (typeof places === 'string') return { state: 'untold', detail: places, none: '' };
  if (places.length === 0) return withoutDefault.has(ref) ? { state: 'told', resolved: { files: [], unseen: [], none: `${started.component} is started without such a file`, isLeftOut: true } } : { state: 'default' };
  return { state: 'told', resolved: joined(places.map((place) => onHost(view, started, place))) };
}

/** Of these a process that names none uses none, whatever lies at a usual place. */
const withoutDefault: ReadonlySet<PathRef> = new Set(['api-server-client-ca', 'etcd-client-ca', 'kubelet-client-ca', 'authentication-config', 'authorization-config', 'encryption-config', 'audit-policy'] satisfies PathRef[]);

/** Several processes may name one file. */
const joined = (all: readonly ResolvedPath[]): ResolvedPath => ({
  files: [...new Map(all.flatMap(({ files }) => files).map((file) => [file.path, file])).values()],
  unseen: [...new Set(all.flatMap(({ unseen }) => unseen))],
  none: all.map(({ none }) => none).find((none) => none !== '') ?? '',
  ...(all.some(({ isLeftOut }) => isLeftOut) && { isLeftOut: true as const }),
});

/** Places as the process sees them; why they are not known, where they are not. */
function namedPlaces(view: NodeView, ref: PathRef, named: Named, started: Started): readonly Place[] | string {
  if ('flag' in named && started.withheld.includes(named.flag)) return `--${named.flag} of ${named.component}, whose value was withheld`;
  const version = view.versionsOf(named.component).at(-1)!;
  const setting = settingOf(view, named, started, version);
  if (setting.state === 'unreadable') return setting.detail;
  const path = textOf(setting);
  const isDirectory = 'flag' in named && named.flag === 'config-dir';
  const directory = ref === 'kubelet-config' && !isDirectory ? textOf(view.flags(started, version).setting('config-dir')) : undefined;
  return [
    ...(path === undefined ? [] : [isDirectory ? dropInsOf(path) : { at: path }]),
    ...(directory === undefined ? [] : [dropInsOf(directory)]),
  ];
}

const dropInsOf = (below: string): Place => ({ below, named: '*.conf' });

function settingOf(view: NodeView, named: Named, started: Started, version: { readonly major: number; readonly minor: number }) {
  if (!('path' in named)) return view.settingsOf(started, version).setting(named.flag);
  const key = named.path.join('.');
  if (named.component === 'kube-proxy') return view.kubeProxy(started, version).setting('kubeconfig');
  return view.kubelet(started, version)[key as 'authentication.x509.clientCAFile'];
}

/** Volumes that a kubelet fills: what is in them is an object of the API, and no file that the node keeps. */
const ofVolume = /\/volumes\/kubernetes\.io~(configmap|secret|projected|downward-api)\//;

function onHost(view: NodeView, started: Started, place: Place): ResolvedPath {
  const path = 'at' in place ? place.at : place.below;
  if (!path.startsWith('/')) return { files: [], unseen: [`${path}, which ${started.component} names without saying in which directory`], none: '' };
  const host = started.toHost(path);
  if (host.state === 'unknown') return { files: [], unseen: [`where ${path} of ${started.component} is on the node (${host.detail})`], none: '' };
  if (host.state === 'container') return { files: [], unseen: [], none: `${path} of ${started.component} is in its container, and no file of the node` };
  if (ofVolume.test(host.path)) return { files: [], unseen: [], none: `${path} of ${started.component} comes from an object of the API, and is no file that the node keeps` };
  return lookAt(view, 'at' in place ? { at: host.path } : { ...place, below: host.path });
}

/** Network plugins' directories are also those that the runtime's configuration names. k3s and RKE2 may keep their data elsewhere. */
function placesOn(view: NodeView, ref: PathRef, usual: readonly Place[]): readonly Place[] {
  const data = view.dataDirectory;
  const places = data === undefined ? usual : usual.map((place) => movedTo(place, data));
  if (ref !== 'cni-config') return places;
  const known = new Set(places.map((place) => ('below' in place ? place.below : place.at)));
  const more = [...view.index.configsOf('container-runtime').values()].flatMap((reading) => (reading.state === 'read' ? reading.value.cniDirectories.map(normalPath) : []));
  return [...places, ...[...new Set(more)].filter((path) => !known.has(path)).map((below): Place => ({ below }))];
}

function movedTo(place: Place, data: string): Place {
  const moved = (path: NodePath): NodePath => path.replace(/^\/var\/lib\/rancher\/(k3s|rke2)(?=\/)/, data);
  return 'at' in place ? { at: moved(place.at) } : { ...place, below: moved(place.below) };
}

function lookAll(view: NodeView, places: readonly Place[]): ResolvedPath {
  const all = places.map((place) => lookAt(view, place));
  const texts = places.map(placeText);
  return { files: all.flatMap(({ files }) => files), unseen: all.flatMap(({ unseen }) => unseen), none: texts.length === 0 ? 'no running process names such a file' : `there is no ${texts.slice(0, 3).join(', ')}` };
}

function lookAt(view: NodeView, place: Place): ResolvedPath {
  if ('at' in place) {
    const { files, unseen } = factsOf(view, [place.at]);
    return { files, unseen, none: `there is no ${place.at}` };
  }
  const tree = view.index.tree(place.below);
  if (tree?.state === 'absent') return { files: [], unseen: [], none: `there is no ${place.below}` };
  if (tree?.state !== 'read') return { files: [], unseen: [tree?.detail ? `${place.below}: ${tree.detail}` : `${place.below}, which was not listed`], none: '' };
  const paths = [...(place.directories ? [place.below] : []), ...tree.paths.filter((path) => fits(place, path))];
  const { files, unseen } = factsOf(view, paths);
  return {
    files: files.filter(({ kind }) => kind === 'file' || (place.directories && kind === 'directory')),
    unseen: [...unseen, ...(tree.truncated ? [`what else is below ${place.below}, of which not everything was listed`] : [])],
    none: `there is no ${placeText(place)}`,
  };
}

function fits({ below, named, within, except = [] }: Extract<Place, { below: string }>, path: NodePath): boolean {
  const parts = path.slice(below.length).split('/');
  const name = parts.at(-1)!;
  if (except.includes(name)) return false;
  if (named !== undefined && !(named.startsWith('*') ? name.endsWith(named.slice(1)) : name === named)) return false;
  return within === undefined || parts.at(-2) === within;
}

function factsOf(view: NodeView, paths: readonly NodePath[]): Pick<ResolvedPath, 'files' | 'unseen'> {
  const files: PresentFile[] = [];
  const unseen: string[] = [];
  for (const path of paths) {
    const fact = view.index.file(path);
    if (fact?.state === 'present') files.push(fact);
    else if (!fact) unseen.push(`${path}, at which nobody looked`);
    // What it names may come to be there, with whatever mode.
    else if (fact.state === 'absent' && fact.link) unseen.push(`${path}, a link to what is not there`);
    else if (fact.state !== 'absent') unseen.push(`${path}: ${fact.detail === '' ? fact.state : fact.detail}`);
  }
  return { files, unseen };
}

const manifestsOf: Readonly<Partial<Record<PathRef, Component>>> = {
  'api-server-manifest': 'kube-apiserver', 'controller-manager-manifest': 'kube-controller-manager', 'scheduler-manifest': 'kube-scheduler', 'etcd-manifest': 'etcd',
};

/** Manifests that start a component, wherever its kubelet takes them from. */
function manifestOf(view: NodeView, component: Component, places: readonly Place[]): ResolvedPath {
  const usual = lookAll(view, places);
  const elsewhere = view.manifestsOf(component).filter((path) => !places.some((place) => 'at' in place && place.at === path));
  const more = factsOf(view, elsewhere);
  const all = joined([usual, { files: more.files, unseen: [...more.unseen, ...unlistedStaticPods(view)], none: '' }]);
  if (all.files.length > 0 || all.unseen.length > 0) return all;
  const presence = view.presence(component);
  if (presence.state === 'missing' || presence.state === 'unseen') return { ...all, unseen: [`the manifest that starts ${component}: ${presence.detail}`] };
  // What runs in a container and was not made through the API has a manifest.
  const hasOne = presence.state === 'runs' && presence.as.some(({ process, isEmbedded }) => !isEmbedded && process.container !== undefined);
  return hasOne ? { ...all, unseen: [`the manifest that starts ${component}: ${usual.none}, and it runs in a container`] } : all;
}

/** Folders that the kubelet takes static pods from, of which nobody can say what is in them. */
function unlistedStaticPods(view: NodeView): readonly string[] {
  const presence = view.presence('kubelet');
  if (presence.state !== 'runs') return [];
  return presence.as.flatMap((started) => {
    if (started.lacks !== undefined) return [];
    const path = textOf(view.kubelet(started, view.versionsOf('kubelet').at(-1)!).staticPodPath);
    const host = path?.startsWith('/') ? started.toHost(path) : undefined;
    if (host?.state !== 'host') return [];
    const tree = view.index.tree(host.path);
    const isKnown = tree?.state === 'absent' || (tree?.state === 'read' && !tree.truncated) || view.index.file(host.path)?.state === 'present' && view.index.configsOf('static-pod').has(host.path);
    return isKnown ? [] : [`${host.path}, from which the kubelet starts pods, was not listed`];
  });
}

/** Files of certificates and keys of the control plane. */
const isAuthorityRef = (ref: PathRef): boolean => ref === 'pki' || ref === 'pki-certificates' || ref === 'pki-keys';

const authorityFlags = ['client-ca-file', 'tls-cert-file', 'tls-private-key-file', 'kubelet-client-key', 'service-account-key-file', 'etcd-keyfile'] as const;

/** Where the API server's certificates and keys are, if not at the usual place; undefined where it does not run or names none. */
function authoritiesElsewhere(view: NodeView, usual: readonly Place[]): ResolvedPath | undefined {
  const presence = view.presence('kube-apiserver');
  if (presence.state === 'absent') return undefined;
  if (presence.state !== 'runs') return { files: [], unseen: [`where certificates of the control plane are: ${presence.detail}`], none: '' };
  const directories = new Set<NodePath>();
  const unseen: string[] = [];
  for (const started of presence.as) {
    if (started.lacks !== undefined) {
      unseen.push(started.lacks);
      continue;
    }
    const flags = view.flags(started, view.versionsOf('kube-apiserver').at(-1)!);
    const settings = authorityFlags.map((flag) => flags.setting(flag));
    for (const path of settings.flatMap((setting) => (setting.state === 'unreadable' ? [] : [setting.value].flat()))) {
      if (typeof path !== 'string' || !path.startsWith('/')) continue;
      const host = started.toHost(path);
      if (host.state === 'host') directories.add(parentOf(host.path));
      else if (host.state === 'unknown') unseen.push(`where ${path} of kube-apiserver is on the node (${host.detail})`);
    }
    unseen.push(...settings.flatMap((setting) => (setting.state === 'unreadable' ? [setting.detail] : [])));
  }
  // A directory below another is walked with it.
  const tops = [...directories].filter((path) => ![...directories].some((other) => other !== path && isBelow(path, other)));
  const looked = tops.flatMap((below) => usual.flatMap((place) => ('below' in place ? [lookAt(view, { ...place, below })] : [])));
  const all = joined([...looked, { files: [], unseen, none: '' }]);
  return tops.length === 0 && unseen.length === 0 ? undefined : all;
}

/** The kubelet's drop-ins that systemd reads, wherever they are; the unit itself where its platform is judged by that. */
function unitOf(view: NodeView, places: readonly Place[]): ResolvedPath {
  const unit = view.index.unit('kubelet.service');
  const none = 'no drop-in of kubelet.service is there';
  if (places.some((place) => 'at' in place)) return lookAll(view, places);
  if (!unit) {
    if (view.evidence.units.truncated) return { files: [], unseen: ['the kubelet\'s unit: not all units were read'], none };
    return { files: [], unseen: [], none };
  }
  const { files, unseen } = factsOf(view, unit.files.filter(({ role }) => role === 'drop-in').map(({ path }) => path));
  return { files, unseen: [...unseen, ...(unit.truncated ? ['drop-ins of kubelet.service, of which not all were listed'] : [])], none };
}

/** The directory of a link, in which whoever may write can put another. */
export function linkDirectory(view: NodeView, file: PresentFile): PresentFile | string | undefined {
  if (!file.link) return undefined;
  const directory = parentOf(file.path);
  const fact = view.index.file(directory);
  return fact?.state === 'present' ? fact : `${directory}, in which ${file.path} is a link`;
}
