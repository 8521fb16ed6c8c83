/** Deepest nesting of objects and lists that is accepted: Kubernetes' own objects stay below 20. */
export const MAX_DEPTH = 64;

/** Whether JSON nests deeper than `max`. Only as right as the JSON is: for text that is no JSON the parser speaks. */
export function isDeeperThan(json: Uint8Array, max: number): boolean {
  let depth = 0;
  const end = json.length;
  for (let i = 0; i < end; i++) {
    const byte = json[i]!;
    if (byte === 0x22) {
      for (i++; i < end; i++) {
        const inside = json[i]!;
        if (inside === 0x22) break;
        if (inside === 0x5c) i++;
      }
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > max) return true;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  }
  return false;
}

/** The same for a value that is parsed already. A circle is too deep. */
export function isValueDeeperThan(value: unknown, max: number): boolean {
  let level: readonly object[] = isContainer(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= max) return true;
    const next = new Set<object>();
    for (const container of level) for (const child of Object.values(container)) if (isContainer(child)) next.add(child);
    level = [...next];
  }
  return false;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;
