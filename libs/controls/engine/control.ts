import type { Example } from './example.js';
import type { Scope } from './scope.js';
import type { Values } from './values.js';
import type { Verdict } from './verdict.js';
import type { World } from './world.js';
import type { FrameworkItems } from '../frameworks/frameworks.js';

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/** Ordered by blast radius. */
export const layers = ['control-plane', 'workloads', 'network', 'supply-chain', 'runtime', 'governance'] as const;
export type Layer = (typeof layers)[number];

export type EvidenceKind = 'api' | 'flags' | 'configz' | 'node' | 'probe' | 'ingest' | 'history';

/** A control: one practice, decided from evidence. `S` is what its scope judges one by one. */
export interface Control<S = unknown> {
  /** `layer/slug`, the file's path; forever. Renames go to `aliases`. */
  readonly id: `${Layer}/${string}`;
  readonly aliases?: readonly string[];
  /** The state that is wanted, as a sentence. */
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly remediation: string;
  readonly frameworks: FrameworkItems;
  readonly evidence: readonly EvidenceKind[];
  readonly scope: Scope<S>;
  /** Parts that results may carry, where a control judges several settings. Containers' names need no entry. */
  readonly parts?: Readonly<Record<string, string>>;
  /** Rules that one result judges together: a failure names those it breaks as the `check` of the `violations` in its detail. */
  readonly rules?: readonly string[];
  /** Pure: the same subject and world give the same verdicts. */
  readonly check: (subject: S, world: World) => Verdict | readonly Verdict[];
  /**
   * What a part that passes or fails rests on, where that is settings of the subject: a regression tells the old and the new one.
   * `part` is the verdict's, '' where it names none. Subjects of lists alone: passes of pods are too many to keep what each saw.
   */
  readonly values?: (subject: S, world: World, part: string) => Values | undefined;
  /** Where a part, '' for any other, passes and fails by one field alone: nothing is to be kept of a pass to know what the field was. */
  readonly fields?: Readonly<Record<string, DecidingField>>;
  readonly examples: { readonly passes: readonly Example[]; readonly fails: readonly Example[]; readonly unknown?: readonly Example[]; readonly notApplicable?: readonly Example[] };
}

/** A field of an object, and what it is wherever its control passes, and wherever it fails. */
export interface DecidingField {
  readonly name: string;
  readonly passes: string;
  readonly fails: string;
}

/**
 * Checks a control's `check` against its scope's subject type, then forgets the type: the engine only ever
 * hands a check what its own scope yields.
 */
export const defineControl = <S>(control: Control<S>): Control => control as unknown as Control;

export const layerOf = (control: Pick<Control, 'id'>): Layer => control.id.slice(0, control.id.indexOf('/')) as Layer;
