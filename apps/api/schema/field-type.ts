import { Float, GraphQLISODateTime, ID, Int, type ReturnTypeFuncValue } from '@nestjs/graphql';
import type { InputProblem } from '#application/app-error.js';
import { isStorableText } from '#application/storable.js';
import { JsonScalar } from './json-scalar.js';
import type { NamedEnum } from './named-enum.js';

/** A JSON schema, or a class whose schema has a name. */
export type OpenApiType = Readonly<Record<string, unknown>> | { readonly type: () => Class };

/** The class may be declared later in its file, so it is asked for when needed. */
export type Class<T extends object = object> = new () => T;

/** Where in the input we are, and what was found wrong so far. */
export interface Reading {
  readonly pointer: string;
  readonly problems: InputProblem[];
}

/** What a field is: in GraphQL, in OpenAPI, and how an input of it is checked. `T` is what reading gives. */
export interface FieldType<T> {
  readonly graphql: () => ReturnTypeFuncValue | [ReturnTypeFuncValue];
  readonly openApi: OpenApiType;
  /** Adds a problem and returns undefined for what is not of this type. */
  read(value: unknown, at: Reading): T | undefined;
  /** The value that a query parameter's text stands for; the text itself where it stands for none. */
  fromText?(text: string | readonly string[]): unknown;
}

const refuse = (at: Reading, detail: string): undefined => {
  at.problems.push({ pointer: at.pointer, detail });
  return undefined;
};

export interface TextOptions {
  /** Of an input; 1,000 where not given. */
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly format?: string;
  readonly example?: string;
}

export function text({ maxLength, minLength = 0, format, example }: TextOptions = {}): FieldType<string> {
  const longest = maxLength ?? 1_000;
  return {
    graphql: () => String,
    openApi: {
      type: 'string', ...(minLength > 0 && { minLength }), ...(maxLength !== undefined && { maxLength }),
      ...(format !== undefined && { format }), ...(example !== undefined && { example }),
    },
    read(value, at) {
      if (typeof value !== 'string') return refuse(at, 'a string');
      if (value.length < minLength || value.length > longest) return refuse(at, `a string of ${minLength} to ${longest} characters`);
      if (!isStorableText(value)) return refuse(at, 'a string without NUL characters and lone surrogates');
      return value;
    },
  };
}

/** Ids of other shapes name nothing: that is for the service to say, as not found. */
export const id = (): FieldType<string> => ({ ...text({ maxLength: 64, minLength: 1 }), graphql: () => ID, openApi: { type: 'string', format: 'uuid' } });

export interface IntOptions {
  readonly min?: number;
  readonly max?: number;
  readonly default?: number;
}

/** A whole number of up to 31 bits. */
export const int = (options: IntOptions = {}): FieldType<number> => wholeNumber(options, 2 ** 31 - 1);

/** A whole number that may be larger, which GraphQL only has Float for. */
export const long = (options: IntOptions = {}): FieldType<number> => ({ ...wholeNumber(options, Number.MAX_SAFE_INTEGER), graphql: () => Float });

function wholeNumber({ min = 0, max, default: fallback }: IntOptions, largest: number): FieldType<number> {
  const most = max ?? largest;
  return {
    graphql: () => Int,
    openApi: {
      type: 'integer', format: largest > 2 ** 31 ? 'int64' : 'int32', minimum: min,
      ...(max !== undefined && { maximum: max }), ...(fallback !== undefined && { default: fallback }),
    },
    read: (value, at) => (Number.isInteger(value) && Number(value) >= min && Number(value) <= most ? Number(value) : refuse(at, `a whole number from ${min} to ${most}`)),
    fromText: (given) => (typeof given === 'string' && /^-?\d{1,15}$/.test(given) ? Number(given) : given),
  };
}

export const float = ({ min, max }: { readonly min?: number; readonly max?: number } = {}): FieldType<number> => ({
  graphql: () => Float,
  openApi: { type: 'number', ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) },
  read: (value, at) => (typeof value === 'number' && value >= (min ?? -Infinity) && value <= (max ?? Infinity) ? value : refuse(at, 'a number')),
});

export const bool = (): FieldType<boolean> => ({
  graphql: () => Boolean,
  openApi: { type: 'boolean' },
  read: (value, at) => (typeof value === 'boolean' ? value : refuse(at, 'true or false')),
  fromText: (given) => (given === 'true' ? true : given === 'false' ? false : given),
});

const dateTime = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/;

/** RFC 3339; a time without zone is refused. */
export const time = (): FieldType<Date> => ({
  graphql: () => GraphQLISODateTime,
  openApi: { type: 'string', format: 'date-time' },
  read(value, at) {
    const date = value instanceof Date ? value : typeof value === 'string' && dateTime.test(value) ? new Date(value) : undefined;
    return date && !Number.isNaN(date.getTime()) ? date : refuse(at, 'a time such as 2026-11-24T08:30:00Z');
  },
});

export const oneOf = <V extends string>({ name, values, members }: NamedEnum<V>): FieldType<V> => ({
  graphql: () => members,
  openApi: { enum: values, enumName: name },
  read: (value, at) => values.find((known) => known === value) ?? refuse(at, `one of ${values.join(', ')}`),
});

export const list = <T>(item: FieldType<T>, { max = 1_000 }: { readonly max?: number } = {}): FieldType<readonly T[]> => ({
  graphql: () => [item.graphql()] as [ReturnTypeFuncValue],
  openApi: listSchema(item.openApi),
  read(value, at) {
    if (!Array.isArray(value) || value.length > max) return refuse(at, `a list of at most ${max}`);
    return value.map((entry: unknown, i) => item.read(entry, { ...at, pointer: `${at.pointer}/${i}` })) as readonly T[];
  },
  // Repeated, or divided by commas.
  fromText: (given) => [given].flat().flatMap((part) => part.split(',')).map((part) => item.fromText?.(part) ?? part),
});

const listSchema = (item: OpenApiType): OpenApiType =>
  'enumName' in item ? { ...item, isArray: true } : typeof item.type === 'function' ? { type: item.type, isArray: true } : { type: 'array', items: item };

export const json = (openApi: OpenApiType = {}): FieldType<unknown> => ({ graphql: () => JsonScalar, openApi, read: (value) => value });

export interface TextsOptions {
  /** Of an input; 100 where not given. */
  readonly max?: number;
  /** Of each, in an input; 253 where not given. */
  readonly maxLength?: number;
  readonly example?: Readonly<Record<string, string>>;
}

/** Free names with short texts, such as labels. */
export const texts = ({ max, maxLength, example }: TextsOptions = {}): FieldType<
  Readonly<Record<string, string>>
> => {
  const item = text({ maxLength: maxLength ?? 253 });
  const most = max ?? 100;
  return {
    graphql: () => JsonScalar,
    openApi: {
      type: 'object', additionalProperties: { type: 'string', ...(maxLength !== undefined && { maxLength }) },
      ...(max !== undefined && { maxProperties: max }), ...(example && { example }),
    },
    read(value, at) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(at, 'an object of strings');
      const entries = Object.entries(value);
      if (entries.length > most) return refuse(at, `an object of at most ${most} strings`);
      return Object.fromEntries(entries.map(([name, entry]) => {
        const pointer = `${at.pointer}/${pointerToken(name)}`;
        if (name === '__proto__') return [name, refuse({ ...at, pointer }, 'another name')];
        return [name, item.read(entry, { ...at, pointer })];
      })) as Readonly<Record<string, string>>;
    },
  };
};

/** RFC 6901. */
export const pointerToken = (name: string): string => name.slice(0, 300).replaceAll('~', '~0').replaceAll('/', '~1');
