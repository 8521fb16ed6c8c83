import type { ItemControl, ItemNumber } from '#benchmarks/findings/item-control.js';
import { layerOf, type Control, type Layer, type Severity } from '#controls/engine/control.js';
import { expectationsOf, type Expectation } from '#controls/engine/expected.js';
import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';

/** `benchmark-item`: an item that no control covers. Benchmarks alone judge it, and no score of posture counts it. */
export const controlKinds = ['control', 'benchmark-item'] as const;
export type ControlKind = (typeof controlKinds)[number];

/** A control as the catalogue shows it. */
export interface ControlEntry extends Pick<Control, 'id' | 'title' | 'severity' | 'why' | 'remediation' | 'frameworks' | 'evidence'> {
  readonly kind: ControlKind;
  readonly layer: Layer;
  readonly aliases: readonly string[];
  readonly parts: Readonly<Record<string, string>>;
  /** System components that need what it forbids: their results are counted as expected. */
  readonly expected: readonly ExpectedObject[];
  /** Of a benchmark item, its numbers; of a control, the frameworks say which it answers. */
  readonly items: readonly ItemNumber[];
}

/** Objects, and their parts, that may fail a control. */
export type ExpectedObject = Pick<Expectation, 'kind' | 'namespace' | 'name' | 'parts' | 'because'>;

export interface ControlFilter {
  readonly kind?: ControlKind;
  readonly layer?: Layer;
  readonly severity?: Severity;
}

/** The catalogue. Any valid key may read it; it is the same for everyone. */
export class ControlsService {
  private readonly entries: readonly ControlEntry[];
  private readonly byId: ReadonlyMap<string, ControlEntry>;

  constructor(controls: readonly Control[], items: readonly ItemControl[] = []) {
    const entries = controls.map((control): ControlEntry => ({
      kind: 'control', items: [],
      id: control.id,
      aliases: control.aliases ?? [],
      layer: layerOf(control),
      title: control.title,
      severity: control.severity,
      why: control.why,
      remediation: control.remediation,
      frameworks: control.frameworks,
      evidence: control.evidence,
      parts: control.parts ?? {},
      expected: expectationsOf(control.id),
    }));
    this.entries = [...entries, ...items.map((item): ControlEntry => ({ ...item, kind: 'benchmark-item', aliases: [], frameworks: {}, parts: {}, expected: [] }))];
    this.byId = new Map(this.entries.flatMap((entry) => [entry.id, ...entry.aliases].map((id) => [id, entry] as const)));
  }

  list(_caller: Caller, { kind, layer, severity }: ControlFilter = {}): readonly ControlEntry[] {
    return this.entries.filter((entry) => (kind === undefined || entry.kind === kind) && (layer === undefined || entry.layer === layer) && (severity === undefined || entry.severity === severity));
  }

  /** By id or by an earlier name. */
  get(_caller: Caller, id: string): ControlEntry {
    const entry = this.byId.get(id);
    if (!entry) throw notFound('control');
    return entry;
  }
}
