/** What a list asks the store for: up to `first` rows after a position of its own kind. */
export interface Slice<K> {
  readonly first: number;
  readonly after?: K;
}

/** Rows of one slice, and whether more follow. Nothing is counted. */
export interface Sliced<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** Place in a list that is ordered newest first. */
export interface TimeKey {
  readonly at: Date;
  readonly id: string;
}

/** What a caller asks of any list, in both doors. */
export interface PageRequest {
  /** 1 to 100; 50 where not given. */
  readonly first?: number;
  /** `cursor` of an edge, or `endCursor` of a page. */
  readonly after?: string;
}

/** One page in both doors. */
export interface Page<T> {
  readonly edges: readonly { readonly node: T; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  /** Cursor of the last edge, or the one asked with where the page is empty. */
  readonly endCursor: string | null;
}
