import type { CertificateFile } from './certificate-fact.js';
import type { Component, ComponentProcess } from './component-process.js';
import type { ConfigContents, ConfigKind } from './config-facts.js';
import type { FileFact, NodePath, TreeFact } from './file-fact.js';
import type { NodeEvidence } from './node-evidence.js';
import type { Reading } from './reading.js';
import type { UnitFact } from './unit-fact.js';
import { isBelow } from './host-path.js';

/** One node's evidence by path and by component: each of a hundred items looks several things up. */
export class IndexedEvidence {
  private readonly files: ReadonlyMap<NodePath, FileFact>;
  private readonly trees: ReadonlyMap<NodePath, TreeFact>;
  private readonly configs = new Map<ConfigKind, Map<NodePath, Reading<ConfigContents[ConfigKind]>>>();
  private readonly certificates: ReadonlyMap<NodePath, CertificateFile['content']>;
  private readonly processes = new Map<Component, ComponentProcess[]>();

  constructor(readonly evidence: NodeEvidence) {
    this.files = new Map(evidence.files.items.map((file) => [file.path, file]));
    this.trees = new Map(evidence.trees.items.map((tree) => [tree.path, tree]));
    this.certificates = new Map(evidence.certificates.items.map(({ path, content }) => [path, content]));
    for (const { kind, path, content } of evidence.configs.items) {
      const ofKind = this.configs.get(kind);
      if (ofKind) ofKind.set(path, content);
      else this.configs.set(kind, new Map([[path, content]]));
    }
    for (const process of evidence.processes.items) {
      const alike = this.processes.get(process.component);
      if (alike) alike.push(process);
      else this.processes.set(process.component, [process]);
    }
  }

  /** Undefined where nobody looked at the path; one that a walked directory does not list is absent. */
  file(path: NodePath): FileFact | undefined {
    const known = this.files.get(path);
    if (known) return known;
    for (let directory = parentOf(path); ; directory = parentOf(directory)) {
      const fact = this.files.get(directory);
      if (fact?.state === 'absent') return { path, state: 'absent', detail: fact.detail };
      const tree = this.trees.get(directory);
      if (tree) return this.isMissingIn(tree, path) ? { path, state: 'absent', detail: `${directory} was listed, and it is not there.` } : undefined;
      if (directory === '/') return undefined;
    }
  }

  private isMissingIn(tree: TreeFact, path: NodePath): boolean {
    if (tree.state === 'absent') return true;
    const level = path.slice(tree.path.length).split('/').length - (tree.path === '/' ? 0 : 1);
    return tree.state === 'read' && !tree.truncated && level <= tree.depth && !tree.paths.includes(path) && !this.hasLinkAbove(tree.path, path);
  }

  /** Links are not entered: what is behind one is in no list. */
  private hasLinkAbove(top: NodePath, path: NodePath): boolean {
    for (let directory = parentOf(path); directory.length > top.length; directory = parentOf(directory)) {
      const fact = this.files.get(directory);
      if (fact?.link) return true;
    }
    return false;
  }

  tree(path: NodePath): TreeFact | undefined {
    const known = this.trees.get(path);
    if (known) return known;
    const fact = this.file(path);
    if (fact?.state === 'absent') return { path, depth: 1, state: 'absent', paths: [], truncated: false };
    // A walked directory lists what is below those in it too.
    for (let directory = parentOf(path); ; directory = parentOf(directory)) {
      const above = this.trees.get(directory);
      if (above?.state === 'read' && !above.truncated && above.depth > 1 && fact?.state === 'present' && !fact.link && !this.hasLinkAbove(directory, path)) {
        return { path, depth: above.depth, state: 'read', paths: above.paths.filter((each) => each !== path && isBelow(each, path)), truncated: false };
      }
      if (directory === '/') return undefined;
    }
  }

  /** Undefined where nobody read the path as this kind of file. */
  config<K extends ConfigKind>(kind: K, path: NodePath): Reading<ConfigContents[K]> | undefined {
    return this.configs.get(kind)?.get(path) as Reading<ConfigContents[K]> | undefined;
  }

  /** Files that were read as a kind, in the order of the evidence. */
  configsOf<K extends ConfigKind>(kind: K): ReadonlyMap<NodePath, Reading<ConfigContents[K]>> {
    return (this.configs.get(kind) ?? new Map()) as ReadonlyMap<NodePath, Reading<ConfigContents[K]>>;
  }

  certificatesAt(path: NodePath): CertificateFile['content'] | undefined {
    return this.certificates.get(path);
  }

  processesOf(component: Component): readonly ComponentProcess[] {
    return this.processes.get(component) ?? [];
  }

  /** There may be processes that nobody saw. */
  get missesProcesses(): boolean {
    return this.evidence.processes.truncated || !this.evidence.collection.seesAllProcesses;
  }

  unit(name: string): UnitFact | undefined {
    return this.evidence.units.items.find((unit) => unit.name === name);
  }
}

/** Of an absolute path without `.` and `..`, as evidence has them. */
export const parentOf = (path: NodePath): NodePath => path.slice(0, path.lastIndexOf('/')) || '/';
