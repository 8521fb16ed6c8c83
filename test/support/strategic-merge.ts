type Json = Readonly<Record<string, unknown>>;

/** Fields by which the API server tells items of a list apart; lists without one are replaced whole. */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'], initContainers: ['name'], ephemeralContainers: ['name'], volumes: ['name'], env: ['name'], imagePullSecrets: ['name'],
  volumeMounts: ['mountPath'], volumeDevices: ['devicePath'], ports: ['containerPort', 'port'], hostAliases: ['ip'], webhooks: ['name'],
};

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a strategic merge patch makes of an object, as far as patches of the catalogue go. */
export function strategicMerge(object: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(object) && patch['$patch'] !== 'replace' ? { ...object } : {};
  for (const [field, change] of Object.entries(patch)) {
    if (field.startsWith('$')) continue;
    if (change === null) delete merged[field];
    else merged[field] = Array.isArray(change) ? mergedList(field, merged[field], change) : strategicMerge(merged[field], change);
  }
  return merged;
}

function mergedList(field: string, list: unknown, changes: readonly unknown[]): readonly unknown[] {
  const key = mergeKeys[field]?.find((name) => changes.every((change) => isObject(change) && name in change));
  if (key === undefined) return changes;
  return (changes as readonly Json[]).reduce<readonly unknown[]>((items, change) => {
    const isMeant = (item: unknown): boolean => isObject(item) && item[key] === change[key];
    if (change['$patch'] === 'delete') return items.filter((item) => !isMeant(item));
    return items.some(isMeant) ? items.map((item) => (isMeant(item) ? strategicMerge(item, change) : item)) : [...items, strategicMerge({}, change)];
  }, Array.isArray(list) ? list : []);
}
