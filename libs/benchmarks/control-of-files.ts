import { fileRules, type FileRule } from '#controls/control-plane/component-file-rules.js';
import { componentFileIds, componentFiles, type ComponentFileId, type ComponentFileRow, type Place as ControlPlace } from '#nodes/facts/component-files.js';
import type { BenchmarkPlatform, ControlAnswer } from './benchmark.js';
import type { PathRef, Place } from './paths/path-ref.js';
import { pathRow } from './paths/path-tables.js';
import type { Rule } from './rules/rule.js';

const controlId = 'control-plane/component-least-privilege';

/** Files that the control calls otherwise. */
const renamed: Readonly<Partial<Record<PathRef, ComponentFileId>>> = { 'admin-kubeconfigs': 'admin-kubeconfig', 'pki-certificates': 'pki-certificate', 'pki-keys': 'pki-key' };

/**
 * The part of the control on components' files that fails wherever a rule on modes or owners does: it looks at the same
 * files of this platform, and allows no more. Undefined where it looks elsewhere, or allows more.
 */
export function controlOfFiles(rule: Rule, platform: BenchmarkPlatform): ControlAnswer | undefined {
  if ((rule.kind !== 'file-mode' && rule.kind !== 'file-owner') || rule.paths.length !== 1) return undefined;
  const [ref] = rule.paths as readonly [PathRef];
  const file = renamed[ref] ?? componentFileIds.find((id) => id === ref);
  if (file === undefined || !isLookedAt(file, ref, platform)) return undefined;
  const { mode, owner }: FileRule = fileRules[file];
  if (rule.kind === 'file-mode') return mode !== undefined && (mode & ~rule.max) === 0 ? { controlId, part: `${file}-mode` } : undefined;
  return owner !== undefined && (owner === 'own' ? 'etcd' : owner) === rule.owner ? { controlId, part: `${file}-owner` } : undefined;
}

function isLookedAt(file: ComponentFileId, ref: PathRef, platform: BenchmarkPlatform): boolean {
  const row = pathRow(ref, platform);
  if (row === undefined || 'absent' in row) return false;
  // Both take the files in force as systemd has them.
  if (file === 'kubelet-unit') return true;
  const { places, named: names = [] }: ComponentFileRow = componentFiles[file];
  const { named } = row;
  if (named === undefined || row.places.length > 0) {
    if (row.places.every((place) => places.some((one) => isWithin(place, one)))) return true;
    if (named === undefined) return false;
  }
  // Where a process says which it is, usual places do not count.
  return 'flag' in named && names.some(({ component, flag }) => component === named.component && flag === named.flag);
}

function isWithin(place: Place, one: ControlPlace): boolean {
  if ('at' in place || 'at' in one) return 'at' in place && 'at' in one && place.at === one.at;
  return (
    place.below === one.below && place.within === undefined && (place.directories !== true || one.directories === true) &&
    (one.named === undefined || (place.named !== undefined && one.named.includes(place.named.slice(1)))) &&
    (one.except ?? []).every((name) => place.except?.includes(name) === true)
  );
}
