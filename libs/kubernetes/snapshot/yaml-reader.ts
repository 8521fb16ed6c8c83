import { CollectionError } from '#application/ports/cluster-collector.js';
import type { Intake, ListContext, Place } from './intake.js';
import { SnapshotError } from './snapshot-error.js';
import type { SnapshotSettings } from './snapshot-settings.js';
import type { SecondParser } from './parsing-thread.js';
import { YamlQueue, type YamlUse } from './yaml-queue.js';
import { YamlSplitter } from './yaml-splitter.js';

/** Something is over a limit. */
class TooLarge extends Error {
  override readonly name = 'TooLarge';

  constructor(readonly line: number) {
    super(`too large at line ${line}`);
  }
}

/** Nothing comes any more, for the `cause`. */
class BrokenOff extends Error {
  override readonly name = 'BrokenOff';
}

/** Reads a stream of YAML documents, one object at a time, into the intake. `start`: of a second parser, where there may be one. */
export async function readYaml(chunks: AsyncIterable<Buffer>, intake: Intake, settings: SnapshotSettings, start?: () => SecondParser): Promise<void> {
  const queue = new YamlQueue(start);
  const useOf = (line: number, maxDepth: number, take: (value: unknown, place: Place) => void): YamlUse => {
    const place: Place = { unit: 'line', at: line };
    return { place: { line, text: () => intake.where(place) }, maxDepth, take: (value) => take(value, place) };
  };
  const splitter = new YamlSplitter(
    {
      item: (bytes, line, list) => {
        // What the list says of itself after this item does not count for it.
        const head = { ...list };
        queue.add(bytes, useOf(line, settings.maxDepth + 1, (sequence, place) => {
          const value: unknown = Array.isArray(sequence) && sequence.length === 1 ? sequence[0] : undefined;
          requireKind(value, head, place, intake);
          intake.add(value, place, head);
        }));
      },
      document: (bytes, line, items) => {
        const { length } = bytes;
        // A list in flow style is two levels around its objects.
        queue.add(bytes, useOf(line, settings.maxDepth + 2, (value, place) => {
          if (value === undefined) return;
          const isList = isListObject(value);
          if (items > 0) {
            if (!isList) throw new SnapshotError('snapshot-not-kubernetes', `the document at line ${line} has items and is no list: this is not a Kubernetes object`);
            return;
          }
          if (!isList && length > settings.maxObjectBytes) throw tooLarge(line, intake, settings);
          intake.add(value, place);
        }));
      },
      tooLarge: (line) => {
        throw new TooLarge(line);
      },
    },
    settings,
  );
  try {
    for await (const chunk of told(chunks)) {
      splitter.push(chunk);
      await queue.breathe();
    }
    splitter.end();
    await queue.finish();
  } catch (error) {
    if (!(error instanceof TooLarge || error instanceof BrokenOff)) throw error;
    // What is bad about an object before it counts.
    await queue.finish();
    throw error instanceof TooLarge ? tooLarge(error.line, intake, settings) : error.cause;
  } finally {
    await queue.close();
  }
}

/** Says of an error that it came with the chunks. */
async function* told(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    // Who cancels waits for nothing more.
    throw error instanceof CollectionError && error.reason === 'cancelled' ? error : new BrokenOff('the upload broke off', { cause: error });
  }
}

function requireKind(value: unknown, list: ListContext, place: Place, intake: Intake): void {
  const hasKind = typeof value === 'object' && value !== null && Object.hasOwn(value, 'kind');
  if (!hasKind && list.kind === undefined) throw new SnapshotError('snapshot-not-kubernetes', `${intake.where(place)}, has no kind, and its list does not tell one before its items`);
}

const isListObject = (value: unknown): boolean => {
  const { kind } = value as { readonly kind?: unknown };
  return typeof kind === 'string' && kind.endsWith('List');
};

const tooLarge = (line: number, intake: Intake, settings: SnapshotSettings): SnapshotError =>
  new SnapshotError('snapshot-object-too-large', `${intake.where({ unit: 'line', at: line })}, is larger than ${settings.maxObjectBytes / 1024 / 1024} MiB`);
