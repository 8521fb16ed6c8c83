import { workloadKeys } from '#inventory/inventory.js';
import { isComplete } from '#inventory/observed.js';
import { manifests, type Example } from '../engine/example.js';
import { fail, notApplicable, provenPass, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { workloadsByNamespace } from '../indexes/by-namespace.js';
import { isolatingPolicy } from './isolating-policy.js';
import type { Direction } from './isolation.js';

/** Namespaces in which a pod was seen that is on the pod network, where policies reach it. */
const podNetworkNamespaces = defineIndex([], (world) => {
  const found = new Set<string>();
  for (const { namespace, templates } of world.seenWorkloads()) {
    if (!found.has(namespace) && templates.some((id) => !world.network(id).hostNetwork)) found.add(namespace);
  }
  return found;
});

/** Whether a namespace denies by default in one direction. */
export function judgeDefaultDeny(world: World, namespace: string, direction: Direction): Verdict {
  const workloads = world.use(workloadsByNamespace).get(namespace) ?? [];
  // That there is no pod can only be said where all were read.
  if (workloadKeys.every((key) => isComplete(world.outcome(key)))) {
    if (workloads.length === 0) return notApplicable('the namespace has no pods');
    if (!world.use(podNetworkNamespaces).has(namespace)) return notApplicable('all pods of the namespace use their nodes\' network, where policies do not reach them');
  }
  if (isolatingPolicy(world, namespace, direction) !== undefined) return provenPass;
  const name = `default-deny-${direction.toLowerCase()}`;
  return fail(`no policy in namespace ${namespace} selects every pod for ${direction === 'Ingress' ? 'incoming' : 'outgoing'} traffic`, {
    detail: { manifest: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec: { podSelector: {}, policyTypes: [direction] } } },
  });
}

/** A namespace with one pod, and these objects beside it. */
export const shopWith = (objects = '', options: Omit<Example, 'manifests'> = {}, pod = ''): Example =>
  manifests(`apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {${pod}containers: [{name: app, image: registry.example/app:1}]}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: web}}\n${objects === '' ? '' : `---\n${objects}`}`, options);
