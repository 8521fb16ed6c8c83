import { AppError } from '#application/app-error.js';

/** Streams of one organisation that one process holds open. */
export const mostStreams = 50;

/** Counts the streams under way. Each of them asks the database twice a second for as long as it lasts, so one organisation must not hold as many as it likes. */
export class LiveStreams {
  private readonly open = new Map<string, number>();

  constructor(private readonly most: number = mostStreams) {}

  /** Takes a place; calling what it returns gives the place back. Throws `too-many-streams` where all are taken. */
  enter(tenantId: string): () => void {
    const count = this.open.get(tenantId) ?? 0;
    if (count >= this.most) {
      throw new AppError('limited', 'too-many-streams', `An organisation may hold ${this.most} streams open here. End one, or ask from time to time instead.`, { retryAfter: 10 });
    }
    this.open.set(tenantId, count + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.open.get(tenantId) ?? 1) - 1;
      if (left > 0) this.open.set(tenantId, left);
      else this.open.delete(tenantId);
    };
  }
}
