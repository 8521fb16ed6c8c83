import type { Page, PageRequest } from '#application/paging.js';
import { ApiField } from './api-field.js';
import type { Class } from './field-type.js';
import { object } from './fields.js';
import { Parameters, View, view } from './shapes.js';

/** Asks any list for a page. */
@Parameters()
export class PageParameters implements PageRequest {
  @ApiField.int({ about: 'How many at most; 50 where not given.', isOptional: true, min: 1, max: 100, default: 50 })
  readonly first?: number;

  @ApiField.text({ about: 'Continue after this cursor of an earlier page of the same list.', isOptional: true, maxLength: 1_000 })
  readonly after?: string;
}

@View('PageInfo', 'Where a page ends, and whether more follows.')
export class PageInfoView {
  @ApiField.text({ about: 'Pass as `after` to go on; null where there is nothing.', isNullable: true })
  readonly endCursor: string | null;

  @ApiField.bool({ about: 'More follows.' })
  readonly hasNextPage: boolean;

  @ApiField.text({ about: 'Cursor of the first entry; null where the page is empty.', isNullable: true })
  readonly startCursor: string | null;

  @ApiField.bool({ about: 'Always false: lists are read forwards.' })
  readonly hasPreviousPage: boolean;
}

const pageInfoOf = ({ edges, endCursor, hasNextPage }: Page<unknown>): PageInfoView =>
  view(PageInfoView, { endCursor, hasNextPage, startCursor: edges[0]?.cursor ?? null, hasPreviousPage: false });

/** What a list looks like in REST: its entries, and where to go on. */
export interface ListView<V> {
  readonly items: readonly V[];
  readonly pageInfo: PageInfoView;
}

/** The same in GraphQL, as Cursor Connections ask. */
export interface ConnectionView<V> {
  readonly edges: readonly { readonly cursor: string; readonly node: V }[];
  readonly pageInfo: PageInfoView;
}

export interface PageViews<T, V> {
  readonly List: Class<ListView<V>>;
  readonly Connection: Class<ConnectionView<V>>;
  readonly listOf: (page: Page<T>) => ListView<V>;
  readonly connectionOf: (page: Page<T>) => ConnectionView<V>;
}

/** Both shapes of one list, from one page of its service. */
export function pageViews<T, V extends object>(name: string, node: Class<V>, toView: (item: T) => V): PageViews<T, V> {
  @View(`${name}List`, `One page of a list.`)
  class List implements ListView<V> {
    @ApiField.list(object(() => node), { about: 'The entries.' })
    readonly items: readonly V[];

    @ApiField.object(() => PageInfoView, { about: 'How to go on.' })
    readonly pageInfo: PageInfoView;
  }

  @View(`${name}Edge`, 'One entry of a list, and its place.')
  class Edge {
    @ApiField.text({ about: 'Its place in the list.' })
    readonly cursor: string;

    @ApiField.object(() => node, { about: 'The entry.' })
    readonly node: V;
  }

  @View(`${name}Connection`, 'One page of a list.')
  class Connection implements ConnectionView<V> {
    @ApiField.list(object(() => Edge), { about: 'The entries with their places.' })
    readonly edges: readonly Edge[];

    @ApiField.object(() => PageInfoView, { about: 'How to go on.' })
    readonly pageInfo: PageInfoView;
  }

  return {
    List,
    Connection,
    listOf: (page) => view(List, { items: page.edges.map((edge) => toView(edge.node)), pageInfo: pageInfoOf(page) }),
    connectionOf: (page) =>
      view(Connection, { edges: page.edges.map((edge) => view(Edge, { cursor: edge.cursor, node: toView(edge.node) })), pageInfo: pageInfoOf(page) }),
  };
}
