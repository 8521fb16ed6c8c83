import { fieldsOf, listAt } from './fields.js';
import { KubeBenchError } from './kube-bench-error.js';
import type { KubeBenchLimits } from './limits.js';
import { readControl } from './read-control.js';
import type { KubeBenchControl, KubeBenchRun, Totals } from './report.js';

/** Controls that one document of a file holds, not read yet. */
interface Document {
  readonly controls: readonly { readonly value: unknown; readonly path: string }[];
  readonly totals?: unknown;
  /** A control by itself, as old releases print one after the other. */
  readonly isLoose: boolean;
}

type Run = Omit<KubeBenchRun, 'node'>;

/**
 * Runs in the order of the file. kube-bench writes the controls of a run by rising id, so one that does not rise
 * begins the next run; so does every document but a control that stands alone. Throws `KubeBenchError`.
 */
export function runsOf(values: readonly unknown[], limits: KubeBenchLimits, benchmark: string | undefined): readonly Run[] {
  const runs: Run[] = [];
  let loose: KubeBenchControl[] = [];
  let checks = 0;
  const close = (controls: readonly KubeBenchControl[], totals?: unknown): void => {
    if (controls.length === 0) return;
    runs.push(runOf(controls, totals));
    if (runs.length > limits.maxRuns) throw new KubeBenchError('kube-bench-too-many', `there are more than ${limits.maxRuns} runs of kube-bench in the file: send it in parts`);
  };
  for (const document of values.flatMap((value, i) => [...documentsOf(value, values.length === 1 ? 'the report' : `document ${i + 1}`)])) {
    const read = document.controls.map(({ value, path }) => {
      const control = readControl(value, path, benchmark);
      checks += control.checks.length;
      if (checks > limits.maxChecks) throw new KubeBenchError('kube-bench-too-many', `there are more than ${limits.maxChecks} checks in the file: send the runs of fewer nodes at once`);
      return control;
    });
    if (!document.isLoose) {
      close(loose);
      loose = [];
      const parts = rising(read);
      for (const part of parts) close(part, parts.length === 1 ? document.totals : undefined);
    } else if (rising([...loose, ...read]).length > 1) {
      close(loose);
      loose = read;
    } else {
      loose.push(...read);
    }
  }
  close(loose);
  return runs;
}

function* documentsOf(value: unknown, path: string): Generator<Document> {
  if (Array.isArray(value)) {
    // A list of whole reports, as `jq -s` makes one, or of controls.
    if (value.some(isWhole)) for (const [i, item] of value.entries()) yield* documentsOf(item, `${path}[${i}]`);
    else yield { controls: value.map((item, i) => ({ value: item, path: `${path}[${i}]` })), isLoose: false };
    return;
  }
  const fields = fieldsOf(value, path);
  if (Object.hasOwn(fields, 'Controls')) {
    yield { controls: listAt(fields, 'Controls', path).map((item, i) => ({ value: item, path: `${path}.Controls[${i}]` })), totals: fields['Totals'], isLoose: false };
  } else if (Object.hasOwn(fields, 'tests') && Object.hasOwn(fields, 'id')) {
    yield { controls: [{ value, path }], isLoose: true };
  } else {
    throw new KubeBenchError('kube-bench-not-a-report', `${path} is no report of kube-bench: send what kube-bench --json wrote`);
  }
}

const isWhole = (value: unknown): boolean => Array.isArray(value) || (typeof value === 'object' && value !== null && Object.hasOwn(value, 'Controls'));

/** Cut wherever an id does not rise. */
function rising(controls: readonly KubeBenchControl[]): KubeBenchControl[][] {
  const parts: KubeBenchControl[][] = [];
  for (const control of controls) {
    const last = parts.at(-1)?.at(-1);
    if (last && last.benchmark === control.benchmark && comesAfter(control.id, last.id)) parts.at(-1)!.push(control);
    else parts.push([control]);
  }
  return parts;
}

const comesAfter = (id: string, last: string): boolean => (/^\d+$/.test(id) && /^\d+$/.test(last) ? Number(id) > Number(last) : id !== last);

function runOf(controls: readonly KubeBenchControl[], said: unknown): Run {
  const count = { PASS: 0, FAIL: 0, WARN: 0, INFO: 0, OTHER: 0 };
  for (const { checks } of controls) for (const { status } of checks) count[status]++;
  const totals = { pass: count.PASS, fail: count.FAIL, warn: count.WARN, info: count.INFO };
  return { controls, totals, totalsDiffer: said !== undefined && !saysTheSame(said, totals) };
}

function saysTheSame(said: unknown, counted: Totals): boolean {
  const fields = typeof said === 'object' && said !== null ? (said as Readonly<Record<string, unknown>>) : {};
  return (['pass', 'fail', 'warn', 'info'] as const).every((name) => fields[`total_${name}`] === counted[name]);
}
