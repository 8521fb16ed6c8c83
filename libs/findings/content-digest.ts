import { hashKey } from '#controls/engine/key-set.js';
import type { Failure } from '#controls/engine/evaluation.js';

/**
 * Digest of what a finding says (severity, message, detail, basis), 16 hexadecimal digits.
 * Two scans that found the same thing give the same digest, whatever the order of the detail's keys.
 */
export function contentDigest(failure: Failure): string {
  const [high, low] = hashKey(`${failure.severity}\u0000${failure.basis}\u0000${failure.message}\u0000${canonical(failure.detail ?? null)}\u0000${canonical(failure.patch ?? null)}`);
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
