import type { ComponentFacts, Container, PodTemplate, Workload } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import type { ResourceKey } from '#inventory/resources.js';
import type { World } from './world.js';

/** One thing a check judges: the value it sees, and how its result is named. */
export interface ScopedSubject<S> {
  readonly subject: S;
  readonly resource: ResourceRef;
  readonly part: string;
  /** Where the resource is a workload: whether its name is sure, and whether it is a static pod, hang on that. */
  readonly workload?: Workload;
  /** Where it is a process of the control plane. */
  readonly component?: ComponentFacts;
  /** It may be there, and nobody looked: it is not judged, and what is known of it stays. */
  readonly isUnseen?: true;
}

/**
 * What a control judges one by one. `needs` are the lists its subjects come from: with one of them missing,
 * there may be subjects nobody saw, so the control can neither pass nor resolve.
 */
export type Scope<S> = TemplateScope<S> | ListScope<S>;

/** Subjects inside pod templates: the engine goes through templates once for all such scopes. */
export interface TemplateScope<S> {
  readonly name: string;
  readonly family: 'template';
  readonly needs: readonly ResourceKey[];
  /** Calls back, for what an iterator makes for each step is much of what little checks cost. */
  readonly expand: (subject: WorkloadSubject, visit: (subject: S, part: string) => void) => void;
  /** Subjects of the same controls that are no templates; `needs` names their lists as well. */
  readonly beside?: (world: World) => Iterable<ScopedSubject<S>>;
}

/**
 * Templates, or subjects of a list, that one control after the other judges: each control all of them, before those that follow. With more,
 * V8 takes what was made for them for what stays.
 */
export const JUDGED_AT_ONCE = 12;

export interface ListScope<S> {
  readonly name: string;
  readonly family: 'list';
  readonly needs: readonly ResourceKey[];
  readonly subjects: (world: World) => Iterable<ScopedSubject<S>>;
  /** Why there is no subject, where that is not simply an empty list: `unknown` or `not-applicable`. */
  readonly ifNone?: (world: World) => { readonly missing: MissingEvidence } | { readonly reason: string };
}

export interface WorkloadSubject {
  readonly workload: Workload;
  readonly template: PodTemplate;
  /** The controller's own template, not that of pods which differ from it: what a patch can change. */
  readonly isOwn: boolean;
}

export interface ContainerSubject extends WorkloadSubject {
  readonly container: Container;
}
