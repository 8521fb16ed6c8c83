/** Plain values of which many are alike: each is held once. */
export class SharedValues<T> {
  private readonly known = new Map<string, T>();

  of(value: T): T {
    const key = JSON.stringify(value);
    const known = this.known.get(key);
    if (known === undefined) this.known.set(key, value);
    return known ?? value;
  }
}
