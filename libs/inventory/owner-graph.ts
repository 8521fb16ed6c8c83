import type { Labels } from './facts.js';
import type { Raw } from './projection/raw.js';
import { flagAt, objectAt, objectsAt, textAt } from './projection/raw.js';
import { Words } from './words.js';

const noTemplates: readonly number[] = Object.freeze([]);

/** Generated objects: a finding belongs to what made them. */
const generatedKinds = new Set(['ReplicaSet', 'Job', 'Pod', 'ReplicationController']);

export interface OwnerGuess {
  readonly name: string;
  /** Where nothing else makes such names: a parent that was not read is taken to be there. */
  readonly surely?: 'Deployment';
}

export interface OwnerNode {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  name: string;
  parent: number;
  /** The object itself was read. */
  isDeclared: boolean;
  /** The likely parent, from the hash that controllers put into names, should the object stay unread. */
  guess?: OwnerGuess;
  /** Known by such a guess alone. */
  isGuessed?: true;
  templates: readonly number[];
  /** How many of the templates, which come first, the object itself has; the others are its pods'. */
  ownTemplates: number;
  isMirror: boolean;
  replicas?: number;
  labels?: Labels;
  annotations?: Labels;
  selectsOthers?: true;
  writtenAs?: string;
}

/** Controllers and what they made, as nodes with a parent; ids are indexes. */
export class OwnerGraph {
  readonly nodes: OwnerNode[] = [];
  /** Ids by name, of each kind in each namespace: the names are those of the nodes, so that a key takes no memory of its own. */
  private readonly ids = new Map<string, Map<string, number>>();
  private readonly words = new Words();

  intern(group: string, kind: string, namespace: string, name: string): number {
    const place = `${kind}/${namespace}`;
    let names = this.ids.get(place);
    if (!names) this.ids.set(place, (names = new Map()));
    const known = names.get(name);
    if (known !== undefined) return known;
    const id = this.nodes.length;
    names.set(name, id);
    this.nodes.push({ group: this.words.shared(group), kind: this.words.shared(kind), namespace, name, parent: -1, isDeclared: false, templates: noTemplates, ownTemplates: 0, isMirror: false });
    return id;
  }

  find(kind: string, namespace: string, name: string): number | undefined {
    return this.ids.get(`${kind}/${namespace}`)?.get(name);
  }

  /** The controlling owner of an object, interned; undefined for what nobody owns. A Node owns mirror pods only on paper. */
  controllerOf(raw: Raw, namespace: string): number | undefined {
    const owners = objectsAt(objectAt(raw, 'metadata'), 'ownerReferences');
    const owner = owners.find((reference) => flagAt(reference, 'controller') === true);
    if (!owner) return undefined;
    const kind = textAt(owner, 'kind') ?? '';
    const name = textAt(owner, 'name') ?? '';
    if (kind === '' || name === '' || kind === 'Node') return undefined;
    const version = textAt(owner, 'apiVersion') ?? '';
    return this.intern(version.includes('/') ? version.slice(0, version.indexOf('/')) : '', kind, namespace, name);
  }

  /** Takes back what objects of a kind, or pods, have told. */
  forget(kind: string): void {
    for (const node of this.nodes) {
      if (kind === 'Pod') node.templates = node.templates.slice(0, node.ownTemplates);
      if (node.kind !== kind) continue;
      node.isDeclared = false;
      node.isMirror = false;
      node.parent = -1;
      node.ownTemplates = 0;
      node.templates = noTemplates;
      delete node.replicas;
      delete node.labels;
      delete node.annotations;
      delete node.selectsOthers;
      delete node.writtenAs;
    }
  }

  /** The top owner's id for every node. */
  roots(): Uint32Array {
    this.followGuesses();
    const roots = new Uint32Array(this.nodes.length);
    for (let id = 0; id < this.nodes.length; id++) {
      let root = id;
      // Bounded, so that owner references in a circle end.
      for (let steps = 0; steps < 8; steps++) {
        const node = this.nodes[root]!;
        if (node.parent < 0 || !generatedKinds.has(node.kind)) break;
        root = node.parent;
      }
      roots[id] = root;
    }
    return roots;
  }

  private followGuesses(): void {
    for (let id = 0; id < this.nodes.length; id++) {
      const node = this.nodes[id]!;
      if (node.isDeclared || node.parent >= 0 || node.guess === undefined) continue;
      const { name, surely } = node.guess;
      const parent = this.find(node.kind === 'Job' ? 'CronJob' : 'Deployment', node.namespace, name);
      if (parent !== undefined && this.nodes[parent]!.isDeclared) node.parent = parent;
      else if (surely !== undefined) {
        node.parent = this.intern('apps', surely, node.namespace, name);
        this.nodes[node.parent]!.isGuessed = true;
      }
      // Without the hash in its name the key survives a roll-out.
      else node.name = name;
    }
  }
}
