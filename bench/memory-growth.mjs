const collect = () => {
  for (let i = 0; i < 4; i++) globalThis.gc();
};

/**
 * Resident bytes that work adds to this process, from before its facts are made: once all of it has been done and
 * collected (`held`), and at its highest (`peak`). To be called first: a process's peak never sinks again.
 */
export function memoryGrowth(work) {
  collect();
  const before = process.memoryUsage().rss;
  const result = work();
  const peak = process.resourceUsage().maxRSS * 1024 - before;
  collect();
  const held = process.memoryUsage().rss - before;
  return { result, memory: { held, peak } };
}
