/** Where time goes: work is run under a name, and what runs within it under another is that one's. */
export class CostMeter {
  /** Milliseconds by name. */
  spent = new Map();
  #inner = [0];

  run(name, work) {
    this.#inner.push(0);
    const start = performance.now();
    try {
      return work();
    } finally {
      const took = performance.now() - start;
      this.spent.set(name, (this.spent.get(name) ?? 0) + took - this.#inner.pop());
      this.#inner[this.#inner.length - 1] += took;
    }
  }
}
