const unitSeconds: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, 'µs': 1e-6, 'μs': 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds of a duration as Go writes and reads it: `4h0m0s`, `90s`, `0`; undefined for text that is none. */
export function secondsOf(text: string): number | undefined {
  if (text === '0') return 0;
  if (text.length > 60 || !/^(?:\d+(?:\.\d+)?(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/g)) seconds += Number(count) * unitSeconds[unit!]!;
  return seconds;
}
