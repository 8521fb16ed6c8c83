import type { FoundEvaluation, FoundFailure, FoundFailures } from '#findings/found-failure.js';
import { isStorableText, storable } from '../storable.js';

/** An escape in JSON that stands for what cannot be stored, or may. */
const suspicious = /\\u(?:0000|d[89a-f])/i;

/** The same evaluation as Postgres can keep it. A first scan may have a hundred thousand failures, nearly all of them fine: those stay what they are. */
export function storableEvaluation(evaluation: FoundEvaluation): FoundEvaluation {
  const { failures, ...rest } = evaluation;
  return { ...storable(rest), failures: storableFailures(failures) };
}

const storableFailures = (failures: FoundFailures): FoundFailures => ({
  length: failures.length,
  ...(failures.severities && { severities: failures.severities }),
  *[Symbol.iterator]() {
    for (const failure of failures) yield storableFailure(failure);
  },
});

/** A failure as Postgres can keep it. */
export function storableFailure(failure: FoundFailure): FoundFailure {
  const { key, resource, message, detail, patch, values } = failure;
  // The key has the resource's kind and names and the part in it.
  if ([key, resource.group, message].every(isStorableText) && [detail, patch, values].every((json) => json === undefined || !suspicious.test(json))) return failure;
  return { ...storable(failure), ...(detail !== undefined && { detail: storableJson(detail) }), ...(patch !== undefined && { patch: storableJson(patch) }), ...(values !== undefined && { values: storableJson(values) }) };
}

const storableJson = (json: string): string => JSON.stringify(storable(JSON.parse(json)));
