import type { Component } from '../component.js';
import type { PathRef } from '../paths/path-ref.js';
import type { Scalar } from '../rules/value-test.js';

/** What is to be done, before it is known on which platform. */
export type Remedy =
  /** Flags of a component; a value in angle brackets is for its owner to choose. */
  | { readonly kind: 'flags'; readonly component: Component; readonly set?: Readonly<Record<string, Scalar>>; readonly remove?: readonly string[]; readonly note?: string }
  /** Keys of the kubelet's configuration, and the flags of the same meaning where those win over it. */
  | { readonly kind: 'kubelet'; readonly set: Readonly<Record<string, Scalar>>; readonly flags?: readonly string[]; readonly note?: string }
  | { readonly kind: 'mode'; readonly paths: readonly PathRef[]; readonly mode: number }
  | { readonly kind: 'owner'; readonly paths: readonly PathRef[]; readonly owner: string; readonly group: string }
  /** The same on every platform. */
  | { readonly kind: 'text'; readonly text: string };

export const text = (words: string): Remedy => ({ kind: 'text', text: words });
