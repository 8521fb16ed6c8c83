import type { Severity } from '#controls/engine/control.js';
import type { Evaluation, Failure } from '#controls/engine/evaluation.js';
import { KeyPiece } from '#controls/engine/key-set.js';

const none = KeyPiece.of('\u0000null');
const MAX_KNOWN = 5_000;

/**
 * A failure as it is handed on and stored: what is behind it is JSON text, for a first scan may have a hundred thousand
 * of them, and the patches of most are the same.
 */
export interface FoundFailure extends Omit<Failure, 'detail' | 'patch' | 'values'> {
  readonly detail?: string;
  readonly patch?: string;
  readonly values?: string;
  /**
   * Of what it says (severity, risk, message, detail, basis), 16 hexadecimal digits. Two scans that found the same thing give
   * the same digest, whatever the order of the detail's keys.
   */
  readonly digest: string;
}

/** Failures of one control: gone through as often as asked for, each time the same ones in the same order. */
export interface FoundFailures extends Iterable<FoundFailure> {
  readonly length: number;
  /** How many of each severity, where that was counted as they came. */
  readonly severities?: ReadonlyMap<Severity, number>;
}

/** What a control says of a cluster, with the failures as they are stored. */
export interface FoundEvaluation extends Omit<Evaluation, 'failures'> {
  readonly failures: FoundFailures;
}

/** Makes failures into what is stored. Texts that many of them share, such as patches, are gone through once. */
export class FailureWriter {
  private readonly known = new Map<string, KeyPiece>();

  write({ key, resource, part, severity, message, basis, risk, surroundings, detail, patch, values }: Failure): FoundFailure {
    const detailText = detail === undefined ? undefined : JSON.stringify(detail);
    const patchText = patch === undefined ? undefined : JSON.stringify(patch);
    const piece = this.shared(`${severity}\u0000${basis}\u0000${risk}${surroundings}\u0000`, undefined).followedBy(KeyPiece.of(message)).followedBy(this.shared(detailText, detail)).followedBy(this.shared(patchText, patch));
    const [high, low] = piece.words;
    const found: { -readonly [K in keyof FoundFailure]: FoundFailure[K] } = {
      key, resource, part, severity, message, basis, risk, surroundings, digest: high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0'),
    };
    if (detailText !== undefined) found.detail = detailText;
    if (patchText !== undefined) found.patch = patchText;
    if (values !== undefined) found.values = JSON.stringify(values);
    return found;
  }

  /** Of JSON that is known by its text; `value` is what it says, whose keys may come in another order another time. */
  private shared(text: string | undefined, value: unknown): KeyPiece {
    if (text === undefined) return none;
    let piece = this.known.get(text);
    if (!piece) {
      piece = KeyPiece.of(`\u0000${value === undefined || isCanonical(value) ? text : canonical(value)}`);
      if (this.known.size < MAX_KNOWN) this.known.set(text, piece);
    }
    return piece;
  }
}

export const foundFailure = (failure: Failure): FoundFailure => new FailureWriter().write(failure);

export function foundEvaluation(evaluation: Evaluation): FoundEvaluation & { readonly failures: readonly FoundFailure[] } {
  const writer = new FailureWriter();
  return { ...evaluation, failures: evaluation.failures.map((failure) => writer.write(failure)) };
}

/** Whether its JSON is the canonical text as it is: most details name their keys in that order. */
function isCanonical(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  if (Array.isArray(value)) return (value as readonly unknown[]).every(isCanonical);
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before || !isCanonical((value as Readonly<Record<string, unknown>>)[key])) return false;
    before = key;
  }
  return true;
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) text += `${text === '' ? '' : ','}${canonical(item)}`;
    return `[${text}]`;
  }
  for (const key of Object.keys(value).sort()) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical((value as Readonly<Record<string, unknown>>)[key])}`;
  return `{${text}}`;
}
