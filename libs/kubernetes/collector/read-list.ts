import { hash } from 'node:crypto';
import type { ResourceKey } from '#inventory/resources.js';
import type { CollectSettings } from './collect-settings.js';
import type { KubeApi } from './kube-api.js';
import { GarbledPage, parseItem, parsePage, type KubeObject, type ListForm, type ListPage } from './list-page.js';
import type { PageBuffer, PageBuffers } from './page-buffer.js';
import { PageSize } from './page-size.js';
import { PodParser } from './pod-parser.js';
import { ListChanged, NotKubernetes, ReadFailure } from './read-failure.js';
import { refusalOf } from './refusal.js';
import { isStorable } from '../storable-text.js';

export interface ListRequest {
  readonly key: ResourceKey;
  /** From the root, without query. */
  readonly path: string;
  readonly form: ListForm;
  readonly accept: string;
  readonly fieldSelector?: string;
  /** Objects of the first page, before their size is known. */
  readonly firstLimit: number;
}

export interface ListEnd {
  readonly resourceVersion: string;
  readonly count: number;
  /** Objects that were left out, and why: the list is whole, what was read of it is not. */
  readonly refused?: { readonly reason: 'too-large' | 'invalid'; readonly detail: string };
}

/** What all lists of a scan share. */
export interface ScanBudget {
  /** Read so far. */
  objects: number;
  readonly buffers: PageBuffers;
}

/** Pages without an object in a row after which a list counts as endless. */
const MAX_EMPTY_PAGES = 100;

/**
 * Reads a list to its end, page by page, one request at a time; the next page is on its way while the last one is
 * taken in. Pages count only while they belong to one resource version; one that is cut is asked for again.
 * Throws `ReadFailure`, `ListChanged` where the list expired under us.
 */
export async function readList(
  api: KubeApi,
  request: ListRequest,
  settings: CollectSettings,
  budget: ScanBudget,
  take: (object: KubeObject, sameSpec?: object) => void,
): Promise<ListEnd> {
  const size = new PageSize(settings.pageBudget, request.firstLimit);
  const seen = new SeenPages();
  const pods = request.key === 'pods' ? new PodParser(request.form) : undefined;
  const refused = { tooLarge: 0, tooDeep: 0, unstorable: 0 };
  let count = 0;
  let emptyPages = 0;
  let page = await readPage(api, request, settings, size, budget.buffers.next(), undefined);
  const { resourceVersion } = page;
  for (;;) {
    if (page.resourceVersion !== resourceVersion) throw new ListChanged('the pages of the list are of different resource versions');
    seen.addToken(page.next);
    emptyPages = page.items.length === 0 ? emptyPages + 1 : 0;
    if (emptyPages > MAX_EMPTY_PAGES) throw new ReadFailure('invalid', `the server answered with ${emptyPages} empty pages in a row`);
    if (budget.objects + page.items.length > settings.maxScanObjects) throw new ReadFailure('limit', `a scan reads ${settings.maxScanObjects} objects at most`);
    if (api.cost.bytes > settings.maxScanBytes) throw new ReadFailure('limit', `a scan reads ${settings.maxScanBytes} bytes at most`);
    const coming = page.next === undefined ? undefined : readPage(api, request, settings, size, budget.buffers.next(), page.next);
    // It is awaited only after this page is taken in; should it fail before, that is no unhandled failure.
    coming?.catch(() => undefined);
    // Lets the request leave before this thread is busy.
    if (coming) await new Promise(setImmediate);
    for (const [index, bytes] of page.items.entries()) {
      const { object, sameSpec } = pods ? pods.parse(bytes, page.items[index + 1]) : { object: parseItem(bytes, request.form) };
      if (index === 0) seen.addFirst(object);
      if (page.mayBeUnstorable && !isStorable(object)) refused.unstorable++;
      else take(object, sameSpec);
    }
    count += page.items.length;
    budget.objects += page.items.length;
    refused.tooLarge += page.tooLarge;
    refused.tooDeep += page.tooDeep;
    if (!coming) return { resourceVersion, count, ...refusalsOf(refused, settings) };
    page = await coming;
  }
}

function refusalsOf({ tooLarge, tooDeep, unstorable }: { readonly tooLarge: number; readonly tooDeep: number; readonly unstorable: number }, settings: CollectSettings): Pick<ListEnd, 'refused'> {
  if (tooLarge > 0) return { refused: { reason: 'too-large', detail: `${tooLarge} object(s) were larger than ${settings.maxObjectBytes / 1024 / 1024} MiB` } };
  if (tooDeep > 0) return { refused: { reason: 'invalid', detail: `${tooDeep} object(s) were nested deeper than ${settings.maxDepth} levels` } };
  if (unstorable > 0) return { refused: { reason: 'invalid', detail: `${unstorable} object(s) held NUL or half of a surrogate pair, which is no text` } };
  return {};
}

async function readPage(api: KubeApi, request: ListRequest, settings: CollectSettings, size: PageSize, into: PageBuffer, token: string | undefined): Promise<ListPage> {
  for (let garbled = 0; ; ) {
    const { limit } = size;
    const query = new URLSearchParams({ limit: String(limit) });
    if (request.fieldSelector !== undefined) query.set('fieldSelector', request.fieldSelector);
    if (token !== undefined) query.set('continue', token);
    try {
      const answer = await api.ask({ path: `${request.path}?${query}`, accept: request.accept, into });
      if (answer.status !== 200) throw refusalOf(request.key, answer);
      const bytes = answer.body.length;
      const page = parsePage(answer.body, request.form, settings);
      size.learn(bytes, page.items.length);
      return page;
    } catch (error) {
      if (error instanceof GarbledPage && ++garbled < settings.tries) await api.wait(api.backoff(garbled));
      else if (!(error instanceof ReadFailure && error.reason === 'too-large' && size.shrink())) throw error;
    }
  }
}

/** Pages are told apart by their tokens and by the object they start with: a server that goes in circles is found out. */
class SeenPages {
  private readonly marks = new Set<string>();

  addToken(token: string | undefined): void {
    if (token !== undefined) this.mark(`token ${token}`, 'the server repeats a page token');
  }

  addFirst(object: KubeObject): void {
    const { namespace, name } = (object['metadata'] ?? {}) as { readonly namespace?: unknown; readonly name?: unknown };
    this.mark(`first ${String(namespace)}/${String(name)}`, 'the server repeats a page');
  }

  private mark(text: string, message: string): void {
    const mark = hash('sha256', text, 'base64url').slice(0, 16);
    if (this.marks.has(mark)) throw new NotKubernetes(message);
    this.marks.add(mark);
  }
}
