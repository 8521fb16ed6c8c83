import type { IngressFacts, NetworkPolicyFacts, ServiceFacts, Workload } from '#inventory/facts.js';
import { groupBy } from '#inventory/group-by.js';
import { workloadKeys } from '#inventory/inventory.js';
import { defineIndex } from '../engine/world.js';

const grouped = <T extends { readonly namespace: string }>(items: Iterable<T>): ReadonlyMap<string, readonly T[]> => groupBy(items, ({ namespace }) => namespace);

export const policiesByNamespace = defineIndex(['networkpolicies.networking.k8s.io'], (world): ReadonlyMap<string, readonly NetworkPolicyFacts[]> =>
  grouped(world.list('networkpolicies.networking.k8s.io')));

export const workloadsByNamespace = defineIndex(workloadKeys, (world): ReadonlyMap<string, readonly Workload[]> => grouped(world.workloads()));

export const servicesByNamespace = defineIndex(['services'], (world): ReadonlyMap<string, readonly ServiceFacts[]> => grouped(world.list('services')));

export const ingressesByNamespace = defineIndex(['ingresses.networking.k8s.io'], (world): ReadonlyMap<string, readonly IngressFacts[]> =>
  grouped(world.list('ingresses.networking.k8s.io')));
