import { KubeBenchError } from './kube-bench-error.js';

export interface JsonValues {
  readonly values: readonly unknown[];
  /** Characters around the values that are no JSON: lines of a pod's log. */
  readonly skipped: number;
}

/** How a report starts behind lines of a log. */
const start = /\{\s*"(?:Controls|Totals|id|version|detected_version|node_type|text|tests)"\s*:|\[\s*\{\s*"(?:Controls|Totals|id|version|detected_version|node_type|text|tests)"\s*:/g;

/**
 * The JSON values that stand in a text one after the other. Pods' logs put lines of standard error around a report, so
 * what does not look like the start of one is passed over. Throws `KubeBenchError`.
 */
export function jsonValues(text: string, limits: { readonly maxDepth: number; readonly maxRuns: number }): JsonValues {
  const values: unknown[] = [];
  let skipped = 0;
  for (let at = 0; at < text.length;) {
    const from = nextStart(text, at, values.length === 0);
    if (from < 0) {
      skipped += text.slice(at).trim().length;
      break;
    }
    skipped += text.slice(at, from).trim().length;
    const end = endOf(text, from, limits.maxDepth);
    values.push(parsed(text, from, end));
    // Each value may be a control alone, of which a run has five.
    if (values.length > limits.maxRuns * 5) throw new KubeBenchError('kube-bench-too-many', `there are more than ${limits.maxRuns} runs of kube-bench in the file: send it in parts`);
    at = end;
  }
  return { values, skipped };
}

/** The first value may start the text whatever its keys are, so that a wrong file is told as such. */
function nextStart(text: string, at: number, isFirst: boolean): number {
  const shown = /\S/g;
  shown.lastIndex = at;
  const first = shown.exec(text);
  if (isFirst && first && (first[0] === '{' || first[0] === '[') && /^\s*(?:[{["\]}]|$)/.test(text.slice(first.index + 1, first.index + 200))) return first.index;
  start.lastIndex = at;
  return start.exec(text)?.index ?? -1;
}

/** Where the value that starts at `from` ends. */
function endOf(text: string, from: number, maxDepth: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) throw new KubeBenchError('kube-bench-too-deep', `the report nests deeper than ${maxDepth} levels at character ${i}: this is not what kube-bench writes`);
    } else if ((code === 0x7d || code === 0x5d) && --depth === 0) {
      return i + 1;
    }
  }
  throw new KubeBenchError('kube-bench-truncated', `the JSON that starts at character ${from} does not end: the file is only a part of the report; send it whole (kube-bench --json --outputfile writes a file)`);
}

function parsed(text: string, from: number, end: number): unknown {
  try {
    return JSON.parse(text.slice(from, end));
  } catch (error) {
    // The parser's own message repeats the text, so it goes no further.
    if (!(error instanceof SyntaxError)) throw error;
    throw new KubeBenchError('kube-bench-syntax', `the report that starts at character ${from} is not valid JSON; send what kube-bench --json wrote, unchanged`);
  }
}
