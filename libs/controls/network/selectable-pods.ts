import type { Labels, LabelSelector, NetworkPolicyPeer } from '#inventory/facts.js';
import type { Endpoint } from '#inventory/reachability/input.js';
import { LabelIndex } from '#inventory/reachability/label-index.js';
import { controllerLabels } from '#inventory/readers/controller-labels.js';
import type { Tristate } from '#inventory/readers/partial-labels.js';
import { defineIndex } from '../engine/world.js';
import { nameLabel } from './isolation.js';

const everything: LabelSelector = { matchLabels: {}, matchExpressions: [] };

/** A selector without what it asks of labels that are not kept; the same object where it asks nothing of them. */
function knownPart(selector: LabelSelector): LabelSelector {
  const isKept = (key: string): boolean => !controllerLabels.has(key);
  if (Object.keys(selector.matchLabels).every(isKept) && selector.matchExpressions.every(({ key }) => isKept(key))) return selector;
  return { matchLabels: Object.fromEntries(Object.entries(selector.matchLabels).filter(([key]) => isKept(key))), matchExpressions: selector.matchExpressions.filter(({ key }) => isKept(key)) };
}

/** Ports that pods call by a name, as `name/protocol`. */
export function portNamesOf(pods: Iterable<Endpoint>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { ports } of pods) for (const { name, protocol } of ports) if (name !== undefined) names.add(`${name}/${protocol}`);
  return names;
}

/** What selectors find among all pods, running or planned, and all namespaces that were seen. */
export class SelectablePods {
  private readonly namespaces: readonly string[];
  private readonly byNamespace: LabelIndex;
  private readonly byPod: LabelIndex;
  private readonly pods: readonly Endpoint[];
  /** By pod, in order: its namespace's number. */
  private readonly namespaceOf: Uint32Array;
  private readonly startOf = new Map<string, number>();
  private allPortNames: ReadonlySet<string> | undefined;

  constructor(endpoints: readonly Endpoint[], namespaces: readonly { readonly name: string; readonly labels: Labels }[]) {
    const labels = new Map<string, Labels>(endpoints.map(({ namespace }) => [namespace, { [nameLabel]: namespace }]));
    for (const { name, labels: own } of namespaces) labels.set(name, { ...own, [nameLabel]: name });
    this.namespaces = [...labels.keys()];
    this.byNamespace = new LabelIndex([...labels.values()]);
    const numberOf = new Map(this.namespaces.map((name, at) => [name, at]));
    this.pods = endpoints.toSorted((a, b) => numberOf.get(a.namespace)! - numberOf.get(b.namespace)!);
    this.namespaceOf = Uint32Array.from(this.pods, ({ namespace }) => numberOf.get(namespace)!);
    for (const [at, { namespace }] of this.pods.entries()) if (!this.startOf.has(namespace)) this.startOf.set(namespace, at);
    this.byPod = new LabelIndex(this.pods.map((pod) => pod.labels));
  }

  /** Of all pods. */
  get portNames(): ReadonlySet<string> {
    return (this.allPortNames ??= portNamesOf(this.pods));
  }

  /** Pods of a namespace that a selector finds, or may find. */
  *selected(namespace: string, selector: LabelSelector): Iterable<Endpoint> {
    const found = this.byPod.select(knownPart(selector));
    const start = this.startOf.get(namespace);
    if (start === undefined) return;
    for (let at = start; this.pods[at]?.namespace === namespace; at++) if (found.has(at)) yield this.pods[at]!;
  }

  /** Pods that a policy's peer finds, or may find. */
  *peers(namespace: string, { namespaceSelector, podSelector = everything }: NetworkPolicyPeer): Iterable<Endpoint> {
    if (!namespaceSelector) {
      yield* this.selected(namespace, podSelector);
      return;
    }
    const inNamespaces = this.byNamespace.select(namespaceSelector);
    const found = this.byPod.select(knownPart(podSelector));
    for (const at of found) if (inNamespaces.has(this.namespaceOf[at]!)) yield this.pods[at]!;
  }

  /** Whether any pod is selected: undefined where the selector tells apart pods by what is not known of them. */
  selectsAny(namespace: string, selector: LabelSelector): Tristate {
    return isAny(this.selected(namespace, selector), selector);
  }

  /** Whether a peer is there: for one without a podSelector, whether a namespace is. */
  isThere(namespace: string, peer: NetworkPolicyPeer): Tristate {
    if (peer.namespaceSelector && !peer.podSelector) {
      return !this.byNamespace.select(peer.namespaceSelector).isEmpty;
    }
    return isAny(this.peers(namespace, peer), peer.podSelector ?? everything);
  }
}

function isAny(found: Iterable<Endpoint>, selector: LabelSelector): Tristate {
  for (const _ of found) return knownPart(selector) === selector ? true : undefined;
  return false;
}

/** As far as pods and namespaces were read. Rests on nothing: what is found is there. */
export const selectablePods = defineIndex([], (world) => new SelectablePods(world.seenReachability.input.endpoints, world.seen('namespaces')));
