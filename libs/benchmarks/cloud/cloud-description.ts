import { itemsOf } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';
import { describeCommands } from '../evidence.js';
import type { Fields } from '#inventory/facts.js';
import { isRecord } from '#inventory/readers/unknown-record.js';
import { fieldAt } from '../rules/field-at.js';
import { rulesWithin, type CloudProvider, type FieldPath, type Rule } from '../rules/rule.js';
import { CloudDescriptionError } from './cloud-description-error.js';

/** What is kept of a provider's description of a cluster: the fields that items read, each by its path. */
export interface CloudDescription {
  readonly provider: CloudProvider;
  /** The cluster's name there. */
  readonly name?: string;
  /** Nested as the provider has it. */
  readonly fields: unknown;
}

const MOST_BYTES = 4 * 1024 * 1024;
const MOST_ELEMENTS = 2_000;
const LONGEST_TEXT = 500;
/** Stands where something is set whose value no item reads, such as a certificate. */
const SOMETHING = '[set]';

/** A tree of what is kept: `true` is a leaf. */
type Kept = { readonly [key: string]: Kept } | true;

const marks: Readonly<Record<CloudProvider, (root: Fields) => boolean>> = {
  eks: (root) => isRecord(root['cluster']) && (isRecord(root['cluster']['resourcesVpcConfig']) || /^arn:aws[\w-]*:eks:/.test(String(root['cluster']['arn']))),
  aks: (root) => /^microsoft\.containerservice\/managedclusters$/i.test(String(root['type'])) || ('nodeResourceGroup' in root && Array.isArray(root['agentPoolProfiles'])),
  gke: (root) => /container\.googleapis\.com/.test(String(root['selfLink'])) || (Array.isArray(root['nodePools']) && 'masterAuth' in root),
};

/** The name of the cluster, where the provider has it. */
const namePaths: Readonly<Record<CloudProvider, FieldPath>> = { eks: ['cluster', 'name'], aks: ['name'], gke: ['name'] };

/** Reads what `describeCommands` print, as text or parsed. @throws CloudDescriptionError whatever is given. */
export function readCloudDescription(provider: CloudProvider, given: unknown): CloudDescription {
  const root = typeof given === 'string' || given instanceof Uint8Array ? parsed(given, provider) : given;
  if (!isRecord(root) || !marks[provider](root)) throw new CloudDescriptionError('other-description', `It is not what \`${describeCommands[provider]}\` prints: send that, unchanged.`);
  const name = fieldAt(root, namePaths[provider]);
  return { provider, fields: project(root, keptOf(provider), provider), ...(typeof name === 'string' && name !== '' && { name: name.slice(0, 200) }) };
}

function parsed(given: string | Uint8Array, provider: CloudProvider): unknown {
  if (given.length > MOST_BYTES) throw new CloudDescriptionError('too-large', `A description has at most ${MOST_BYTES / 1024 / 1024} MiB: send what \`${describeCommands[provider]}\` prints, for one cluster.`);
  try {
    const text = typeof given === 'string' ? given : new TextDecoder('utf-8', { fatal: true }).decode(given);
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    // What parsers say repeats what they read.
    throw new CloudDescriptionError('not-json', `It is no JSON: send what \`${describeCommands[provider]}\` prints.`);
  }
}

const known = new Map<CloudProvider, Kept>();

function keptOf(provider: CloudProvider): Kept {
  let kept = known.get(provider);
  if (!kept) known.set(provider, (kept = treeOf(pathsOf(provider))));
  return kept;
}

/** What the tables ask of a provider, and nothing else. */
export function pathsOf(provider: CloudProvider): readonly FieldPath[] {
  const rules = Object.values(benchmarks).flatMap((benchmark) => itemsOf(benchmark).flatMap(({ rule, otherwise }) => [rule, otherwise].flatMap((one) => (one ? rulesWithin(one) : []))));
  return rules.flatMap((rule) => pathsIn(rule, provider));
}

function pathsIn(rule: Rule, provider: CloudProvider): readonly FieldPath[] {
  if (rule.kind === 'control-plane-logs') return provider === 'eks' ? logPaths : [];
  return rule.kind === 'cloud' && rule.provider === provider ? rule.paths.map((path) => [...(rule.each ?? []), ...path]) : [];
}

/** Kinds of logs with whether they are shipped. */
export const logGroups: FieldPath = ['cluster', 'logging', 'clusterLogging'];
const logPaths: readonly FieldPath[] = [[...logGroups, 'types'], [...logGroups, 'enabled']];

type Branch = Map<string, Branch>;

function treeOf(paths: readonly FieldPath[]): Kept {
  const root: Branch = new Map();
  for (const path of paths) {
    let branch = root;
    for (const key of path) {
      const next = branch.get(key) ?? new Map<string, never>();
      branch.set(key, next);
      branch = next;
    }
  }
  const kept = (branch: Branch): Kept => (branch.size === 0 ? true : Object.fromEntries(Array.from(branch, ([key, below]) => [key, kept(below)])));
  return kept(root);
}

function project(value: unknown, kept: Kept, provider: CloudProvider): unknown {
  if (Array.isArray(value)) {
    if (value.length > MOST_ELEMENTS) throw new CloudDescriptionError('too-large', `It has a list of more than ${MOST_ELEMENTS} elements: send what \`${describeCommands[provider]}\` prints, unchanged.`);
    return value.map((each) => project(each, kept, provider));
  }
  if (kept === true) return leafOf(value);
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw new CloudDescriptionError('other-shape', `${Object.keys(kept)[0]!} is looked for in what is no object: send what \`${describeCommands[provider]}\` prints, unchanged.`);
  const fields = Object.create(null) as Record<string, unknown>;
  for (const [key, below] of Object.entries(kept)) if (Object.hasOwn(value, key)) fields[key] = project(value[key], below, provider);
  return fields;
}

function leafOf(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= LONGEST_TEXT && !value.includes('-----BEGIN') ? value : SOMETHING;
  if (typeof value === 'boolean' || typeof value === 'number') return value;
  return value === null || value === undefined ? undefined : SOMETHING;
}
