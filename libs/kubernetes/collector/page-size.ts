/** Most objects a page may be asked for, whatever their size. */
const MOST = 500;

/** Objects a page, learned so that a body comes out near the byte budget. */
export class PageSize {
  private bytes = 0;
  private objects = 0;
  private ceiling = MOST;

  constructor(
    private readonly budget: number,
    private readonly first: number,
  ) {}

  get limit(): number {
    const wanted = this.objects === 0 ? this.first : Math.floor(this.budget / (this.bytes / this.objects));
    return Math.max(1, Math.min(wanted, this.ceiling));
  }

  learn(bytes: number, objects: number): void {
    this.bytes += bytes;
    this.objects += objects;
  }

  /** A page of the present size was over the cap. False where it cannot be made smaller. */
  shrink(): boolean {
    const { limit } = this;
    if (limit === 1) return false;
    this.ceiling = Math.max(1, limit >>> 2);
    return true;
  }
}
