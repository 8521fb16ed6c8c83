import type { PolicyRule, Subject } from '#inventory/facts.js';
import type { Severity } from '../engine/control.js';
import { fail, implied, notApplicable, ofPart, pass, provenFail, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import type { Grant } from '../scopes/each-grant.js';
import { givesNamespaceRole } from './bootstrap-rbac.js';
import { heldBy, type Ability, type Held } from './escalation-abilities.js';
import { grantDetail, grantedBy, grantText, nothingFound, severityOf, type Granted } from './granted.js';

/** A right that reaches further than it looks. Any of `ways` gives it. */
export interface Right {
  readonly part: string;
  /** Completes "may …". */
  readonly text: string;
  readonly ways: readonly Ability['needs'][];
  /** Whether the right means anything where a grant holds; '' is the whole cluster. Default: everywhere. */
  readonly isMeantIn?: (namespace: string) => boolean;
}

/** How a list of rules gives a right: for every object, where one of its ways does, else for some names. */
export function rightHeld(right: Right, rules: readonly PolicyRule[], namespace: string): Held | undefined {
  if (right.isMeantIn?.(namespace) === false) return undefined;
  let narrow: Held | undefined;
  for (const needs of right.ways) {
    const held = heldBy(needs, rules, namespace);
    if (held && !held.isNarrow) return held;
    narrow ??= held;
  }
  return narrow;
}

/** Controllers of the control plane, which work by the roles that Kubernetes made for them. */
const isController = ({ kind, namespace, name }: Subject): boolean =>
  kind === 'ServiceAccount' ? namespace === 'kube-system' : kind === 'User' && name.startsWith('system:kube-');

export const whereOf = ({ namespace }: Granted): string => (namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`);

/** Rights in one namespace are worth less than those in all, but for the control plane's own. */
export const severityIn = (namespace: string): Severity => (namespace === '' || namespace === 'kube-system' ? 'high' : 'medium');

/** How a right that a grant gives is settled; left out, it fails. */
export type Settle = (right: Right, granted: Granted) => Verdict | { readonly because: string } | undefined;

export interface RightsQuestion {
  readonly rights: readonly Right[];
  /** What the built-in roles admin and edit are for, completing "that … is what it is for". */
  readonly ofNamespaceRoles: string;
  readonly settle?: Settle;
}

/** One verdict a right, and one for a rule that allows everything, which says the others. */
export function judgeRights(grant: Grant, world: World, { rights, ofNamespaceRoles, settle }: RightsQuestion): Verdict | readonly Verdict[] {
  const granted = grantedBy(grant, world);
  if ('nothingAdded' in granted) return notApplicable(granted.nothingAdded);
  const { builtIn, rules, namespace, everything } = granted;
  if (builtIn !== undefined && (granted.isUnbound || granted.subjects.every(isController))) return notApplicable(builtIn);
  const found = granted.isUnbound ? fail : provenFail;
  const severity = severityIn(namespace);
  if (everything) {
    const wider = found(grantText(grant, granted, `do everything ${whereOf(granted)}`), { part: 'everything', severity: severityOf(severity, granted), detail: grantDetail(grant, granted, [everything]) });
    return [wider, ...rights.map(({ part }) => implied(part))];
  }
  const nothing = nothingFound(granted);
  const held = rights.map((right) => rightHeld(right, rules, namespace));
  if (grant.binding && givesNamespaceRole(grant.binding)) return notApplicable(`the built-in role ${grant.binding.roleName}, bound in one namespace: that ${ofNamespaceRoles} is what it is for`);
  if (nothing.status === 'not-applicable' && held.every((one) => one === undefined)) return nothing;
  const verdicts = rights.map((right, at): Verdict => {
    const by = held[at];
    if (!by) return ofPart(nothing, right.part);
    const settled = settle?.(right, granted);
    if (settled && 'status' in settled) return { ...settled, part: right.part };
    // What it rests on beside the rule is in lists that may lack something.
    const verdict = settled ? fail : found;
    return verdict(`${grantText(grant, granted, `${right.text}, ${whereOf(granted)}${by.isNarrow ? ' but for some names only' : ''}`)}${settled ? `: ${settled.because}` : ''}`, {
      part: right.part, severity: severityOf(by.isNarrow && severity === 'high' ? 'medium' : severity, granted), detail: grantDetail(grant, granted, by.rules),
    });
  });
  return [ofPart(nothing.status === 'not-applicable' ? pass : nothing, 'everything'), ...verdicts];
}
