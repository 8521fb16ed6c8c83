import { groupBy } from '../group-by.js';
import { mermaidLabel } from '../mermaid-label.js';
import type { PortAnswer, PortRange } from './answer.js';
import { internetNode, type MapNode, type ReachabilityMap } from './map.js';

const MAX_RANGES = 6;

/** `TCP 80, 8000-9000`; `all ports` where nothing is left out. */
export function portsText(ranges: readonly PortRange[]): string {
  if (ranges.length === 3 && ranges.every(({ first, last }) => first === 1 && last === 65_535)) return 'all ports';
  const shown = ranges.slice(0, MAX_RANGES).map(({ protocol, first, last }) => (first === 1 && last === 65_535 ? protocol : `${protocol} ${first === last ? first : `${first}-${last}`}`));
  if (ranges.length > MAX_RANGES) shown.push(`${ranges.length - MAX_RANGES} more`);
  return shown.join(', ');
}

const edgeText = ({ allowed, unknown }: PortAnswer): string => [allowed.length > 0 ? portsText(allowed) : '', unknown.length > 0 ? `unknown: ${portsText(unknown)}` : ''].filter((text) => text !== '').join('; ');

const MAX_NAMES = 4;

function nodeText({ workloads, count }: MapNode): readonly string[] {
  const lines = workloads.slice(0, MAX_NAMES);
  return count > lines.length ? [...lines, `and ${count - lines.length} more`] : lines;
}

const byNamespace = (nodes: readonly MapNode[]): ReadonlyMap<string, readonly MapNode[]> => groupBy(nodes, ({ namespace }) => namespace);

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`;

/** A node without an edge would say that it is cut off, which is not the map's to say of what nobody asked about. */
const hasInternet = ({ edges }: ReachabilityMap): boolean => edges.some(({ from, to }) => from === internetNode || to === internetNode);

/** The map for Graphviz. */
export function mapAsDot(map: ReachabilityMap): string {
  const lines = ['digraph reachability {', '  rankdir=LR;', '  node [shape=box];', ...(hasInternet(map) ? [`  ${internetNode} [label="internet", shape=ellipse];`] : [])];
  for (const [at, [namespace, nodes]] of [...byNamespace(map.nodes)].entries()) {
    const indent = namespace === '' ? '  ' : '    ';
    if (namespace !== '') lines.push(`  subgraph cluster_${at} {`, `    label=${quoted(namespace)};`);
    for (const node of nodes) lines.push(`${indent}${node.id} [label="${nodeText(node).map((line) => quoted(line).slice(1, -1)).join('\\n')}"];`);
    if (namespace !== '') lines.push('  }');
  }
  for (const { from, to, ports } of map.edges) lines.push(`  ${from} -> ${to} [label=${quoted(edgeText(ports))}${ports.allowed.length === 0 ? ', style=dashed' : ''}];`);
  if (map.isCut) lines.push('  cut [label="more is left out", shape=note];');
  return `${lines.join('\n')}\n}\n`;
}

/** The map for Mermaid. */
export function mapAsMermaid(map: ReachabilityMap): string {
  const lines = ['flowchart LR', ...(hasInternet(map) ? [`  ${internetNode}(("internet"))`] : [])];
  for (const [at, [namespace, nodes]] of [...byNamespace(map.nodes)].entries()) {
    if (namespace !== '') lines.push(`  subgraph s${at}["${mermaidLabel(namespace)}"]`);
    for (const node of nodes) lines.push(`  ${namespace === '' ? '' : '  '}${node.id}["${nodeText(node).map(mermaidLabel).join('<br/>')}"]`);
    if (namespace !== '') lines.push('  end');
  }
  for (const { from, to, ports } of map.edges) lines.push(`  ${from} ${ports.allowed.length === 0 ? '-.->' : '-->'}|"${mermaidLabel(edgeText(ports))}"| ${to}`);
  if (map.isCut) lines.push('  cut["more is left out"]');
  return `${lines.join('\n')}\n`;
}
