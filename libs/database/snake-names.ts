import { DefaultNamingStrategy } from 'typeorm';

/** `lastSeenAt` in the code is `last_seen_at` in SQL. */
export class SnakeNames extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return [...prefixes, custom ?? property].join('_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
