import { invalid, type InputProblem } from './app-error.js';
import { storable } from './storable.js';

/** Collects what is wrong with an input, so that a caller learns all of it at once. */
export class InputChecks {
  private readonly problems: InputProblem[] = [];

  require(holds: boolean, pointer: string, detail: string, type?: string): void {
    if (!holds) this.problems.push(type === undefined ? { pointer, detail } : { pointer, detail, type });
  }

  /** Text that people wrote: trimmed and not empty, of bounded length, without characters that control terminals or cannot be stored. */
  text(value: string, pointer: string, longest: number): void {
    this.require(value.trim() === value && value !== '' && value.length <= longest, pointer, `1 to ${longest} characters, without space around`);
    // oxlint-disable-next-line no-control-regex
    this.require(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(value) && storable(value) === value, pointer, 'no control characters');
  }

  /** Throws all problems found, if there are any. */
  done(reason: string, message: string): void {
    if (this.problems.length > 0) throw invalid(reason, message, this.problems);
  }
}
