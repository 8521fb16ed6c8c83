export type UnknownRecord = Readonly<Record<string, unknown>>;

const empty: UnknownRecord = Object.freeze({});

/** A custom resource's value as a record; empty for anything else, so that readers can look one level down. */
export const asRecord = (value: unknown): UnknownRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as UnknownRecord) : empty;

/** A list; empty for anything else. */
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
