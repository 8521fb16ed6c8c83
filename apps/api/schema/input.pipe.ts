import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { invalid } from '#application/app-error.js';
import { ProtocolError } from '../problems/protocol-error.js';
import type { Class } from './field-type.js';
import { fromTexts, hasFields, parseInput } from './fields.js';

/** Both doors' inputs pass here: bodies, query parameters and GraphQL arguments whose class declares fields. */
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || !metatype || !hasFields(metatype)) return value;
    if (type === 'body' && value === undefined) throw new ProtocolError(400, 'missing-body', 'This request needs a body of JSON.');
    const inputType = metatype as Class;
    const parsed = parseInput(inputType, type === 'query' ? fromTexts(inputType, (value ?? {}) as Record<string, string | readonly string[]>) : value);
    if ('input' in parsed) return parsed.input;
    throw type === 'query'
      ? invalid('invalid-parameters', 'The query parameters cannot be used as given.', parsed.problems)
      : invalid('invalid-input', 'The input cannot be used as given.', parsed.problems);
  }
}
