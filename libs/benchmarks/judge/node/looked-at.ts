import type { PresentFile, NodePath } from '#nodes/file-fact.js';
import { textOf as placeText, type Place } from '../../paths/path-ref.js';
import type { NodeView } from './node-view.js';

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

/** Several processes may name one file. */
export const joined = (all: readonly ResolvedPath[]): ResolvedPath => ({
  files: [...new Map(all.flatMap(({ files }) => files).map((file) => [file.path, file])).values()],
  unseen: [...new Set(all.flatMap(({ unseen }) => unseen))],
  none: all.map(({ none }) => none).find((none) => none !== '') ?? '',
  ...(all.some(({ isLeftOut }) => isLeftOut) && { isLeftOut: true as const }),
});

/** At several places. */
export function lookAll(view: NodeView, places: readonly Place[]): ResolvedPath {
  const all = places.map((place) => lookAt(view, place));
  const texts = places.map(placeText);
  return { files: all.flatMap(({ files }) => files), unseen: all.flatMap(({ unseen }) => unseen), none: texts.length === 0 ? 'no running process names such a file' : `there is no ${texts.slice(0, 3).join(', ')}` };
}

/** At one place: files with what is known of them. */
export function lookAt(view: NodeView, place: Place): ResolvedPath {
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

/** Whether what is below a directory is meant. */
export function fits({ below, named, within, except = [] }: Extract<Place, { below: string }>, path: NodePath): boolean {
  const parts = path.slice(below.length).split('/');
  const name = parts.at(-1)!;
  if (except.includes(name)) return false;
  if (named !== undefined && !(named.startsWith('*') ? name.endsWith(named.slice(1)) : name === named)) return false;
  return within === undefined || parts.at(-2) === within;
}

export function factsOf(view: NodeView, paths: readonly NodePath[]): Pick<ResolvedPath, 'files' | 'unseen'> {
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
