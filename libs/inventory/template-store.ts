import type { ContainerPort, Labels, PodTemplate } from './facts.js';
import { ToldOfTemplates } from './template-facts.js';
import { TextSegments, type Compression } from './text-segments.js';

/** Hashing and compression, given from outside: this library does no I/O and imports nothing. */
export interface Codec extends Compression {
  /** Collision-resistant digest of a text; equal texts, equal digests. */
  digest(text: string): string;
}

/** What the network sees of a pod: all that policies and Services tell pods apart by. */
export interface NetworkTemplate {
  readonly labels: Labels;
  /** Of containers that run as long as the pod does. */
  readonly ports: readonly ContainerPort[];
  readonly hostNetwork: boolean;
  readonly serviceAccount: string;
}

/** Pod templates by id. All throw `RangeError` where there is none of this id. */
export interface Templates {
  readonly size: number;
  get(id: number): PodTemplate;
  /** The same as JSON. */
  text(id: number): string;
  /** A small part of it, which is kept apart. */
  network(id: number): NetworkTemplate;
  /** The same as JSON. */
  networkText(id: number): string;
  /** What they told while they were read, where they were. */
  readonly told?: ToldOfTemplates;
}

/**
 * Expanded segments that stay in memory. Templates lie kind by kind, so that whoever reads workloads namespace by
 * namespace goes through one segment of each kind of workload at a time, and one of pods.
 */
export const RECENT_SEGMENTS = 8;

/**
 * Distinct pod templates, each stored once. A cluster with one replica a workload has as many templates as
 * pods, so they are kept compressed, in segments: some 150 bytes each instead of the 3 KB of their objects.
 */
export class TemplateStore implements Templates {
  private readonly ids = new Map<string, number>();
  private readonly templates: TextSegments<PodTemplate>;
  private readonly networks: TextSegments<NetworkTemplate>;
  readonly told = new ToldOfTemplates();

  constructor(private readonly codec: Codec) {
    this.templates = new TextSegments(codec, RECENT_SEGMENTS);
    this.networks = new TextSegments(codec, RECENT_SEGMENTS);
  }

  get size(): number {
    return this.templates.size;
  }

  /** The template's id, the same for equal templates. Those that were read from one kind of object lie together. */
  intern(template: PodTemplate, from?: string): number {
    const text = JSON.stringify(template);
    const digest = this.codec.digest(text);
    const known = this.ids.get(digest);
    if (known !== undefined) return known;
    const id = this.templates.push(text, from);
    this.ids.set(digest, id);
    this.networks.push(JSON.stringify(networkOf(template)), from);
    this.told.add(template);
    return id;
  }

  /** No more templates will come: what is open is compressed and the digests are dropped. */
  finish(): void {
    this.templates.seal();
    this.networks.seal();
    this.ids.clear();
  }

  get(id: number): PodTemplate {
    return this.templates.get(id);
  }

  text(id: number): string {
    return this.templates.text(id);
  }

  network(id: number): NetworkTemplate {
    return this.networks.get(id);
  }

  networkText(id: number): string {
    return this.networks.text(id);
  }
}

const networkOf = ({ labels, containers, hostNetwork, serviceAccount }: PodTemplate): NetworkTemplate =>
  ({ labels, ports: containers.filter(({ type, sidecar }) => type === 'container' || sidecar === true).flatMap(({ ports }) => ports), hostNetwork, serviceAccount });
