import type { Completeness } from '#application/ports/cluster-collector.js';
import type { InventoryBuilder } from '#inventory/inventory-builder.js';
import { conclude } from './conclude.js';
import { decompress } from './decompress.js';
import { Intake } from './intake.js';
import { readJson } from './json-reader.js';
import { openText } from './open-text.js';
import type { SecondParser } from './parsing-thread.js';
import { SnapshotError } from './snapshot-error.js';
import { defaultSnapshotSettings, type SnapshotSettings } from './snapshot-settings.js';

export interface SnapshotSummary {
  /** Objects of any kind. */
  readonly objects: number;
  /** Of them, those of kinds that nothing is judged by. */
  readonly ignored: number;
  /** Unpacked. */
  readonly bytes: number;
}

export interface SnapshotOptions {
  readonly settings?: SnapshotSettings;
  readonly onObject?: (objects: number) => void;
  /** Starts a second parser, where YAML may have one. */
  readonly startParser?: (() => SecondParser) | undefined;
}

const openObject = 0x7b;
const openList = 0x5b;
const openTag = 0x3c;

/**
 * Reads an upload into the builder: JSON (one object, a List, several objects, one a line) or YAML (documents, a
 * List), plain or packed, one object in memory at a time. Throws `SnapshotError`; nothing of an upload counts
 * unless all of it could be read.
 */
export async function readSnapshot(bytes: AsyncIterable<Uint8Array>, complete: Completeness, builder: InventoryBuilder, options: SnapshotOptions = {}): Promise<SnapshotSummary> {
  const { settings = defaultSnapshotSettings, onObject = () => undefined, startParser } = options;
  const intake = new Intake(builder, settings.maxObjects, onObject);
  const counter = { bytes: 0 };
  const { first, mark, chunks } = await openText(counted(decompress(bytes, settings.maxBytes), counter));
  switch (first) {
    case undefined:
      throw new SnapshotError('snapshot-empty', 'the upload is empty');
    case openList:
      throw new SnapshotError('snapshot-not-kubernetes', 'the upload is a JSON array; send a List, as kubectl get -o json writes it, or the objects one after the other');
    case openTag:
      throw new SnapshotError('snapshot-not-kubernetes', 'the upload is HTML or XML, not Kubernetes objects');
    case openObject:
      await readJson(chunks, intake, settings, mark);
      break;
    default: {
      // Its parser is large, and most uploads are JSON.
      const { readYaml } = await import('./yaml-reader.js');
      await readYaml(chunks, intake, settings, startParser);
    }
  }
  if (intake.objects === 0) throw new SnapshotError('snapshot-empty', 'the upload holds no object');
  conclude(builder, complete);
  builder.setServer(undefined, intake.hasOpenShiftApi);
  return { objects: intake.objects, ignored: intake.ignored, bytes: counter.bytes };
}

async function* counted(chunks: AsyncIterable<Buffer>, counter: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    counter.bytes += chunk.length;
    yield chunk;
  }
}
