import type { Completeness } from '#application/ports/cluster-collector.js';
import type { InventoryBuilder } from '#inventory/inventory-builder.js';
import { resourceKeys, resourceType, type ResourceKey } from '#inventory/resources.js';

/** Kinds of which every cluster has objects of its own making. `kubectl get` goes on where it may not list one, so that an upload without them read less than it says. */
const alwaysThere: ReadonlySet<ResourceKey> = new Set([
  'namespaces', 'serviceaccounts', 'services', 'configmaps', 'roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io',
]);

/** Tells the inventory what an upload has observed: what it declares, and nothing beyond. */
export function conclude(builder: InventoryBuilder, complete: Completeness): void {
  for (const key of resourceKeys) concludeKind(builder, key, complete);
}

function concludeKind(builder: InventoryBuilder, key: ResourceKey, complete: Completeness): void {
  const count = builder.countOf(key);
  switch (complete.scope) {
    case 'cluster':
      if (complete.unread.includes(key)) builder.endMissing(key, 'not-in-upload', `the upload says that ${key} were not read`);
      else if (count === 0 && alwaysThere.has(key)) builder.endMissing(key, 'not-in-upload', `the upload says that the whole cluster was read, but holds no ${key}, of which every cluster has some: most likely they could not be listed`);
      // A whole cluster that has none of a custom kind most likely does not know the kind.
      else if (count === 0 && resourceType(key).custom) builder.end(key, { state: 'not-served' });
      else builder.end(key, { state: 'observed', count });
      return;
    case 'kinds':
      builder.end(key, complete.kinds.includes(key) ? { state: 'observed', count } : { state: 'given', count });
      return;
    case 'objects':
      builder.end(key, { state: 'given', count });
  }
}
