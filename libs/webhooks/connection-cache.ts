import type { EgressClient } from '#egress/egress-client.js';
import type { EgressConnection } from '#egress/egress-connection.js';

interface Entry {
  readonly connection: EgressConnection;
  users: number;
  isBroken: boolean;
}

/**
 * Kept connections, one an endpoint and address, so that no endpoint waits for another's sockets. The ones used longest
 * ago are closed beyond `most`; one that is in use is not.
 */
export class ConnectionCache {
  /** In order of last use. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly egress: EgressClient,
    private readonly most: number,
    /** PEM bundle that replaces the system's trust roots. */
    private readonly ca?: string,
  ) {}

  /** Throws `EgressError` where the address may not be called. A connection on which `work` fails is closed once nobody uses it. */
  async use<T>(endpointId: string, url: string, work: (connection: EgressConnection) => Promise<T>): Promise<T> {
    const key = `${endpointId} ${url}`;
    const entry = this.entries.get(key) ?? { connection: this.egress.connection({ url, ca: this.ca }), users: 0, isBroken: false };
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.users++;
    try {
      return await work(entry.connection);
    } catch (error) {
      entry.isBroken = true;
      throw error;
    } finally {
      entry.users--;
      await this.closeUnneeded();
    }
  }

  async close(): Promise<void> {
    const open = [...this.entries.values()];
    this.entries.clear();
    await Promise.all(open.map(({ connection }) => connection.close()));
  }

  private async closeUnneeded(): Promise<void> {
    const closing: Promise<void>[] = [];
    for (const [key, { connection, users, isBroken }] of this.entries) {
      if (users > 0 || (!isBroken && this.entries.size <= this.most)) continue;
      this.entries.delete(key);
      closing.push(connection.close());
    }
    await Promise.all(closing);
  }
}
