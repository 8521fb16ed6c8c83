import type { PolicyRule, RoleFacts } from './facts.js';

/** One list of rules for all roles that have equal ones: a chart that is installed in each namespace brings the same role to each. */
export class RuleLists {
  private readonly known = new Map<string, readonly PolicyRule[]>();

  sharing(role: RoleFacts): RoleFacts {
    const text = JSON.stringify(role.rules);
    const rules = this.known.get(text);
    if (rules) return { ...role, rules };
    this.known.set(text, role.rules);
    return role;
  }
}
