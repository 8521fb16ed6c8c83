import ipaddr from 'ipaddr.js';

export type Scalar = string | number | boolean;

/** What a setting must be. `has`, `lacks` and `within` read lists, and take a single value for a list of one. */
export type ValueTest =
  | { readonly op: 'equal'; readonly to: Scalar }
  | { readonly op: 'not-equal'; readonly to: Scalar }
  | { readonly op: 'set' }
  | { readonly op: 'unset' }
  | { readonly op: 'one-of'; readonly values: readonly Scalar[] }
  | { readonly op: 'has'; readonly value: Scalar }
  | { readonly op: 'lacks'; readonly value: Scalar }
  /** At least one element, and every one among `values`. */
  | { readonly op: 'within'; readonly values: readonly Scalar[] }
  | { readonly op: 'at-least'; readonly least: number }
  | { readonly op: 'starts-with'; readonly text: string }
  /** The address, or the host of `host:port`, is the node's own. */
  | { readonly op: 'loopback' };

export const equal = (to: Scalar): ValueTest => ({ op: 'equal', to });
export const notEqual = (to: Scalar): ValueTest => ({ op: 'not-equal', to });
export const isSet: ValueTest = { op: 'set' };
export const isUnset: ValueTest = { op: 'unset' };
export const oneOf = (...values: readonly Scalar[]): ValueTest => ({ op: 'one-of', values });
export const has = (value: Scalar): ValueTest => ({ op: 'has', value });
export const lacks = (value: Scalar): ValueTest => ({ op: 'lacks', value });
export const within = (values: readonly Scalar[]): ValueTest => ({ op: 'within', values });
export const atLeast = (least: number): ValueTest => ({ op: 'at-least', least });
export const startsWith = (text: string): ValueTest => ({ op: 'starts-with', text });
export const loopback: ValueTest = { op: 'loopback' };

/** A setting in force, defaults included; undefined where nothing is set and there is no default. Null, '' and [] count as not set. */
export function holds(test: ValueTest, value: unknown): boolean {
  switch (test.op) {
    case 'equal': return value === test.to;
    case 'not-equal': return value !== test.to;
    case 'set': return isGiven(value);
    case 'unset': return !isGiven(value);
    case 'one-of': return test.values.some((one) => one === value);
    case 'has': return listOf(value).includes(test.value);
    case 'lacks': return !listOf(value).includes(test.value);
    case 'within': return isGiven(value) && listOf(value).every((one) => test.values.some((allowed) => allowed === one));
    case 'at-least': return typeof value === 'number' && value >= test.least;
    case 'starts-with': return typeof value === 'string' && value.startsWith(test.text);
    case 'loopback': return typeof value === 'string' && isLoopback(value);
  }
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : isGiven(value) ? [value] : []);

function isLoopback(text: string): boolean {
  const host = ipaddr.isValid(text) ? text : text.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');
}
