/**
 * Values by key of which the last few that were made stay: for readers that go through them nearly in order. In places that are written
 * over: a table that grows and shrinks would leave others behind, and V8 takes what dead ones among the old point to for alive.
 */
export class Recent<K, T> {
  private readonly keys: (K | undefined)[];
  private readonly values: (T | undefined)[];
  private next = 0;

  constructor(capacity: number) {
    this.keys = Array.from<undefined>({ length: capacity });
    this.values = Array.from<undefined>({ length: capacity });
  }

  /** `make` is given the value that has to go, if one has to: to make the new one of it, or not. */
  get(key: K, make: (gone?: T) => T): T {
    const known = this.keys.indexOf(key);
    if (known >= 0) return this.values[known] as T;
    const value = make(this.values[this.next]);
    this.keys[this.next] = key;
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.keys.length;
    return value;
  }
}
