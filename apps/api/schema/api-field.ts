import { Field } from '@nestjs/graphql';
import { ApiProperty } from '@nestjs/swagger';
import * as types from './field-type.js';
import type { Class, FieldType } from './field-type.js';
import { fieldsOf, object } from './fields.js';
import type { NamedEnum } from './named-enum.js';

export interface FieldOptions {
  /** One sentence for both doors' documentation. */
  readonly about: string;
  /** An input may leave it out. */
  readonly isOptional?: boolean;
  /** It may be null. */
  readonly isNullable?: boolean;
}

/** Goes on properties that can hold `T`: the class and its documentation cannot drift apart. */
type FieldDecorator<T> = <K extends string>(target: { readonly [P in K]?: T | null }, name: K) => void;

/** Declares a property for GraphQL, for OpenAPI and for the checking of inputs, all at once. */
function field<T>(type: FieldType<T>, { about, isOptional = false, isNullable = false }: FieldOptions): FieldDecorator<T> {
  return (target, name) => {
    fieldsOf(target.constructor).set(name, { type, isOptional, isNullable });
    // GraphQL has one word for both: a field that may be left out may be null.
    Field(type.graphql, { description: about, nullable: isOptional || isNullable })(target, name);
    ApiProperty({ ...type.openApi, description: about, required: !isOptional, ...(isNullable && { nullable: true }) })(target, name);
  };
}

type With<O> = O & FieldOptions;

export const ApiField = {
  id: (options: FieldOptions) => field(types.id(), options),
  text: (options: With<types.TextOptions>) => field(types.text(options), options),
  int: (options: With<types.IntOptions>) => field(types.int(options), options),
  long: (options: With<types.IntOptions>) => field(types.long(options), options),
  float: (options: With<{ readonly min?: number; readonly max?: number }>) => field(types.float(options), options),
  bool: (options: FieldOptions) => field(types.bool(), options),
  time: (options: FieldOptions) => field(types.time(), options),
  oneOf: <V extends string>(values: NamedEnum<V>, options: FieldOptions) => field(types.oneOf(values), options),
  texts: (options: With<types.TextsOptions>) => field(types.texts(options), options),
  json: (options: With<{ readonly schema?: types.OpenApiType }>) => field(types.json(options.schema), options),
  object: <T extends object>(type: () => Class<T>, options: FieldOptions) => field(object(type), options),
  list: <T>(item: FieldType<T>, options: With<{ readonly max?: number }>) => field(types.list(item, options), options),
} as const;
