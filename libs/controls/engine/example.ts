import type { ProbeFacts } from '#inventory/facts.js';
import type { MissingReason } from '#inventory/observed.js';
import type { ResourceKey } from '#inventory/resources.js';
import type { NodeSketch } from './node-sketch.js';
import type { ControlPolicy } from './world.js';

/**
 * Manifests that pass or fail a control: its test, and the example on its page. `manifests` is YAML as a
 * person would write it; what is not in it is not in the cluster.
 */
export interface Example {
  readonly title?: string;
  readonly manifests: string;
  /** Lists that could not be read. */
  readonly missing?: Partial<Record<ResourceKey, MissingReason>>;
  readonly policy?: ControlPolicy;
  readonly version?: string;
  /** Answers of kubelets to `/configz`, by node. */
  readonly kubelets?: Readonly<Record<string, unknown>>;
  /** What the API server showed to somebody without a credential; nobody looked where it is left out. */
  readonly probe?: ProbeFacts;
  /** What the node collector saw, by node; it did not run on others. */
  readonly nodes?: Readonly<Record<string, NodeSketch>>;
}

const indent = (text: string, depth: number): string =>
  text.trim() === '' ? '' : text.replace(/^\n+|\s+$/g, '').split('\n').map((line) => ' '.repeat(depth) + line).join('\n');

/** A whole example. */
export const manifests = (text: string, options: Omit<Example, 'manifests'> = {}): Example => ({ manifests: `${text.replace(/^\n/, '').trimEnd()}\n`, ...options });

/** A pod whose one container has these fields. */
export const container = (fields: string, options: Omit<Example, 'manifests'> = {}): Example =>
  manifests(`apiVersion: v1\nkind: Pod\nmetadata:\n  name: example\n  namespace: shop\nspec:\n  containers:\n  - name: app\n    image: registry.example/app:1\n${indent(fields, 4)}`, options);

/** A pod with these fields in its spec and one plain container. */
export const podSpec = (fields: string, options: Omit<Example, 'manifests'> = {}): Example =>
  manifests(`apiVersion: v1\nkind: Pod\nmetadata:\n  name: example\n  namespace: shop\nspec:\n${indent(fields, 2)}\n  containers:\n  - name: app\n    image: registry.example/app:1`, options);
