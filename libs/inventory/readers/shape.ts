import { isRecord } from './unknown-record.js';

/** A value's type, as far as readers go by it. Fields that are not named may hold anything; a named one that is there must be of its type, and null is of none. */
export type Shape = 'text' | 'flag' | 'number' | 'scalar' | 'labels' | 'object' | 'tree' | { readonly list: Shape } | { readonly map: Shape } | { readonly fields: Fields };
type Fields = Readonly<Record<string, Shape>>;

export const listOf = (list: Shape): Shape => ({ list });
/** Fields of any name, all of one shape. */
export const mapOf = (map: Shape): Shape => ({ map });
export const fields = (named: Fields): Shape => ({ fields: named });
export const texts = listOf('text');
export const labels = mapOf('text');
const selecting = (matchLabels: Shape): Shape => fields({ matchLabels, matchExpressions: listOf(fields({ key: 'text', operator: 'text', values: texts })) });
export const selector = selecting(labels);
/** Where servers keep null among labels, in kinds of their own as the empty one, in others whose definition leaves labels untold as it is: what has any is not of the shape. */
export const strictSelector = selecting('labels');

/** A place in a value that is not of its shape, as a path from there, and what belongs there. */
export interface Misfit {
  readonly path: string;
  readonly expected: string;
}

const simple: Readonly<Record<Exclude<Shape, object>, { readonly expected: string; readonly fits: (value: unknown) => boolean }>> = {
  text: { expected: 'a string', fits: (value) => typeof value === 'string' },
  flag: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  number: { expected: 'a number', fits: (value) => typeof value === 'number' },
  scalar: { expected: 'a number or a string', fits: (value) => typeof value === 'string' || typeof value === 'number' },
  labels: { expected: 'a map of strings', fits: (value) => isRecord(value) && Object.values(value).every((label) => typeof label === 'string') },
  object: { expected: 'an object', fits: isRecord },
  tree: { expected: 'an object or a list', fits: (value) => typeof value === 'object' && value !== null },
};

const within = (step: string, { path, expected }: Misfit): Misfit => ({ path: `${step}${path}`, expected });

const innerShape = (shape: { readonly map: Shape } | { readonly fields: Fields }, name: string): Shape | undefined =>
  'map' in shape ? shape.map : Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;

/** The first misfit in a value; undefined where it is of the shape. */
export function misfitOf(value: unknown, shape: Shape): Misfit | undefined {
  if (typeof shape === 'string') return simple[shape].fits(value) ? undefined : { path: '', expected: simple[shape].expected };
  if ('list' in shape) {
    if (!Array.isArray(value)) return { path: '', expected: 'a list' };
    for (let i = 0; i < value.length; i++) {
      const misfit = misfitOf(value[i], shape.list);
      if (misfit) return within(`[${i}]`, misfit);
    }
    return undefined;
  }
  if (!isRecord(value)) return { path: '', expected: simple.object.expected };
  for (const name of Object.keys(value)) {
    const inner = innerShape(shape, name);
    const misfit = inner && misfitOf(value[name], inner);
    if (misfit) return within(`.${name.slice(0, 100)}`, misfit);
  }
  return undefined;
}

/** A value without the fields that are null, as API servers keep it; of what no shape tells the fields, all that is there. The same value where there are none. */
export function withoutNulls(value: unknown, shape: Shape): unknown {
  if (typeof shape === 'string') return value;
  if ('list' in shape) {
    if (!Array.isArray(value)) return value;
    const items = value.map((item: unknown) => withoutNulls(item, shape.list));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isRecord(value)) return value;
  let changed: Map<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const inner = value[name];
    const known = innerShape(shape, name);
    const kept = inner === null ? undefined : known ? withoutNulls(inner, known) : inner;
    if (kept !== inner) (changed ??= new Map()).set(name, kept);
  }
  return changed ? Object.fromEntries(Object.entries({ ...value, ...Object.fromEntries(changed) }).filter(([, inner]) => inner !== undefined)) : value;
}
