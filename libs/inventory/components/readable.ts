/** Why a setting cannot be told. */
export type UnreadableReason =
  /** A document that its component would not take, or that no reader could parse: repeated keys, NUL, no YAML. */
  | 'bad-document'
  | 'unknown-api-version'
  | 'wrong-type'
  /** A document that the settings rest on was not read. */
  | 'not-read'
  /** A value with which the component does not start. */
  | 'bad-value'
  /** Two settings of which the component takes only one. */
  | 'contradictory'
  /** The version is not known, and defaults differ between versions. */
  | 'unknown-version'
  /** The command line cannot be told apart into flags and values. */
  | 'bad-command-line';

export interface Unreadable {
  readonly state: 'unreadable';
  readonly reason: UnreadableReason;
  /** What is the matter and where; repeats no value. */
  readonly detail: string;
}

export type Readable<T> = { readonly state: 'read'; readonly value: T } | Unreadable;

export const unreadable = (reason: UnreadableReason, detail: string): Unreadable => ({ state: 'unreadable', reason, detail });
export const readAs = <T>(value: T): { readonly state: 'read'; readonly value: T } => ({ state: 'read', value });

/** Where a value comes from. */
export type Origin =
  /** `minor`: whose defaults these are, which for a newer version are those of the newest that is known. */
  | { readonly source: 'default'; readonly minor?: string }
  | { readonly source: 'flag'; readonly flag: string }
  | { readonly source: 'environment'; readonly variable: string }
  | { readonly source: 'file'; readonly path: string }
  | { readonly source: 'drop-in'; readonly path: string }
  | { readonly source: 'configz' };

/** One setting in force. */
export type Setting<T> = { readonly state: 'read'; readonly value: T; readonly from: Origin } | Unreadable;

/** A parsed file of configuration; a reader that could not parse it says why instead. */
export type ConfigDocument = { readonly path: string; readonly content: unknown } | { readonly path: string; readonly unreadable: string };
