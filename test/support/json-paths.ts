/** Where in a JSON value something is: names of fields, and places in lists. */
export type JsonPath = readonly (string | number)[];

export interface JsonNode {
  readonly path: JsonPath;
  readonly value: unknown;
}

const known = new WeakMap<object, readonly JsonNode[]>();

/** Everything below the root of an object. */
export function nodesOf(object: object): readonly JsonNode[] {
  const before = known.get(object);
  if (before) return before;
  const nodes: JsonNode[] = [];
  const walk = (value: unknown, path: JsonPath): void => {
    if (path.length > 0) nodes.push({ path, value });
    if (Array.isArray(value)) for (const [at, item] of value.entries()) walk(item, [...path, at]);
    else if (typeof value === 'object' && value !== null) for (const name of Object.keys(value)) walk((value as Readonly<Record<string, unknown>>)[name], [...path, name]);
  };
  walk(object, []);
  known.set(object, nodes);
  return nodes;
}

/** A copy with another value in one place; everything beside the way there is shared. */
export function withValueAt(object: unknown, [step, ...rest]: JsonPath, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(object)) return object.map((item: unknown, at) => (at === step ? withValueAt(item, rest, value) : item));
  const from = object as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = { ...from };
  // `__proto__` is to be a field, as a parser makes it.
  Object.defineProperty(copy, step, { value: withValueAt(Object.hasOwn(from, step) ? from[step] : undefined, rest, value), enumerable: true, configurable: true, writable: true });
  return copy;
}

/** A copy without one field, or without one item of a list. */
export function withoutValueAt(object: unknown, [step, ...rest]: JsonPath): unknown {
  if (Array.isArray(object)) return rest.length === 0 ? object.toSpliced(Number(step), 1) : object.map((item: unknown, at) => (at === step ? withoutValueAt(item, rest) : item));
  const { [step!]: inner, ...others } = object as Readonly<Record<string, unknown>>;
  return rest.length === 0 ? others : withValueAt(object, [step!], withoutValueAt(inner, rest));
}
