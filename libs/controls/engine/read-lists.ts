import type { ResourceKey } from '#inventory/resources.js';

/**
 * Lists that a check has read, in the order in which it first did. Those that come of the same beginning by the same steps are one
 * object, so that hundreds of thousands of checks make none, and are told apart by identity.
 */
export class ReadLists {
  private readonly longer = new Map<ResourceKey, ReadLists>();
  private readonly joined = new Map<ReadLists, ReadLists>();

  private constructor(readonly keys: readonly ResourceKey[]) {}

  /** A beginning. */
  static none(): ReadLists {
    return new ReadLists([]);
  }

  and(key: ResourceKey): ReadLists {
    if (this.keys.includes(key)) return this;
    let longer = this.longer.get(key);
    if (!longer) this.longer.set(key, (longer = new ReadLists([...this.keys, key])));
    return longer;
  }

  andAll(others: ReadLists): ReadLists {
    let joined = this.joined.get(others);
    if (!joined) this.joined.set(others, (joined = others.keys.reduce<ReadLists>((all, key) => all.and(key), this)));
    return joined;
  }
}
