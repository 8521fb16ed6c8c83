export type UnknownRecord = Readonly<Record<string, unknown>>;

const empty: UnknownRecord = Object.freeze({});

/** Whether a parsed value is an object with fields: no list, and not null. */
export const isRecord = (value: unknown): value is UnknownRecord => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A custom resource's value as a record; empty for anything else, so that readers can look one level down. */
export const asRecord = (value: unknown): UnknownRecord => (isRecord(value) ? value : empty);

/** A list; empty for anything else. */
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
