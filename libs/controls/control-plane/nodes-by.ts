import type { NodeFacts } from '#inventory/facts.js';

/** Names kept of each group. */
const NAMED = 50;

/** Nodes by something they say, in its order, with some of their names: what a finding of all nodes tells in its detail. */
export function namesBy(nodes: readonly NodeFacts[], key: (node: NodeFacts) => string): Readonly<Record<string, readonly string[]>> {
  const groups = new Map<string, string[]>();
  for (const node of nodes) {
    const text = key(node).slice(0, 100);
    const names = groups.get(text);
    if (!names) groups.set(text, [node.name]);
    else if (names.length < NAMED) names.push(node.name);
  }
  return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([text, names]) => [text, names.toSorted()]));
}

/** Some of the values, as a message names them. */
export function listed(values: readonly string[]): string {
  const some = values.slice(0, 3).join(', ');
  return values.length > 3 ? `${some} and ${values.length - 3} more` : some;
}
