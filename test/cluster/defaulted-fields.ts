import { withValueAt, type JsonPath } from '../support/json-paths.js';

/** Something a server wrote into an object: a field that was not sent, or another value than was. */
export interface WrittenField {
  readonly path: JsonPath;
  readonly value: unknown;
}

/** What a server wrote into an object's spec, and who owns it now. */
export function writtenFields(sent: object, kept: object): readonly WrittenField[] {
  const fields: WrittenField[] = [];
  const compare = (before: unknown, after: unknown, path: JsonPath): void => {
    if (isRecord(before) && isRecord(after)) for (const field of Object.keys(after)) compare(before[field], after[field], [...path, field]);
    else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) for (const [at, item] of after.entries()) compare(before[at], item, [...path, at]);
    else if (JSON.stringify(before) !== JSON.stringify(after)) fields.push({ path, value: after });
  };
  for (const path of [['spec'], ['metadata', 'ownerReferences']]) compare(valueAt(sent, path), valueAt(kept, path), path);
  return fields;
}

export const withField = (object: object, { path, value }: WrittenField): object => withValueAt(object, path, value) as object;

const valueAt = (object: unknown, path: JsonPath): unknown => path.reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), object);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
