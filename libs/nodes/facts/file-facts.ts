import type { NodeFileFacts } from '#inventory/node-facts.js';
import type { FileFact, NodePath, TreeFact } from '../file-fact.js';
import { normalPath, type HostPath } from '../host-path.js';
import type { NodeEvidence } from '../node-evidence.js';
import type { UnitFact } from '../unit-fact.js';
import { FILES_TOLD, componentFileIds, componentFiles, type ComponentFileId, type ComponentFileRow, type Place } from './component-files.js';
import { dataDirectories, elsewhereOf, isBelowData, type DataDirectories } from './data-directories.js';
import { ownProcesses, unseenProcesses } from './own-processes.js';
import { pathOn, settledFlags } from './settled-flags.js';

export interface FilesSeen {
  readonly files: readonly NodeFileFacts[];
  /** Why there may be more of one row than these, by row. */
  readonly unseenFiles: Readonly<Record<string, string>>;
}

/** Files of components, each under every row that it is of; what is certainly not there is left out. */
export function fileFactsOf(node: string, evidence: NodeEvidence, clientCA: string | undefined): FilesSeen {
  const at = new Map(evidence.files.items.map((file) => [file.path, file]));
  const trees = new Map(evidence.trees.items.map((tree) => [tree.path, tree]));
  const facts: NodeFileFacts[] = [];
  const unseenFiles: Record<string, string> = {};
  const data = dataDirectories(evidence);
  for (const id of componentFileIds) {
    const row: ComponentFileRow = componentFiles[id];
    const paths = new Set<NodePath>();
    const isOfRancher = row.places.some((place) => isBelowData('at' in place ? place.at : place.below));
    if (isOfRancher && data.unseen !== undefined) unseenFiles[id] = data.unseen;
    for (const place of row.places.flatMap((usual) => [usual, ...movedPlaces(usual, data)])) {
      if ('at' in place) paths.add(place.at);
      else {
        const below = belowOf(place, trees.get(place.below), at);
        if (below.unseen !== undefined) unseenFiles[id] = below.unseen;
        for (const path of below.paths) paths.add(path);
      }
    }
    for (const named of namedPaths(node, evidence, row)) {
      if (named.state === 'unknown') unseenFiles[id] = named.detail;
      else if (named.state === 'host') paths.add(normalPath(named.path));
    }
    const unseen = row.named && unseenProcesses(evidence);
    if (unseen !== undefined) unseenFiles[id] ??= unseen;
    if (id === 'kubelet-client-ca' && clientCA?.startsWith('/') === true) paths.add(clientCA);
    if (id === 'kubelet-unit') {
      const unit = unitOf(evidence);
      for (const path of unitFiles(unit)) paths.add(path);
      if (evidence.units.truncated || unit?.truncated === true) unseenFiles[id] = 'the node has more unit files than the node collector tells of';
    }
    const found: NodeFileFacts[] = [];
    for (const path of paths) {
      const file = at.get(path);
      if (!file) unseenFiles[id] ??= evidence.files.truncated ? 'the node has more files than the node collector tells of' : `${path} was not looked at`;
      else if (file.state !== 'absent') found.push(factOf(id, file));
    }
    facts.push(...told(found));
  }
  return { files: facts, unseenFiles };
}

const movedPlaces = (place: Place, data: DataDirectories): readonly Place[] =>
  'at' in place ? elsewhereOf(place.at, data).map((at) => ({ at })) : elsewhereOf(place.below, data).map((below) => ({ ...place, below }));

/** The files of one row: of those that are alike in mode and owner the first ones, and with the very first how many more there are. */
function told(files: readonly NodeFileFacts[]): readonly NodeFileFacts[] {
  const sizes = new Map<string, number>();
  const alike = (file: NodeFileFacts): string => (file.state === 'present' ? JSON.stringify([file.mode, file.uid, file.gid, file.owner, file.group]) : file.path);
  const first = files.filter((file) => {
    const size = (sizes.get(alike(file)) ?? 0) + 1;
    sizes.set(alike(file), size);
    return size <= FILES_TOLD;
  });
  return first.map((file) => {
    const more = (sizes.get(alike(file)) ?? 0) - FILES_TOLD;
    if (file.state !== 'present' || more <= 0) return file;
    // Told once.
    sizes.delete(alike(file));
    return { ...file, alike: more };
  });
}

function belowOf(place: Extract<Place, { readonly below: string }>, tree: TreeFact | undefined, at: ReadonlyMap<NodePath, FileFact>): { readonly paths: readonly NodePath[]; readonly unseen?: string } {
  const { below, named, directories, except = [] } = place;
  if (!tree) return at.get(below)?.state === 'absent' ? { paths: [] } : { paths: [], unseen: `${below} was not looked at` };
  if (tree.state === 'absent') return { paths: [] };
  if (tree.state !== 'read') return { paths: [], unseen: `${below} could not be listed${tree.detail === undefined || tree.detail === '' ? '' : `: ${tree.detail}`}` };
  const isDirectory = (path: NodePath): boolean => {
    const file = at.get(path);
    return file?.state === 'present' && file.kind === 'directory';
  };
  const paths = [below, ...tree.paths].filter((path) => {
    if (path === below || isDirectory(path)) return directories === true;
    const name = path.slice(path.lastIndexOf('/') + 1);
    return !except.includes(name) && (named === undefined || named.some((end) => name.endsWith(end)));
  });
  return { paths, ...(tree.truncated && { unseen: `${below} has more in it than the node collector tells of` }) };
}

/** Unknown where a process may name one that was not seen. */
function namedPaths(node: string, evidence: NodeEvidence, { named = [] }: ComponentFileRow): readonly HostPath[] {
  return named.flatMap(({ component, flag }) =>
    ownProcesses(evidence, node, component).flatMap((own): readonly HostPath[] => {
      const { flags, unreadFlags } = settledFlags(evidence, component, own);
      const path = pathOn(own, flags, flag);
      const unseen = unreadFlags?.[flag] ?? (own.process.isArgvTruncated ? `the command line of ${component} is longer than the node collector reads` : undefined);
      return [...(path ? [path] : []), ...(unseen === undefined ? [] : [{ state: 'unknown' as const, detail: unseen }])];
    }));
}

const unitOf = ({ units }: NodeEvidence): UnitFact | undefined => units.items.find(({ name, isMasked }) => name === 'kubelet.service' && !isMasked);

/** Drop-ins in force, wherever they lie; the unit itself where there are none. */
function unitFiles(unit: UnitFact | undefined): readonly NodePath[] {
  const files = unit?.files ?? [];
  const dropIns = files.filter(({ role }) => role === 'drop-in');
  return (dropIns.length > 0 ? dropIns : files).map(({ path }) => path);
}

function factOf(file: ComponentFileId, fact: FileFact): NodeFileFacts {
  if (fact.state !== 'present') return { file, path: fact.path, state: 'unseen', detail: fact.detail === '' ? `it could not be looked at (${fact.state})` : fact.detail };
  const { path, mode, uid, gid, owner, group } = fact;
  return { file, path, state: 'present', mode, uid, gid, ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) };
}
