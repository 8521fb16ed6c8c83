/**
 * The fastest of several runs of one thing, in seconds, with the CPU seconds of that one (of all threads)
 * and what it gave. The heap is collected between runs.
 */
export function bestOf(rounds, run) {
  let best;
  for (let round = 0; round < rounds; round++) {
    globalThis.gc?.();
    const usage = process.cpuUsage();
    const start = performance.now();
    const result = run();
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(usage);
    if (best === undefined || seconds < best.seconds) best = { seconds, cpuSeconds: (user + system) / 1e6, result };
  }
  return best;
}

/** Milliseconds that each of these questions takes, asked one by one: their mean, median and 99th percentile. */
export function latencies(questions, ask) {
  const times = new Float64Array(questions.length);
  for (const [i, question] of questions.entries()) {
    const start = performance.now();
    ask(question);
    times[i] = performance.now() - start;
  }
  times.sort();
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { mean: times.reduce((sum, time) => sum + time, 0) / times.length, p50: at(0.5), p99: at(0.99) };
}

export const rounded = (value, digits = 3) => Number(value.toPrecision(digits));
