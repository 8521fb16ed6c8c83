import { JsonSplitter, SplitError } from '../json-splitter.js';
import { hasSuspiciousEscape } from '../storable-text.js';
import { stripManagedFields } from '../strip-managed-fields.js';
import { NotKubernetes, ReadFailure } from './read-failure.js';
import { looksLikeJson } from './refusal.js';

export type KubeObject = Readonly<Record<string, unknown>>;

/** What the server must say its answer is. */
export interface ListForm {
  readonly kind: string;
  readonly apiVersion: string;
  /** Kind and version of the single objects; typed lists leave them out. */
  readonly itemKind: string;
  readonly itemVersion: string;
  /** Field managers are wanted: they tell when a field was last written. */
  readonly keepsManagers?: true;
}

export interface ListPage {
  /** Bytes of the objects. */
  readonly items: readonly Buffer[];
  readonly resourceVersion: string;
  /** Token of the next page; undefined on the last one. */
  readonly next?: string;
  /** Something in it may be no storable text. */
  readonly mayBeUnstorable: boolean;
  /** Objects over a limit, which were left out. */
  readonly tooLarge: number;
  readonly tooDeep: number;
}

export interface PageLimits {
  readonly maxObjectBytes: number;
  readonly maxDepth: number;
}

/** An answer that is cut or garbled: worth asking again. */
export class GarbledPage extends ReadFailure {
  constructor(detail: string) {
    super('invalid', detail);
    this.name = 'GarbledPage';
  }
}

/**
 * Reads one page of a list up to its objects, which are left as bytes: parsed one by one they die young, and the
 * next page can be asked for before. The buffer is changed. Throws `ReadFailure`.
 */
export function parsePage(body: Buffer, form: ListForm, limits: PageLimits): ListPage {
  if (!looksLikeJson(body)) throw new NotKubernetes('the server answered with something that is not Kubernetes');
  const items: Buffer[] = [];
  const roots: Buffer[] = [];
  const refused = { 'too-large': 0, 'too-deep': 0 };
  const splitter = new JsonSplitter(
    {
      item: (bytes) => items.push(bytes),
      root: (bytes) => roots.push(bytes),
      refused: (reason) => refused[reason]++,
    },
    limits,
  );
  const json = form.keepsManagers ? body : stripManagedFields(body);
  try {
    splitter.push(json);
    splitter.end();
  } catch (error) {
    if (error instanceof SplitError) throw garbled();
    throw error;
  }
  if (roots.length !== 1) throw garbled();
  const list = parsed(roots[0]!);
  if (list['kind'] !== form.kind || list['apiVersion'] !== form.apiVersion) throw new NotKubernetes(`the server answered with ${kindOf(list)} where ${form.kind} was asked for`);
  // Go writes an empty list as null too. Items that are still here were not recognised as such: the key is spelled in a way no API server does.
  const rest = list['items'];
  if (rest !== null && !(Array.isArray(rest) && rest.length === 0)) throw new NotKubernetes('the list that the server answered with has no items, or hides them');
  const metadata = isRecord(list['metadata']) ? list['metadata'] : {};
  const next = textOf(metadata['continue']);
  return {
    items,
    resourceVersion: textOf(metadata['resourceVersion']) ?? '',
    ...(next !== undefined && next !== '' && { next }),
    mayBeUnstorable: hasSuspiciousEscape(json),
    tooLarge: refused['too-large'],
    tooDeep: refused['too-deep'],
  };
}

/** One object of a page. Throws `NotKubernetes` where the list lies about its kind. */
export function parseItem(bytes: Buffer, form: ListForm): KubeObject {
  const item = parsed(bytes);
  const { kind = form.itemKind, apiVersion = form.itemVersion } = item;
  if (kind !== form.itemKind || apiVersion !== form.itemVersion) throw new NotKubernetes(`the list of ${form.itemKind} holds ${kindOf(item)}`);
  return item;
}

function parsed(json: Buffer): KubeObject {
  try {
    const value: unknown = JSON.parse(json.toString('utf8'));
    if (isRecord(value)) return value;
  } catch (error) {
    // The parser's own message repeats the text, so it goes no further.
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw garbled();
}

const garbled = (): GarbledPage => new GarbledPage('the answer of the server is cut or is no JSON');
const isRecord = (value: unknown): value is KubeObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A kind for messages: only what a kind can look like, for the text comes from the other side. */
function kindOf(object: KubeObject): string {
  const kind = object['kind'];
  return typeof kind === 'string' && /^[A-Za-z]{1,63}$/.test(kind) ? kind : 'something without a kind';
}
