import type { TreeFact } from '#nodes/file-fact.js';
import { bundleLimits } from '#nodes/limits.js';
import type { Listed } from '#nodes/reading.js';
import { shown, type ByteString } from './bytes-text.js';
import type { FileBook } from './file-book.js';

interface Walked {
  readonly fact: TreeFact;
  readonly paths: readonly ByteString[];
}

/** Directories that were walked, each once. */
export class TreeBook {
  readonly #trees = new Map<ByteString, Walked>();
  #isFull = false;

  constructor(readonly files: FileBook) {}

  /** Paths below, in byte order; links are not entered. */
  add(path: ByteString, depth: number = bundleLimits.treeDepth): readonly ByteString[] {
    const known = this.#trees.get(path);
    if (known && known.fact.depth >= depth) return known.paths;
    if (!known && this.#trees.size >= bundleLimits.trees) {
      this.#isFull = true;
      return [];
    }
    const walked = this.#walk(path, depth);
    this.#trees.set(path, walked);
    return walked.paths;
  }

  listed(): Listed<TreeFact> {
    return { items: [...this.#trees.values()].map(({ fact }) => fact).toSorted((a, b) => (a.path < b.path ? -1 : 1)), truncated: this.#isFull };
  }

  #walk(path: ByteString, depth: number): Walked {
    this.files.add(path);
    const paths: ByteString[] = [];
    const top = this.#list(path);
    if (top.state !== 'read') return { fact: { path: shown(path).text, depth, state: top.state, detail: top.detail, paths: [], truncated: top.state !== 'absent' }, paths };
    let { truncated } = top.value;
    const visit = (directory: ByteString, names: readonly ByteString[], level: number): void => {
      for (const name of names) {
        const below = `${directory === '/' ? '' : directory}/${name}`;
        const fact = paths.length < bundleLimits.treePaths ? this.files.add(below) : undefined;
        if (!fact) {
          truncated = true;
          return;
        }
        paths.push(below);
        if (fact.state !== 'present' || fact.kind !== 'directory' || fact.link) continue;
        if (level >= depth) {
          // One level was asked for on purpose.
          if (depth > 1) truncated = true;
          continue;
        }
        const inner = this.#list(below);
        if (inner.state === 'read') {
          truncated ||= inner.value.truncated;
          visit(below, inner.value.names, level + 1);
        } else truncated = true;
      }
    };
    visit(path, top.value.names, 1);
    return { fact: { path: shown(path).text, depth, state: 'read', paths: paths.map((each) => shown(each).text), truncated }, paths };
  }

  #list(path: ByteString): ReturnType<FileBook['root']['list']> {
    return this.files.root.list(path, bundleLimits.treePaths);
  }
}
