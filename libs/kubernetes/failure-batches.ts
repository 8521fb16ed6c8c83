import type { FailuresOfControl, FindingsListener, JudgedControl, ScanResult } from '#application/ports/cluster-collector.js';
import type { FoundEvaluation, FoundFailure } from '#findings/found-failure.js';
import { FailurePacker, PackedFailures, type PackOfFailures } from './packed-failures.js';

/** Failures of one control, which is told by its index. */
export interface ControlFailures extends PackOfFailures {
  readonly control: number;
}

/** So few that what is gathered is garbage before V8 takes it for old: with 2,000 a large scan takes 15 to 20 MB more. */
const FAILURES_A_BATCH = 250;

/** Packs failures as they are found, and hands them on so many at a time. */
export class FailureBatches {
  private packers = new Map<number, FailurePacker>();
  private waiting = 0;

  constructor(private readonly handOn: (found: readonly ControlFailures[]) => void) {}

  add(control: number, failure: FoundFailure): void {
    let packer = this.packers.get(control);
    if (!packer) this.packers.set(control, (packer = new FailurePacker()));
    packer.add(failure);
    if (++this.waiting === FAILURES_A_BATCH) this.flush();
  }

  /** Those that are left. */
  flush(): void {
    if (this.packers.size === 0) return;
    this.handOn(Array.from(this.packers, ([control, packer]) => ({ control, ...packer.pack() })));
    // A new one: a map that is cleared keeps what it held reachable from its earlier places, which V8 may have taken for old.
    this.packers = new Map();
    this.waiting = 0;
  }
}

/** Failures as they come: told to who listens, and in the end in the evaluation of their control. */
export class FailuresByControl {
  private readonly byControl: PackedFailures[] = [];
  /** By index; what comes behind them are items of a benchmark, which nobody listens to. */
  private controls: readonly JudgedControl[] = [];

  constructor(private readonly listener: FindingsListener | undefined) {}

  judging(controls: readonly JudgedControl[], outcomes: ScanResult['outcomes']): void {
    this.controls = controls;
    this.listener?.judging(controls, outcomes);
  }

  add(found: readonly ControlFailures[]): void {
    for (const failures of found) (this.byControl[failures.control] ??= new PackedFailures()).add(failures);
    if (this.listener) this.listener.found(found.flatMap((failures) => this.told(failures)));
  }

  into(result: ScanResult): ScanResult {
    const { evaluations, benchmark } = result;
    const withFailures = (found: readonly FoundEvaluation[], from: number): readonly FoundEvaluation[] => found.map((evaluation, index) => ({ ...evaluation, failures: this.byControl[from + index] ?? [] }));
    return {
      ...result, evaluations: withFailures(evaluations, 0),
      ...(benchmark?.state === 'judged' && { benchmark: { ...benchmark, findings: withFailures(benchmark.findings, evaluations.length) } }),
    };
  }

  private told(failures: ControlFailures): readonly FailuresOfControl[] {
    const control = this.controls[failures.control];
    return control === undefined ? [] : [{ controlId: control.id, failures: PackedFailures.of(failures) }];
  }
}
