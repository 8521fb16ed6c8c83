/** Values by number of which the last few that were made stay: for readers that go through them nearly in order. */
export class Recent<T> {
  private readonly values = new Map<number, T>();

  constructor(private readonly capacity: number) {}

  get(key: number, make: () => T): T {
    const known = this.values.get(key);
    if (known !== undefined) return known;
    const value = make();
    if (this.values.size >= this.capacity) this.values.delete(this.values.keys().next().value!);
    this.values.set(key, value);
    return value;
  }
}
