import type { Labels, LabelSelector } from '#inventory/facts.js';
import { controllerLabels } from '#inventory/readers/controller-labels.js';
import { selects, selectsAll } from '#inventory/readers/label-selector.js';
import { looseSelector } from '#inventory/readers/loose-selector.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex } from '../engine/world.js';

/** Budgets of one namespace by the first label that they ask for, so that a workload is compared with few of them. */
class BudgetsOfNamespace {
  private readonly byLabel = new Map<string, LabelSelector[]>();
  private readonly others: LabelSelector[] = [];

  add(selector: LabelSelector): void {
    const [first] = Object.entries(selector.matchLabels);
    if (!first) {
      this.others.push(selector);
      return;
    }
    const key = `${first[0]}=${first[1]}`;
    const list = this.byLabel.get(key);
    if (list) list.push(selector);
    else this.byLabel.set(key, [selector]);
  }

  covers(labels: Labels): boolean {
    if (this.others.some((selector) => selects(selector, labels))) return true;
    return Object.entries(labels).some(([key, value]) => this.byLabel.get(`${key}=${value}`)?.some((selector) => selects(selector, labels)) === true);
  }
}

/** Without labels that controllers give single pods, which templates are kept without; undefined where it asks for nothing else. */
function ofTemplates({ matchLabels, matchExpressions }: LabelSelector): LabelSelector | undefined {
  const selector = {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => !controllerLabels.has(key))),
    matchExpressions: matchExpressions.filter(({ key }) => !controllerLabels.has(key)),
  };
  return selectsAll(selector) && !selectsAll({ matchLabels, matchExpressions }) ? undefined : selector;
}

/** Whether some disruption budget of a namespace selects pods of these labels. */
export const disruptionBudgets = defineIndex(['poddisruptionbudgets.policy'], (world) => {
  const namespaces = new Map<string, BudgetsOfNamespace>();
  for (const { namespace, spec } of world.list('poddisruptionbudgets.policy')) {
    // An empty selector selects every pod, none at all selects none.
    const given = looseSelector(asRecord(spec)['selector']);
    const selector = given && ofTemplates(given);
    if (!selector) continue;
    let budgets = namespaces.get(namespace);
    if (!budgets) namespaces.set(namespace, (budgets = new BudgetsOfNamespace()));
    budgets.add(selector);
  }
  return { covers: (namespace: string, labels: Labels): boolean => namespaces.get(namespace)?.covers(labels) === true };
});
