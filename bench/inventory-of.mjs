import { InventoryBuilder } from '../dist/libs/inventory/inventory-builder.js';
import { resourceKeys, resourceType } from '../dist/libs/inventory/resources.js';
import { codec } from '../dist/libs/kubernetes/codec.js';

const BATCH = 500;

/** Objects of one kind, parsed, some hundred at a time: as a collector has them, without what reading them costs. */
export function* batchesOf(list, withoutManagedFields = true) {
  for (let from = 0; from < list.length; from += BATCH) {
    const batch = [];
    for (let index = from; index < Math.min(list.length, from + BATCH); index++) {
      const object = JSON.parse(list.text(index));
      if (withoutManagedFields) delete object.metadata.managedFields;
      batch.push(object);
    }
    yield batch;
  }
}

/** The inventory of a bench cluster. `around(key, take)` wraps the taking in of each batch. */
export function inventoryOf(cluster, around = (_key, _count, take) => take()) {
  const builder = new InventoryBuilder(codec);
  for (const key of resourceKeys) {
    const list = cluster[key];
    for (const batch of list === undefined ? [] : batchesOf(list)) {
      around(key, batch.length, () => {
        for (const object of batch) builder.add(key, object);
      });
    }
    if (resourceType(key).custom) builder.end(key, { state: 'not-served' });
    else if (key === 'secrets') builder.endMissing(key, 'forbidden', 'not granted');
    else builder.end(key, { state: 'observed', count: builder.countOf(key) });
  }
  builder.setServer('v1.36.3', false);
  return builder.finish();
}
