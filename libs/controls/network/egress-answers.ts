import { parseAddress } from '#inventory/reachability/address.js';
import type { DirectionAnswer } from '#inventory/reachability/answer.js';
import { policyKeys } from '#inventory/reachability/from-inventory.js';
import type { Reachability } from '#inventory/reachability/reachability.js';
import { refText } from '#inventory/resource-ref.js';
import { defineIndex } from '../engine/world.js';

/** Whether policies let classes of pods out to addresses outside. Pods that the same policies select have one answer. */
export class EgressAnswers {
  private readonly known = new Map<string, DirectionAnswer>();

  constructor(private readonly reachability: Reachability) {}

  /** The address is one that was read as one before; `point` is a port as reachability counts them. */
  to(classId: number, address: string, point: number): DirectionAnswer {
    const key = `${this.reachability.compiled.profileOf.egress[classId]!} ${address} ${point}`;
    let answer = this.known.get(key);
    if (!answer) {
      const parsed = parseAddress(address)!;
      this.known.set(key, (answer = this.reachability.explain('egress', { kind: 'class', id: classId }, { kind: 'address', address: parsed }, undefined, point)));
    }
    return answer;
  }
}

export const egressAnswers = defineIndex(policyKeys, (world) => new EgressAnswers(world.reachability));

/** Why pods are let out. */
export function letOutBy({ by, rules }: DirectionAnswer): string {
  const [rule] = rules.filter(({ action }) => action === 'allow');
  if (rule) return `rule ${rule.index + 1} of ${refText(rule.object)} allows it`;
  return by === 'no-policy' ? 'no policy isolates their outgoing traffic' : 'no policy denies it';
}
