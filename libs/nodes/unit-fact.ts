import type { EnvironmentVariable } from './component-process.js';
import type { NodePath } from './file-fact.js';
import type { Reading } from './reading.js';

/** Directives of one unit file or drop-in, in the order they are written. */
export interface UnitSettings {
  /** Words of each ExecStart, secrets replaced by WITHHELD; an empty list where an empty ExecStart resets those before. */
  readonly execStart: readonly (readonly string[])[];
  /** Words whose value was withheld. */
  readonly withheld: readonly string[];
  readonly environment: readonly EnvironmentVariable[];
  /** Paths of EnvironmentFile, without the `-` that forgives a missing one. */
  readonly environmentFiles: readonly NodePath[];
}

export interface UnitFile {
  readonly path: NodePath;
  readonly role: 'unit' | 'drop-in';
  readonly content: Reading<UnitSettings>;
}

/** A service of systemd that starts a component. */
export interface UnitFact {
  /** `kubelet.service` */
  readonly name: string;
  /**
   * The files in force, in the order systemd reads them: the unit, then its drop-ins by file name. Of files with one name the
   * one of /etc hides that of /run, and that the one of /usr/lib. A unit that links to /dev/null is masked.
   */
  readonly files: readonly UnitFile[];
  readonly isMasked: boolean;
  /** A directory of drop-ins could not be listed, or has more files than are read. */
  readonly truncated: boolean;
}
