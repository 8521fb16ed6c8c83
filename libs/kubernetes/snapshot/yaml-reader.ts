import type { Intake, ListContext, Place } from './intake.js';
import { SnapshotError } from './snapshot-error.js';
import type { SnapshotSettings } from './snapshot-settings.js';
import { parseYaml } from './yaml-parse.js';
import { YamlSplitter } from './yaml-splitter.js';

/** Reads a stream of YAML documents, one object at a time, into the intake. */
export async function readYaml(chunks: AsyncIterable<Buffer>, intake: Intake, settings: SnapshotSettings): Promise<void> {
  const placeOf = (line: number): Place => ({ unit: 'line', at: line });
  const splitter = new YamlSplitter(
    {
      item: (bytes, line, list) => {
        const place = placeOf(line);
        const sequence = parseYaml(bytes, place, intake, settings.maxDepth + 1);
        const value: unknown = Array.isArray(sequence) && sequence.length === 1 ? sequence[0] : undefined;
        requireKind(value, list, place, intake);
        intake.add(value, place, list);
      },
      document: (bytes, line, items) => {
        const place = placeOf(line);
        // A list in flow style is two levels around its objects.
        const value = parseYaml(bytes, place, intake, settings.maxDepth + 2);
        if (value === undefined) return;
        const isList = isListObject(value);
        if (items > 0) {
          if (!isList) throw new SnapshotError('snapshot-not-kubernetes', `the document at line ${line} has items and is no list: this is not a Kubernetes object`);
          return;
        }
        if (!isList && bytes.length > settings.maxObjectBytes) throw tooLarge(line, intake, settings);
        intake.add(value, place);
      },
      tooLarge: (line) => {
        throw tooLarge(line, intake, settings);
      },
    },
    settings,
  );
  for await (const chunk of chunks) splitter.push(chunk);
  splitter.end();
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
