import type { InputProblem } from '#application/app-error.js';
import { pointerToken, type Class, type FieldType, type Reading } from './field-type.js';

export interface FieldEntry {
  readonly type: FieldType<unknown>;
  readonly isOptional: boolean;
  readonly isNullable: boolean;
}

// oxlint-disable-next-line typescript/no-unsafe-function-type
const registry = new WeakMap<Function, Map<string, FieldEntry>>();

/** The declared fields of a class, inherited ones included; what is set on it counts for this class and its heirs. */
// oxlint-disable-next-line typescript/no-unsafe-function-type
export function fieldsOf(type: Function): Map<string, FieldEntry> {
  const known = registry.get(type);
  if (known) return known;
  // oxlint-disable-next-line typescript/no-unsafe-function-type
  const parent = Object.getPrototypeOf(type) as Function | null;
  const fields = new Map(typeof parent === 'function' && parent !== Function.prototype ? fieldsOf(parent) : []);
  registry.set(type, fields);
  return fields;
}

// oxlint-disable-next-line typescript/no-unsafe-function-type
export const hasFields = (type: Function): boolean => fieldsOf(type).size > 0;

/** An object of a class with fields of its own. */
export const object = <T extends object>(type: () => Class<T>): FieldType<T> => ({
  graphql: () => type(),
  // Swagger tells a function that answers with a class by its name, which is `type` here.
  openApi: { type: () => type() },
  read: (value, at) => readFields(type(), value, at),
});

/** Reads what the class declares and refuses everything else, each problem at its own pointer. */
export function readFields<T extends object>(type: Class<T>, value: unknown, at: Reading): T | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    at.problems.push({ pointer: at.pointer, detail: 'an object' });
    return undefined;
  }
  const given = new Map<string, unknown>(Object.entries(value));
  const fields = fieldsOf(type);
  const result = new type();
  for (const [name, { type: fieldType, isOptional, isNullable }] of fields) {
    const pointer = `${at.pointer}/${name}`;
    const entry = given.get(name);
    given.delete(name);
    if (entry === undefined) {
      if (!isOptional) at.problems.push({ pointer, detail: 'this is needed' });
    } else if (entry === null) {
      if (isNullable) Object.assign(result, { [name]: null });
      else at.problems.push({ pointer, detail: 'this may not be null' });
    } else {
      Object.assign(result, { [name]: fieldType.read(entry, { ...at, pointer }) });
    }
  }
  for (const name of [...given.keys()].slice(0, 20)) at.problems.push({ pointer: `${at.pointer}/${pointerToken(name)}`, detail: 'there is no such property' });
  return result;
}

/** Query parameters, which are all texts, as the values that the class declares. */
export function fromTexts(type: Class, query: Readonly<Record<string, string | readonly string[]>>): Record<string, unknown> {
  const fields = fieldsOf(type);
  return Object.fromEntries(Object.entries(query).map(([name, given]) => [name, fields.get(name)?.type.fromText?.(given) ?? given]));
}

/** The input, or every problem it has. */
export function parseInput<T extends object>(type: Class<T>, value: unknown): { readonly input: T } | { readonly problems: readonly InputProblem[] } {
  const problems: InputProblem[] = [];
  const input = readFields(type, value, { pointer: '', problems });
  return input && problems.length === 0 ? { input } : { problems };
}
