import type { ScanProgress } from '#application/ports/cluster-collector.js';

/** One line that is rewritten on a terminal; a line a phase where there is none. */
export class ProgressLine {
  private shown = '';

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show(progress: ScanProgress | null): void {
    const text = progress === null ? 'waiting for a worker' : textOf(progress);
    if (this.stream.isTTY) {
      if (text === this.shown) return;
      this.stream.write(`\r\u001b[2K${text}`);
    } else {
      const phase = progress?.phase ?? 'waiting';
      if (phase === this.shown) return;
      this.stream.write(`${text}\n`);
      this.shown = phase;
      return;
    }
    this.shown = text;
  }

  end(): void {
    if (this.stream.isTTY && this.shown !== '') this.stream.write('\r\u001b[2K');
    this.shown = '';
  }
}

function textOf({ phase, resource, objects }: ScanProgress): string {
  const counted = objects > 0 ? `, ${objects} objects` : '';
  return `${phase}${resource === undefined ? '' : ` ${resource}`}${counted} …`;
}
