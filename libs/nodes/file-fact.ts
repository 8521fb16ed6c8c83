import type { UnreadState } from './reading.js';

/**
 * A path of the node as it is there, without the collector's root before it. Bytes that are no UTF-8 stand as `\xNN`
 * and backslashes of such names as `\\`; then `isEscaped` is set beside it.
 */
export type NodePath = string;

export type FileKind = 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'block-device' | 'character-device';

/** Who owns something and who may do what with it, by stat(2). */
export interface Ownership {
  /** Permission bits with set-uid, set-gid and sticky: 0 to 0o7777, as a number. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** By the node's own passwd and group, left out where these do not know the number. Compare whole names only. */
  readonly owner?: string;
  readonly group?: string;
}

/** Something that is there. Kind, mode and owner are the target's where the path is a link. */
export interface PresentFile extends Ownership {
  readonly path: NodePath;
  readonly state: 'present';
  /** Never `link`: links were followed. */
  readonly kind: Exclude<FileKind, 'link'>;
  /** Bytes; of regular files only. */
  readonly size?: number;
  /** Where the path ends after all links, in the same root; left out where that is the path itself. */
  readonly real?: NodePath;
  /** Where the last part of the path is a link: the link's own text and owner. Its mode says nothing on Linux. */
  readonly link?: { readonly target: string; readonly uid: number; readonly gid: number; readonly owner?: string; readonly group?: string };
  readonly isEscaped?: true;
}

/** Something that is not there or could not be looked at: see {@link UnreadState}. A broken link is `absent`, with its `link`. */
export interface UnseenFile {
  readonly path: NodePath;
  readonly state: Exclude<UnreadState, 'not-regular' | 'too-large' | 'invalid'>;
  readonly detail: string;
  readonly link?: PresentFile['link'];
  readonly isEscaped?: true;
}

export type FileFact = PresentFile | UnseenFile;

/**
 * A directory that was walked. What is below it stands among the files under its path.
 * `read` lists the paths of everything below, in byte order of their names, links inside not followed into directories.
 */
export interface TreeFact {
  readonly path: NodePath;
  /** Levels that were walked: 1 is the directory's own entries. */
  readonly depth: number;
  readonly state: 'read' | UnreadState;
  readonly detail?: string;
  readonly paths: readonly NodePath[];
  /** There is more below than `paths` tells: too many, too deep, or a directory that could not be listed. */
  readonly truncated: boolean;
}
