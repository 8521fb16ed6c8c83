import type { ScanProgress } from '#application/ports/cluster-collector.js';

const clear = '\r\u001b[2K';

/** One line that is rewritten on a terminal; a line a step where there is none. */
export class ProgressLine {
  private shown = '';
  private readonly isRewritten: boolean;

  constructor(private readonly stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>, terminal: string | undefined) {
    this.isRewritten = stream.isTTY && terminal !== 'dumb';
  }

  /** `text` may change while the step lasts. */
  show(step: string, text: string = step): void {
    const now = this.isRewritten ? text : step;
    if (now === this.shown) return;
    this.shown = now;
    this.stream.write(this.isRewritten ? `${clear}${text.slice(0, Math.max(10, this.stream.columns - 2))} …` : `${text} …\n`);
  }

  scan(progress: ScanProgress | null): void {
    if (progress === null) return;
    const { phase, resource, objects } = progress;
    this.show(phase, `${phase}${resource === undefined ? '' : ` ${resource}`}${objects > 0 ? `, ${objects} objects` : ''}`);
  }

  /** Makes room for other lines. */
  end(): void {
    if (this.isRewritten && this.shown !== '') this.stream.write(clear);
    this.shown = '';
  }
}
