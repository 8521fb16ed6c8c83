import { setFlagsFromString } from 'node:v8';

/**
 * A scan is a few seconds of much code, most of which V8's optimizing compiler pays back too late: on Node 20 it takes
 * a quarter of the CPU of a scan of 15,000 pods. There, code is optimized when it is hot for longer, and less is inlined:
 * a sixth less CPU in all. Later versions have a compiler between the two and gain nothing (`npm run bench:scan`). To be
 * called before the work begins.
 */
export function compileThriftily(): void {
  if (Number(process.versions.v8.split('.', 1)[0]) >= 12) return;
  for (const flag of ['--interrupt-budget=250000', '--max-inlined-bytecode-size-cumulative=400']) setFlagsFromString(flag);
}
