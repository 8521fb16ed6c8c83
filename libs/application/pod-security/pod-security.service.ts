import { setImmediate as others } from 'node:timers/promises';
import { evaluatePodSecurity, type PodSecurityViolation } from '#inventory/pod-security/evaluate-pod-security.js';
import { parsePodSecurityVersion, type PodSecurityLevel } from '#inventory/pod-security/pod-security-version.js';
import { templateOfObject } from '#inventory/pod-security/template-of-object.js';
import { invalid } from '../app-error.js';
import type { Caller } from '../caller.js';

export interface EvaluatePodSecurity {
  readonly level: PodSecurityLevel;
  /** `latest`, or a minor such as `v1.34`. */
  readonly version: string;
  /** Objects as manifests write them: pods, and whatever has a pod template. */
  readonly objects: readonly unknown[];
}

/** One object, by what it calls itself. */
export interface EvaluatedObject {
  readonly apiVersion: string | null;
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  /** `no-template`: there is no pod in it to judge. `invalid`: no server would take it, `reason` says why. */
  readonly outcome: 'allowed' | 'refused' | 'no-template' | 'invalid';
  readonly violations: readonly PodSecurityViolation[];
  readonly reason: string | null;
}

export interface PodSecurityAnswer {
  readonly level: PodSecurityLevel;
  /** The version whose rules were applied. */
  readonly version: string;
  /** What was asked for is newer than the rules that are known. */
  readonly isBeyondKnown: boolean;
  /** One an object, in their order. */
  readonly results: readonly EvaluatedObject[];
}

/** Objects a turn: others are answered in between. */
const TURN = 100;

export class PodSecurityService {
  /** What a server of that version would refuse at that level, and for which fields. Nothing is kept. */
  async evaluate(caller: Caller, { level, version, objects }: EvaluatePodSecurity): Promise<PodSecurityAnswer> {
    caller.may('access:read');
    const parsed = parsePodSecurityVersion(version);
    if (parsed.outcome === 'no-version') throw invalid('invalid-version', 'There is no such version of the standards.', [{ pointer: '/version', detail: parsed.reason }]);
    const judge = (object: unknown): EvaluatedObject => {
      const found = templateOfObject(object);
      const named = nameOf(object);
      if (!found) return { ...named, outcome: 'no-template', violations: [], reason: null };
      if (found.outcome === 'invalid') return { ...named, outcome: 'invalid', violations: [], reason: found.reason };
      const violations = evaluatePodSecurity(found.template, level, parsed.version).map(({ check, fields }) => ({ check, fields: fields.map((field) => found.prefix + field) }));
      return { ...named, outcome: violations.length > 0 ? 'refused' : 'allowed', violations, reason: null };
    };
    const results: EvaluatedObject[] = [];
    for (const [index, object] of objects.entries()) {
      if (index % TURN === TURN - 1) await others();
      results.push(judge(object));
    }
    return { level, version: parsed.version.name, isBeyondKnown: parsed.version.isBeyondTable, results };
  }
}

const LONGEST_NAME = 300;

function nameOf(object: unknown): Pick<EvaluatedObject, 'apiVersion' | 'kind' | 'namespace' | 'name'> {
  const text = (from: unknown, key: string): string | null => {
    if (typeof from !== 'object' || from === null || !Object.hasOwn(from, key)) return null;
    const value = (from as Readonly<Record<string, unknown>>)[key];
    return typeof value === 'string' ? value.slice(0, LONGEST_NAME) : null;
  };
  const metadata = typeof object === 'object' && object !== null && Object.hasOwn(object, 'metadata') ? (object as { readonly metadata: unknown }).metadata : undefined;
  return { apiVersion: text(object, 'apiVersion'), kind: text(object, 'kind'), namespace: text(metadata, 'namespace'), name: text(metadata, 'name') };
}
