import { invalid } from '#application/app-error.js';
import type { Class } from './field-type.js';
import { parseInput } from './fields.js';

/** A body that may be left out altogether; to be taken as `unknown`, so that it comes here as it is. */
export function optionalInput<T extends object>(type: Class<T>, body: unknown): T {
  const parsed = parseInput(type, body ?? {});
  if ('input' in parsed) return parsed.input;
  throw invalid('invalid-input', 'The input cannot be used as given.', parsed.problems);
}
