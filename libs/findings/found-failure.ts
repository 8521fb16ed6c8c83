import type { Evaluation, Failure } from '#controls/engine/evaluation.js';
import { hashKey } from '#controls/engine/key-set.js';

/**
 * A failure as it is handed on and stored: what is behind it is JSON text, for a first scan may have a hundred thousand
 * of them, and the patches of most are the same.
 */
export interface FoundFailure extends Omit<Failure, 'detail' | 'patch'> {
  readonly detail?: string;
  readonly patch?: string;
  /**
   * Of what it says (severity, risk, message, detail, basis), 16 hexadecimal digits. Two scans that found the same thing give
   * the same digest, whatever the order of the detail's keys.
   */
  readonly digest: string;
}

/** What a control says of a cluster, with the failures as they are stored. */
export type FoundEvaluation = Evaluation<FoundFailure>;

export function foundFailure({ key, resource, part, severity, message, basis, risk, surroundings, detail, patch }: Failure): FoundFailure {
  const [high, low] = hashKey(`${severity}\u0000${basis}\u0000${message}\u0000${canonical(detail ?? null)}\u0000${canonical(patch ?? null)}\u0000${risk}${surroundings}`);
  const found: { -readonly [K in keyof FoundFailure]: FoundFailure[K] } = {
    key, resource, part, severity, message, basis, risk, surroundings, digest: high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0'),
  };
  if (detail !== undefined) found.detail = JSON.stringify(detail);
  if (patch !== undefined) found.patch = JSON.stringify(patch);
  return found;
}

export const foundEvaluation = (evaluation: Evaluation): FoundEvaluation => ({ ...evaluation, failures: evaluation.failures.map(foundFailure) });

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
