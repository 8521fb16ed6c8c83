import { isUtf8 } from 'node:buffer';
import { JsonSplitter, SplitError, type ListHead } from '../json-splitter.js';
import { hasSuspiciousEscape, isStorable } from '../storable-text.js';
import type { Intake, Place } from './intake.js';
import { SnapshotError } from './snapshot-error.js';
import type { SnapshotSettings } from './snapshot-settings.js';

/** Reads a stream of JSON objects, one at a time, into the intake. */
export async function readJson(chunks: AsyncIterable<Buffer>, intake: Intake, settings: SnapshotSettings, firstByte: number): Promise<void> {
  const placeOf = (offset: number): Place => ({ unit: 'byte', at: firstByte + offset });
  const splitter = new JsonSplitter(
    {
      item: (bytes, offset, list) => {
        const place = placeOf(offset);
        intake.add(withKind(parsed(bytes, place, intake), list, place, intake), place, list);
      },
      root: (bytes, offset, items) => {
        const place = placeOf(offset);
        const value = parsed(bytes, place, intake);
        const { kind } = value as { readonly kind?: unknown };
        // Its items were taken as they came; only a list has any.
        if (items === 0) intake.add(value, place);
        else if (typeof kind !== 'string' || !kind.endsWith('List')) throw new SnapshotError('snapshot-not-kubernetes', `the object at byte ${place.at} has items and is no list: this is not a Kubernetes object`);
      },
      refused: (reason, offset) => {
        const where = intake.where(placeOf(offset));
        throw reason === 'too-deep'
          ? new SnapshotError('snapshot-too-deep', `${where}, is nested deeper than ${settings.maxDepth} levels`)
          : new SnapshotError('snapshot-object-too-large', `${where}, is larger than ${settings.maxObjectBytes / 1024 / 1024} MiB`);
      },
    },
    settings,
  );
  try {
    for await (const chunk of chunks) splitter.push(chunk);
    splitter.end();
  } catch (error) {
    throw error instanceof SplitError ? splitError(error, intake, placeOf(error.offset)) : error;
  }
}

/** Items of a typed list have no kind of their own; their list must have told it before. */
function withKind(value: unknown, list: ListHead, place: Place, intake: Intake): unknown {
  const hasKind = typeof value === 'object' && value !== null && Object.hasOwn(value, 'kind');
  if (hasKind || list.kind !== undefined) return value;
  throw new SnapshotError('snapshot-not-kubernetes', `${intake.where(place)}, has no kind, and its list does not tell one before its items`);
}

function parsed(bytes: Buffer, place: Place, intake: Intake): unknown {
  if (!isUtf8(bytes)) throw new SnapshotError('snapshot-invalid-encoding', `${intake.where(place)}, is not valid UTF-8`);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    // The parser's own message repeats the text, so it goes no further.
    if (!(error instanceof SyntaxError)) throw error;
    throw new SnapshotError('snapshot-syntax', `${intake.where(place)}, is not valid JSON`);
  }
  if (hasSuspiciousEscape(bytes) && !isStorable(value)) throw new SnapshotError('snapshot-invalid-encoding', `${intake.where(place)}, holds NUL or half of a surrogate pair, which is no text`);
  return value;
}

function splitError(error: SplitError, intake: Intake, place: Place): SnapshotError {
  switch (error.reason) {
    case 'truncated':
      return new SnapshotError('snapshot-truncated', `the upload ends in the middle of ${intake.where(place)}: it is only a part of the file`);
    case 'array':
      return new SnapshotError('snapshot-not-kubernetes', `there is a JSON array at byte ${place.at}; send a List, as kubectl get -o json writes it, or the objects one after the other`);
    case 'syntax':
      return new SnapshotError('snapshot-syntax', `the JSON cannot be read at byte ${place.at}, after ${intake.objects} object(s)`);
  }
}
