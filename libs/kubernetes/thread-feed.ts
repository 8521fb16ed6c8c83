/** Hands items to a thread, one whenever it asks for one. */
export class Outlet<T> {
  private credits = 0;
  private isStopped = false;
  private wake = (): void => undefined;

  /** `send` gets each item, and `undefined` after the last. */
  constructor(private readonly send: (item: T | undefined) => void) {}

  want(): void {
    this.credits++;
    this.wake();
  }

  stop(): void {
    this.isStopped = true;
    this.wake();
  }

  async sendAll(items: AsyncIterable<T>): Promise<void> {
    for await (const item of items) {
      while (this.credits === 0 && !this.isStopped) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      if (this.isStopped) return;
      this.credits--;
      this.send(item);
    }
    if (!this.isStopped) this.send(undefined);
  }
}

/** What a thread is handed, in its order. Asks for `ahead` items at first, and for another with each that is taken. */
export class Inlet<T> {
  private readonly waiting: (T | undefined)[] = [];
  private wake = (): void => undefined;

  constructor(
    private readonly ask: () => void,
    private readonly ahead: number,
  ) {}

  /** `undefined` after the last. */
  take(item: T | undefined): void {
    this.waiting.push(item);
    this.wake();
  }

  /** Ends with the error of `stopped` where that returns one. */
  async *items(stopped: () => Error | undefined): AsyncGenerator<T> {
    for (let ahead = 0; ahead < this.ahead; ahead++) this.ask();
    for (;;) {
      while (this.waiting.length === 0) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        const error = stopped();
        if (error) throw error;
      }
      const next = this.waiting.shift();
      if (next === undefined) return;
      yield next;
      this.ask();
    }
  }

  /** Looks whether it was stopped. */
  look(): void {
    this.wake();
  }
}
