import type { LabelSelector, PolicyRule, RoleFacts } from '../facts.js';
import { selects } from '../readers/label-selector.js';

/** Roles that all aggregations together may name: 8 MB. Only input made to be hostile comes near. */
const MAX_PARTS = 2_000_000;
/** Roles that are held against selectors before finding is given up, a second or two. */
const MAX_TRIED = 10_000_000;

/** Finds cluster roles by label without trying a selector on each. */
export class SelectableRoles {
  private readonly byLabel = new Map<string, number[]>();
  private tried = 0;

  constructor(private readonly roles: readonly RoleFacts[]) {
    roles.forEach((role, id) => {
      for (const [key, value] of Object.entries(role.labels ?? {})) {
        const label = `${key}=${value}`;
        const known = this.byLabel.get(label);
        if (known) known.push(id);
        else this.byLabel.set(label, [id]);
      }
    });
  }

  /** Whether so much was asked that not all was found. */
  get isExhausted(): boolean {
    return this.tried > MAX_TRIED;
  }

  /** Roles that any of the selectors matches, each once, in order. An aggregating role may be among its own. */
  selectedBy(selectors: readonly LabelSelector[]): Int32Array {
    const found = new Set<number>();
    for (const selector of selectors) {
      for (const id of this.candidates(selector)) {
        if (this.tried++ > MAX_TRIED) break;
        if (selects(selector, this.roles[id]!.labels ?? {})) found.add(id);
      }
    }
    return Int32Array.from(found).sort();
  }

  private candidates(selector: LabelSelector): Iterable<number> {
    const [label] = Object.entries(selector.matchLabels);
    return label ? (this.byLabel.get(`${label[0]}=${label[1]}`) ?? []) : this.roles.keys();
  }
}

/** What the roles of an index consist of once aggregation is done. */
export interface AggregatedRoles {
  /** By role: the roles whose rules it has; undefined for one that has only its own. */
  readonly parts: ReadonlyMap<number, Int32Array>;
  /** Roles with more parts than may be kept: what they allow is not known. */
  readonly tooLarge: readonly number[];
}

/**
 * Gathers the parts of cluster roles that aggregate and have no rules yet. Aggregated roles may select each other, in
 * circles too: each gets the rules of all it reaches.
 */
export function aggregate(roles: readonly RoleFacts[]): AggregatedRoles {
  const selectable = new SelectableRoles(roles);
  const selected = new Map<number, Int32Array>();
  const tooLarge = new Set<number>();
  let kept = 0;
  roles.forEach((role, id) => {
    if (!role.aggregates || role.rules.length > 0) return;
    const found = kept > MAX_PARTS ? new Int32Array() : selectable.selectedBy(role.aggregates);
    if (kept > MAX_PARTS || selectable.isExhausted) tooLarge.add(id);
    kept += found.length;
    selected.set(id, found);
  });
  const parts = new Map<number, Int32Array>();
  kept = 0;
  let visits = 0;
  for (const id of selected.keys()) {
    if (kept > MAX_PARTS || visits > MAX_TRIED) {
      parts.set(id, new Int32Array());
      tooLarge.add(id);
      continue;
    }
    const leaves = new Set<number>();
    const seen = new Set([id]);
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const part of selected.get(next) ?? []) {
        visits++;
        if (!selected.has(part)) leaves.add(part);
        else if (!seen.has(part)) {
          seen.add(part);
          open.push(part);
        }
      }
      if (visits > MAX_TRIED) {
        tooLarge.add(id);
        break;
      }
    }
    kept += leaves.size;
    parts.set(id, Int32Array.from(leaves).sort());
  }
  return { parts, tooLarge: [...tooLarge] };
}

const ruleText = (rule: PolicyRule): string =>
  JSON.stringify([rule.verbs, rule.apiGroups, rule.resources, rule.resourceNames, rule.nonResourceURLs]);

/** Tells which cluster role an already aggregated one has a rule from: one it selects that holds the very same rule. */
export class RuleSources {
  private readonly cached = new Map<number, ReadonlyMap<string, string>>();
  private selectable: SelectableRoles | undefined;

  constructor(private readonly roles: readonly RoleFacts[]) {}

  of(role: number, rule: PolicyRule): string | undefined {
    let sources = this.cached.get(role);
    if (!sources) {
      sources = this.gather(role);
      if (this.cached.size >= 64) this.cached.clear();
      this.cached.set(role, sources);
    }
    return sources.get(ruleText(rule));
  }

  private gather(role: number): ReadonlyMap<string, string> {
    this.selectable ??= new SelectableRoles(this.roles);
    const sources = new Map<string, string>();
    const selected = [...this.selectable.selectedBy(this.roles[role]!.aggregates ?? [])].filter((id) => id !== role);
    const wanted = new Set(this.roles[role]!.rules.map(ruleText));
    // What is no aggregate itself wrote the rule; an aggregate between only passed it on.
    const leavesFirst = [...selected.filter((id) => !this.roles[id]!.aggregates), ...selected.filter((id) => this.roles[id]!.aggregates)];
    for (const id of leavesFirst) {
      for (const rule of this.roles[id]!.rules) {
        const text = ruleText(rule);
        if (wanted.has(text) && !sources.has(text)) sources.set(text, this.roles[id]!.name);
      }
    }
    return sources;
  }
}
