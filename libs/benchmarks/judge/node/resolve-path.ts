import type { PresentFile, NodePath } from '#nodes/file-fact.js';
import { normalPath } from '#nodes/host-path.js';
import type { Named, PathRef, Place } from '../../paths/path-ref.js';
import { pathRow } from '../../paths/path-tables.js';
import { authoritiesOf, isAuthorityRef } from './authority-files.js';
import { parentOf } from '#nodes/indexed-evidence.js';
import { factsOf, joined, lookAll, lookAt, type ResolvedPath } from './looked-at.js';
import { manifestOf, manifestsOf } from './manifest-files.js';
import { textOf, type NodeView } from './node-view.js';
import type { Started } from './started.js';

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
  if (isAuthorityRef(ref)) return authoritiesOf(view, places);
  const usual = lookAll(view, places);
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
