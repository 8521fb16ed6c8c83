import { unitSettings } from '#nodes/config/unit-settings.js';
import { textOf } from '#nodes/config/read-document.js';
import { ConfigError } from '#nodes/config/config-error.js';
import { bundleLimits } from '#nodes/limits.js';
import type { Reading } from '#nodes/reading.js';
import type { UnitFact, UnitFile, UnitSettings } from '#nodes/unit-fact.js';
import { shown, type ByteString } from './bytes-text.js';
import type { FileBook } from './file-book.js';
import { unitDirectories, unitNames } from './locations.js';

/** The units of components that are there, with the files in force. */
export const findUnits = (files: FileBook): readonly UnitFact[] => unitNames.flatMap((name) => unitOf(files, name) ?? []);

function unitOf(files: FileBook, name: string): UnitFact | undefined {
  const fragment = unitDirectories.map((directory) => `${directory}/${name}`).find((path) => files.root.look(path).state !== 'absent');
  const dropIns = new Map<ByteString, ByteString>();
  let truncated = false;
  for (const directory of unitDirectories) {
    const below = `${directory}/${name}.d`;
    const names = files.root.list(below, bundleLimits.unitFiles);
    if (names.state === 'read') {
      // What must not be writable by others is the directory too.
      files.add(below);
      truncated ||= names.value.truncated;
      for (const file of names.value.names) if (file.endsWith('.conf') && !dropIns.has(file)) dropIns.set(file, `${below}/${file}`);
    } else if (names.state !== 'absent') truncated = true;
  }
  if (fragment === undefined && dropIns.size === 0 && !truncated) return undefined;
  const ordered = [...dropIns].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  const all = [...(fragment === undefined ? [] : [fragment]), ...ordered];
  const read = all.slice(0, bundleLimits.unitFiles).map((path): UnitFile => {
    files.add(path);
    return { path: shown(path).text, role: path === fragment ? 'unit' : 'drop-in', content: contentOf(files, path) };
  });
  return { name, files: read, isMasked: fragment !== undefined && isMasked(files, fragment), truncated: truncated || all.length > bundleLimits.unitFiles };
}

function contentOf(files: FileBook, path: ByteString): Reading<UnitSettings> {
  const file = files.root.read(path, bundleLimits.configBytes);
  if (file.state !== 'read') return file;
  try {
    return { state: 'read', value: unitSettings(textOf(file.value)) };
  } catch (error) {
    return { state: 'invalid', detail: error instanceof ConfigError ? error.message : 'It cannot be parsed.' };
  }
}

function isMasked(files: FileBook, path: ByteString): boolean {
  const found = files.root.look(path);
  return found.state === 'present' && (found.real === '/dev/null' || (found.stats.isFile() && found.stats.size === 0));
}
