import type { MissingReason, ReadOutcome } from '#inventory/observed.js';
import { resourceKeys, type ResourceKey } from '#inventory/resources.js';
import { isReadLoosely, type Collected, type Entry } from './faulty-cluster.js';
import { nodesOf, withoutValueAt, withValueAt, type JsonNode, type JsonPath } from './json-paths.js';

/**
 * What must be true of verdicts after a fault, beside those before it:
 *
 * - `lost`: evidence is gone, and it is known which. Verdicts may turn to unknown and to nothing else; or to what they are in
 *   `as`, where other evidence of the same is looked at then.
 * - `misshapen`: an object says what no API server would. Its kind is no longer whole, and all is as with `lost`; or
 *   nobody reads what was misshapen, and every verdict is as before. Of a custom resource some
 *   fields may hold anything, and a network policy is doubted instead: no verdict is better than in both, before and in `as`.
 * - `same`: nothing that counts has changed, and no verdict does; nor does one differ from those of `as`, where that is given.
 * - `twice`: the same findings, though some subjects may have been counted twice.
 * - `other`: the object says something else now, and may be found better for it: nothing breaks.
 */
export type Promised =
  | { readonly promise: 'lost'; readonly keys: readonly ResourceKey[]; readonly as?: Collected }
  | { readonly promise: 'misshapen'; readonly key: ResourceKey; readonly as: Collected }
  | { readonly promise: 'same'; readonly as?: Collected }
  | { readonly promise: 'twice' | 'other' };

export type Fault = Promised & { readonly title: string; readonly kind: FaultKind; readonly collected: Collected };

type Random = () => number;
const oneOf = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)]!;

const reasons: readonly MissingReason[] = ['forbidden', 'unauthorized', 'timed-out', 'too-large', 'changed', 'unreachable', 'server-error', 'limit', 'not-requested', 'cancelled'];

const kinds = {
  'kind missing': kindMissing,
  'pages lost': pagesLost,
  'several kinds lost': severalLost,
  'wrong type': wrongType,
  'number or flag as text': scalarAsText,
  'list for an object': listForObject,
  'no object': noObject,
  null: nothing,
  'deep nesting': deepNesting,
  'names that every object inherits': inheritedNames,
  'huge labels': hugeLabels,
  'odd text beside': oddTextBeside,
  'odd text': oddText,
  'object twice': objectTwice,
  'kubelet answer': kubeletAnswer,
} as const;
/** Of what collectors see on nodes, which few clusters here have. */
const kindsOfNodes = { 'node not collected': nodeNotCollected, 'node collected long ago': nodeCollectedLongAgo, 'file of a node not read': fileNotRead } as const;
const allKinds = { ...kinds, ...kindsOfNodes };
export type FaultKind = keyof typeof allKinds;
export const faultKinds = Object.keys(kinds) as readonly FaultKind[];
export const nodeFaultKinds = Object.keys(kindsOfNodes) as readonly FaultKind[];

type Drawn = Promised & { readonly title: string; readonly collected: Collected };

/** One fault of what a collector hands on; undefined where there is nothing that this kind of fault could hit. */
export function drawFault(kind: FaultKind, collected: Collected, random: Random): Fault | undefined {
  const drawn = allKinds[kind](collected, random);
  return drawn && { ...drawn, kind };
}

const outcomeOfLoss = (key: ResourceKey, reason: MissingReason, count?: number): ReadOutcome =>
  count === undefined ? { state: 'missing', reason, detail: `list ${key}: ${reason}` } : { state: 'partial', count, reason, detail: `list ${key}: ${reason}` };

function keyToLose({ entries }: Collected, random: Random): ResourceKey {
  return entries.length > 0 && random() < 0.8 ? oneOf(entries, random).key : oneOf(resourceKeys, random);
}

function kindMissing(collected: Collected, random: Random): Drawn {
  const key = keyToLose(collected, random);
  return { title: `${key} missing`, promise: 'lost', keys: [key], collected: lose(collected, key, random, false) };
}

function pagesLost(collected: Collected, random: Random): Drawn {
  const key = keyToLose(collected, random);
  return { title: `pages of ${key} lost`, promise: 'lost', keys: [key], collected: lose(collected, key, random, true) };
}

function severalLost(collected: Collected, random: Random): Drawn {
  const keys = new Set(Array.from({ length: 2 + Math.floor(random() * 5) }, () => keyToLose(collected, random)));
  const lost = [...keys].reduce((before, key) => lose(before, key, random, random() < 0.5), collected);
  return { title: `${[...keys].join(', ')} lost`, promise: 'lost', keys: [...keys], collected: lost };
}

function nodeToLose({ nodes = {} }: Collected, random: Random): string | undefined {
  const names = Object.keys(nodes);
  return names.length === 0 ? undefined : oneOf(names, random);
}

function nodeNotCollected(collected: Collected, random: Random): Drawn | undefined {
  const node = nodeToLose(collected, random);
  if (node === undefined) return undefined;
  const { [node]: _lost, ...nodes } = collected.nodes!;
  return { title: `bundle of ${node} lost`, promise: 'lost', keys: [], collected: { ...collected, nodes } };
}

function nodeCollectedLongAgo(collected: Collected, random: Random): Drawn | undefined {
  const node = nodeToLose(collected, random);
  if (node === undefined) return undefined;
  return { title: `bundle of ${node} too old`, promise: 'lost', keys: [], collected: { ...collected, nodes: { ...collected.nodes, [node]: { ...collected.nodes![node]!, collectedAt: '2026-10-01T00:00:00.000Z' } } } };
}

/** A file of configuration that the collector had no right to. */
function fileNotRead(collected: Collected, random: Random): Drawn | undefined {
  const node = nodeToLose(collected, random);
  const sketch = node === undefined ? undefined : collected.nodes![node]!;
  const paths = Object.keys(sketch?.configs ?? {});
  if (node === undefined || !sketch || paths.length === 0) return undefined;
  const path = oneOf(paths, random);
  const configs = { ...sketch.configs, [path]: { kind: sketch.configs![path]!.kind } };
  return { title: `${path} of ${node} not read`, promise: 'lost', keys: [], collected: { ...collected, nodes: { ...collected.nodes, [node]: { ...sketch, configs } } } };
}

/** All of a kind, or from one object to another. */
function lose(collected: Collected, key: ResourceKey, random: Random, isPartial: boolean): Collected {
  const own = collected.entries.filter((entry) => entry.key === key);
  const from = isPartial ? Math.floor(random() * own.length) : 0;
  const to = isPartial ? from + 1 + Math.floor(random() * (own.length - from)) : own.length;
  const gone = new Set(own.slice(from, to));
  const entries = collected.entries.filter((entry) => !gone.has(entry));
  return { ...collected, entries, outcomes: { ...collected.outcomes, [key]: outcomeOfLoss(key, oneOf(reasons, random), isPartial ? own.length - gone.size : undefined) } };
}

interface Place extends JsonNode {
  readonly entry: Entry;
}

function placeIn({ entries }: Collected, random: Random, isWanted: (node: JsonNode) => boolean): Place | undefined {
  // A few objects are asked: most have places of most kinds.
  for (let attempt = 0; attempt < 8 && entries.length > 0; attempt++) {
    const entry = oneOf(entries, random);
    const places = nodesOf(entry.object as object).filter((node) => node.path[0] !== 'apiVersion' && node.path[0] !== 'kind' && isWanted(node));
    if (places.length > 0) return { entry, ...oneOf(places, random) };
  }
  return undefined;
}

const replaced = (collected: Collected, entry: Entry, object: unknown): Collected => ({ ...collected, entries: collected.entries.map((each) => (each === entry ? { key: entry.key, object } : each)) });

const without = (collected: Collected, { entry, path }: Place): Collected => replaced(collected, entry, withoutValueAt(entry.object, path));

const placeText = ({ entry, path }: Place): string => {
  const { metadata } = entry.object as { readonly metadata?: { readonly namespace?: string; readonly name?: string } };
  return `${entry.key} ${metadata?.namespace ?? ''}/${metadata?.name ?? ''} ${path.join('.')}`;
};

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
const samples: readonly unknown[] = ['x', '', 7, -1, 0, 1e308, true, false, [], ['x'], [[]], [{}], {}, { x: {} }, { 0: 'x', length: 1 }];

/** Maps of strings take what YAML reads as numbers, and ports are numbers or names. */
const takesAnyScalar = (path: JsonPath): boolean => {
  const [above, name] = [path.at(-2), path.at(-1)];
  return stringMaps.has(String(above)) || (above === 'annotations' || above === 'labels') || name === 'port' || name === 'targetPort' || name === 'servicePort';
};
const stringMaps = new Set(['data', 'labels', 'annotations', 'matchLabels', 'nodeSelector', 'selector', 'limits', 'requests', 'hard', 'default', 'defaultRequest', 'max', 'min']);
const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function misshapen(collected: Collected, place: Place, value: unknown): Drawn {
  const title = `${placeText(place)} is ${typeOf(value)}${isScalar(value) ? ` ${JSON.stringify(value)}` : ''} where ${typeOf(place.value)} belongs`;
  const changed = replaced(collected, place.entry, withValueAt(place.entry.object, place.path, value));
  if (isScalar(value) && isScalar(place.value) && takesAnyScalar(place.path)) return { title, promise: 'other', collected: changed };
  return { title, promise: 'misshapen', key: place.entry.key, as: without(collected, place), collected: changed };
}

function wrongType(collected: Collected, random: Random): Drawn | undefined {
  const place = placeIn(collected, random, ({ value }) => value !== null);
  return place && misshapen(collected, place, oneOf(samples.filter((sample) => typeOf(sample) !== typeOf(place.value)), random));
}

function scalarAsText(collected: Collected, random: Random): Drawn | undefined {
  const place = placeIn(collected, random, ({ value }) => typeof value === 'number' || typeof value === 'boolean');
  return place && misshapen(collected, place, String(place.value));
}

function listForObject(collected: Collected, random: Random): Drawn | undefined {
  const place = placeIn(collected, random, ({ value }) => typeOf(value) === 'object');
  return place && misshapen(collected, place, [place.value]);
}

function noObject(collected: Collected, random: Random): Drawn | undefined {
  if (collected.entries.length === 0) return undefined;
  const entry = oneOf(collected.entries, random);
  return { title: `no object among ${entry.key}`, promise: 'misshapen', key: entry.key, as: collected, collected: replaced(collected, entry, oneOf([null, 7, 'x', true, [], [entry.object], {}, { metadata: null }, { metadata: { name: 7 } }], random)) };
}

/** `null` is absent, or an empty text in a map of texts, as the API server has it; in a list it is an item that no list may have. */
function nothing(collected: Collected, random: Random): Drawn | undefined {
  const place = placeIn(collected, random, ({ value }) => value !== null);
  if (!place) return undefined;
  if (typeof place.path.at(-1) === 'number' || isReadLoosely(place.entry.key)) return misshapen(collected, place, null);
  const as = isScalar(place.value) && stringMaps.has(String(place.path.at(-2))) ? replaced(collected, place.entry, withValueAt(place.entry.object, place.path, '')) : without(collected, place);
  return { title: `${placeText(place)} is null`, promise: 'same', as, collected: replaced(collected, place.entry, withValueAt(place.entry.object, place.path, null)) };
}

function deepNesting(collected: Collected, random: Random): Drawn | undefined {
  const place = placeIn(collected, random, () => true);
  if (!place) return undefined;
  const isList = random() < 0.5;
  let value: unknown = 'bottom';
  for (let depth = oneOf([100, 1_000, 50_000], random); depth > 0; depth--) value = isList ? [value] : { deep: value };
  const isOfItsType = typeOf(place.value) === (isList ? 'list' : 'object');
  const changed = misshapen(collected, place, value);
  return isOfItsType ? { title: changed.title, promise: 'other', collected: changed.collected } : changed;
}

const inherited = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
const tempting = { privileged: true, hostNetwork: true, runAsNonRoot: true, name: 'x', verbs: ['*'], enforce: 'restricted', state: 'observed' };

/** New fields are nobody's to read, unless they are in a map whose fields are data. */
function inheritedNames(collected: Collected, random: Random): Drawn | undefined {
  const place = placeIn(collected, random, ({ path, value }) => typeOf(value) === 'object' && !(stringMaps.has(String(path.at(-1))) && path.at(-2) !== 'metadata') && path.at(-1) !== 'limits' && path.at(-1) !== 'data' && path.at(-2) !== 'volumes');
  if (!place) return undefined;
  const name = oneOf(inherited, random);
  const isMap = stringMaps.has(String(place.path.at(-1)));
  const object = withValueAt(place.entry.object, [...place.path, name], isMap ? 'x' : tempting);
  const title = `${placeText(place)} has a field ${name}`;
  const changed = replaced(collected, place.entry, object);
  return isReadLoosely(place.entry.key) ? { title, promise: 'misshapen', key: place.entry.key, as: collected, collected: changed } : { title, promise: 'same', collected: changed };
}

/** More labels or annotations, which nobody selects. */
function withMore(collected: Collected, random: Random, what: string, more: Readonly<Record<string, string>>): Drawn | undefined {
  if (collected.entries.length === 0) return undefined;
  const entry = oneOf(collected.entries, random);
  const field = oneOf(['labels', 'annotations'], random);
  // A custom resource may hold metadata that is a pattern for others'.
  const template = isReadLoosely(entry.key) ? undefined : nodesOf(entry.object as object).find(({ path }) => path.at(-1) === 'metadata' && path.length > 1);
  const metadata = template && random() < 0.5 ? template.path : ['metadata'];
  const before = nodesOf(entry.object as object).find(({ path }) => path.join('.') === [...metadata, field].join('.'))?.value;
  const object = withValueAt(entry.object, [...metadata, field], { ...(before as object | undefined), ...more });
  return { title: `${what} in ${placeText({ entry, path: [...metadata, field], value: before })}`, promise: 'same', collected: replaced(collected, entry, object) };
}

function hugeLabels(collected: Collected, random: Random): Drawn | undefined {
  const more = random() < 0.5
    ? Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`fault.example/label-${i}`, 'x'.repeat(i % 63)]))
    : { 'fault.example/huge': 'x'.repeat(oneOf([10_000, 300_000], random)), [`fault.example/${'y'.repeat(10_000)}`]: 'z' };
  return withMore(collected, random, 'huge labels', more);
}

const odd = ['\u0000', '\ud800', '\udfff\ud800', '\u202e\u2066', '\ufeff', 'é\u0301', 'ſ\u212a', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '\u2028', '\r\n| x |', '"}]', '=1+1', '\u001b[2J', '|a|b', '%00', 'ＰＲＩＶ'];

function oddTextBeside(collected: Collected, random: Random): Drawn | undefined {
  const text = oneOf(odd, random);
  return withMore(collected, random, `odd text ${JSON.stringify(text)}`, { 'fault.example/odd': text, [`fault.example/${text}`]: 'x' });
}

function oddText(collected: Collected, random: Random): Drawn | undefined {
  const place = placeIn(collected, random, ({ value }) => typeof value === 'string');
  if (!place) return undefined;
  const text = oneOf([(old: string) => odd.join(old), () => oneOf(odd, random), (old: string) => `${old}${oneOf(odd, random)}`, () => ''], random)(String(place.value));
  return { title: `${placeText(place)} is ${JSON.stringify(text).slice(0, 60)}`, promise: 'other', collected: replaced(collected, place.entry, withValueAt(place.entry.object, place.path, text)) };
}

function objectTwice(collected: Collected, random: Random): Drawn | undefined {
  if (collected.entries.length === 0) return undefined;
  const entry = oneOf(collected.entries, random);
  const at = Math.floor(random() * (collected.entries.length + 1));
  return { title: `${placeText({ entry, path: [], value: undefined })}twice`, promise: 'twice', collected: { ...collected, entries: collected.entries.toSpliced(at, 0, entry) } };
}

function kubeletAnswer(collected: Collected, random: Random): Drawn | undefined {
  const kubelets = Object.entries(collected.kubelets ?? {});
  if (kubelets.length === 0) return undefined;
  const [node, answer] = oneOf(kubelets, random);
  const places = typeof answer === 'object' && answer !== null ? nodesOf(answer) : [];
  const { path, value } = places.length > 0 && random() < 0.9 ? oneOf(places, random) : { path: [], value: answer };
  const wrong = oneOf(samples.filter((sample) => typeOf(sample) !== typeOf(value)), random);
  const { [node]: _unread, ...others } = collected.kubelets ?? {};
  // Where a kubelet's answer cannot be understood, its node's own evidence is asked.
  const as = collected.nodes?.[node] && { ...collected, kubelets: others };
  return { title: `the kubelet of ${node} says ${path.join('.')} is ${typeOf(wrong)}`, promise: 'lost', keys: [], ...(as && { as }), collected: { ...collected, kubelets: { ...collected.kubelets, [node]: withValueAt(answer, path, wrong) } } };
}
