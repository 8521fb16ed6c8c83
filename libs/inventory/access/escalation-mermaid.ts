import { mermaidLabel } from '../mermaid-label.js';
import { deedText, stageText } from './escalation-words.js';
import type { EscalationPath, Stage } from './escalation-world.js';

/** Arrows drawn at most: larger charts are refused by what draws them, and read by nobody. */
const MAX_ARROWS = 200;
const MAX_LABEL = 120;

const label = (text: string): string => mermaidLabel(text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL)}…` : text);

/** The paths as one flowchart, what they share drawn once; arrows of conditional steps are dashed. */
export function pathsAsMermaid(paths: readonly EscalationPath[]): string {
  const lines = ['flowchart LR'];
  const ids = new Map<string, string>();
  const idOf = (stage: Stage): string => {
    const text = stageText(stage);
    let id = ids.get(text);
    if (id === undefined) {
      id = `s${ids.size}`;
      ids.set(text, id);
      lines.push(stage.at === 'cluster-admin' ? `  ${id}(("cluster-admin"))` : `  ${id}["${label(text)}"]`);
    }
    return id;
  };
  const drawn = new Set<string>();
  for (const { start, steps } of paths) {
    if (drawn.size < MAX_ARROWS) idOf(start);
    for (const { from, to, reason, namespace, isConditional } of steps) {
      const key = JSON.stringify([stageText(from), reason, namespace, stageText(to)]);
      if (drawn.has(key)) continue;
      if (drawn.size === MAX_ARROWS) return `${lines.join('\n')}\n  cut["more is left out"]\n`;
      drawn.add(key);
      const deed = label(`${deedText(reason)}${namespace === '' ? '' : ` in ${namespace}`}`);
      const [source, target] = [idOf(from), idOf(to)];
      lines.push(`  ${source} ${isConditional ? '-.->' : '-->'}|"${deed}"| ${target}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
