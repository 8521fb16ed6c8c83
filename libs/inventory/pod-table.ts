import { grown } from './grown.js';
import { TextColumn } from './text-column.js';

/** What tells a pod from the others of its workload. */
export interface PodIdentity {
  readonly name: string;
  /** Its IPs with commas between; '' where it has none yet. A pod of the host network has its node's. */
  readonly addresses: string;
}

/** A row a pod: 13 bytes and its name and addresses. Rows of finished pods are not kept. */
export class PodTable {
  private owners = new Uint32Array(1024);
  private nodes = new Uint32Array(1024);
  private templates = new Uint32Array(1024);
  private flags = new Uint8Array(1024);
  private readonly names = new TextColumn();
  private readonly addresses = new TextColumn();
  length = 0;

  /** `node` is 0 for a pod that is not scheduled, else the node's index + 1. `identity`: for all pods or for none. */
  add(owner: number, node: number, template: number, running: boolean, identity?: PodIdentity): void {
    if (this.length === this.owners.length) this.grow();
    this.owners[this.length] = owner;
    this.nodes[this.length] = node;
    this.templates[this.length] = template;
    this.flags[this.length] = running ? 1 : 0;
    this.length++;
    if (!identity) return;
    this.names.push(identity.name);
    this.addresses.push(identity.addresses);
  }

  clear(): void {
    this.length = 0;
    this.names.clear();
    this.addresses.clear();
  }

  /** No more rows come: gives back the room that was kept for them. */
  seal(): void {
    this.owners = this.owners.slice(0, this.length);
    this.nodes = this.nodes.slice(0, this.length);
    this.templates = this.templates.slice(0, this.length);
    this.flags = this.flags.slice(0, this.length);
    this.names.seal();
    this.addresses.seal();
  }

  ownerAt(row: number): number {
    return this.owners[row]!;
  }

  /** Points the row at a workload once owners are resolved. */
  setOwner(row: number, owner: number): void {
    this.owners[row] = owner;
  }

  nodeAt(row: number): number {
    return this.nodes[row]! - 1;
  }

  templateAt(row: number): number {
    return this.templates[row]!;
  }

  isRunning(row: number): boolean {
    return this.flags[row] === 1;
  }

  /** '' where the table was filled without identities. */
  nameAt(row: number): string {
    return this.names.at(row);
  }

  /** With commas between; '' for none. */
  addressesAt(row: number): string {
    return this.addresses.at(row);
  }

  private grow(): void {
    const size = this.owners.length * 2;
    this.owners = grown(new Uint32Array(size), this.owners);
    this.nodes = grown(new Uint32Array(size), this.nodes);
    this.templates = grown(new Uint32Array(size), this.templates);
    this.flags = grown(new Uint8Array(size), this.flags);
  }
}
