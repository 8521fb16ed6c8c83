import type { Stats } from 'node:fs';
import type { FileFact, Ownership, PresentFile } from '#nodes/file-fact.js';
import { bundleLimits } from '#nodes/limits.js';
import type { Listed } from '#nodes/reading.js';
import type { Accounts } from './accounts.js';
import { shown, type ByteString } from './bytes-text.js';
import { kindOf, type HostRoot, type Link } from './host-root.js';

/** Files that were looked at, each path once. */
export class FileBook {
  readonly #facts = new Map<ByteString, FileFact | undefined>();
  #isFull = false;

  constructor(
    readonly root: HostRoot,
    readonly accounts: Accounts,
  ) {}

  /** Undefined where there is no room for more; then the list says that it was cut. */
  add(path: ByteString): FileFact | undefined {
    if (this.#facts.has(path)) return this.#facts.get(path);
    if (path.length > bundleLimits.path || this.#facts.size >= bundleLimits.files) {
      this.#isFull = true;
      return undefined;
    }
    const fact = this.#look(path);
    this.#facts.set(path, fact);
    // Who may write the directory of a link may replace it.
    if (fact.link) this.add(directoryOf(path));
    return fact;
  }

  listed(): Listed<FileFact> {
    const items = [...this.#facts.values()].filter((fact) => fact !== undefined);
    return { items: items.toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path))), truncated: this.#isFull };
  }

  #look(path: ByteString): FileFact {
    const { text, isEscaped } = shown(path);
    const found = this.root.look(path);
    const common = { path: text, ...(found.link && { link: this.#linkOf(found.link) }), ...(isEscaped && { isEscaped: true as const }) };
    if (found.state !== 'present') return { ...common, state: found.state, detail: found.detail };
    const kind = kindOf(found.stats);
    return { ...common, state: 'present', kind, ...this.#ownership(found.stats), ...(kind === 'file' && { size: found.stats.size }), ...(found.real !== path && { real: shown(found.real).text }) };
  }

  #linkOf({ target, stats }: Link): NonNullable<PresentFile['link']> {
    const { mode: _, ...owner } = this.#ownership(stats);
    return { target: shown(target).text, ...owner };
  }

  #ownership({ mode, uid, gid }: Stats): Ownership {
    const [owner, group] = [this.accounts.users.get(uid), this.accounts.groups.get(gid)];
    return { mode: mode & 0o7777, uid, gid, ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) };
  }
}

export const directoryOf = (path: ByteString): ByteString => path.slice(0, path.lastIndexOf('/')) || '/';
