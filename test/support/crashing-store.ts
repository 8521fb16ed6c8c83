import type { Store, TenantTransaction } from '#application/ports/store.js';

/** Counts every place at which a process can die, and dies at some of them: from then on nothing it does comes through. */
export class KillSwitch {
  places = 0;
  isDead = false;

  /** `at`: places, counted from 1. */
  constructor(private readonly at: ReadonlySet<number> = new Set()) {}

  pass(): void {
    if (!this.isDead) this.isDead = this.at.has(++this.places);
    if (this.isDead) throw new Error(`killed at place ${this.places}`);
  }

  /** The next process. */
  rise(): void {
    this.isDead = false;
  }
}

/**
 * The same store, with a place to die before every call of a repository, before each commit and after it. What a killed
 * process had open is rolled back, as Postgres does when its connection breaks.
 */
export const crashingStore = (store: Store, kill: KillSwitch): Store =>
  Object.create(store, {
    inTenant: {
      value: async (tenantId: string, work: (tx: TenantTransaction) => Promise<unknown>) => {
        const result = await store.inTenant(tenantId, async (tx) => {
          const done = await work(watched(tx, kill));
          kill.pass();
          return done;
        });
        kill.pass();
        return result;
      },
    },
  }) as Store;

function watched(tx: TenantTransaction, kill: KillSwitch): TenantTransaction {
  const entries = Object.entries(tx).map(([name, repository]) => [name, typeof repository === 'object' ? repositoryOf(repository, kill) : repository]);
  return Object.fromEntries(entries) as TenantTransaction;
}

const repositoryOf = (repository: object, kill: KillSwitch): object =>
  new Proxy(repository, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...input: readonly unknown[]) => {
        kill.pass();
        return (value as (...input: readonly unknown[]) => unknown).apply(target, [...input]);
      };
    },
  });
