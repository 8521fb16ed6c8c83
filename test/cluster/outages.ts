/** How the server stops, and after which share of what it says in one scan. */
export type Outage = readonly ['kill' | 'freeze', number];

/** Moments spread over the first nine tenths of a scan, the same ones for the same seed. Each third outage is a freeze, which takes its time. */
export function outages(count: number, seed = 20_260_731): readonly Outage[] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, (_, index) => [index % 3 === 1 ? 'freeze' : 'kill', Math.round((900 * (index + next())) / count) / 1_000]);
}
