/** Facts while they are put together. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Sets a property only where there is a value: absent and unknown are different values. Facts are made by literals and
 * this, never by spreading: an object that was spread has a hidden class of its own, which takes more memory than itself.
 */
export function set<T, K extends keyof T>(target: T, key: K, value: T[K] | undefined): void {
  if (value !== undefined) target[key] = value;
}
