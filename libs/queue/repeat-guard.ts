import type { Log, LogFields } from '#operations/log.js';

const quietMs = 30_000;

/**
 * Writes a warning once, then stays quiet about the same message for 30 s and says how often it came back.
 * A lost connection makes one error a client and a retry, several a second for as long as it lasts.
 */
export class RepeatGuard {
  private readonly seen = new Map<string, { since: number; suppressed: number }>();
  private isSilent = false;

  constructor(
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {}

  /** What broke connections say once the queue is closed is of no use to anyone. */
  silence(): void {
    this.isSilent = true;
  }

  warn(fields: LogFields, message: string): void {
    if (this.isSilent) return;
    const entry = this.seen.get(message);
    const now = this.now();
    if (entry && now - entry.since < quietMs) {
      entry.suppressed += 1;
      return;
    }
    this.seen.set(message, { since: now, suppressed: 0 });
    this.log.warn(entry?.suppressed ? { ...fields, suppressed: entry.suppressed } : fields, message);
  }
}
