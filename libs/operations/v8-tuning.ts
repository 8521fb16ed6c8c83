import { setFlagsFromString } from 'node:v8';

/** Later versions have a compiler between interpreter and optimizer, and gain nothing by when code is optimized (`npm run bench:scan`). */
const isWithoutMiddle = Number(process.versions.v8.split('.', 1)[0]) < 12;

/** What is told to V8 here, without values. All of it is of the whole process. */
export const flags = { young: '--no-allocation-site-pretenuring', budget: '--interrupt-budget', inlined: '--max-inlined-bytecode-size-cumulative' } as const;

/**
 * Everything new is allocated among what is new. Where much of what a line of code allocates outlives a collection or two, as parts of
 * large documents do while they are read, V8 would put the rest there too among what is old: dead soon, that keeps alive whatever it
 * points to, which then counts as long-lived as well, and so on. Reading YAML takes a sixth less CPU without, judging a twentieth.
 */
export function allocateYoung(): void {
  setFlagsFromString(flags.young);
}

/**
 * A scan is a few seconds of much code, most of which V8's optimizing compiler pays back too late: on Node 20 it takes a quarter of
 * the CPU of a scan of 15,000 pods. There, code is optimized when it is hot for longer, and less is inlined: a sixth less CPU in all.
 * To be called before the work begins.
 */
export function compileThriftily(): void {
  if (!isWithoutMiddle) return;
  setFlagsFromString(`${flags.budget}=250000`);
  setFlagsFromString(`${flags.inlined}=400`);
}

/**
 * Reading is little code that runs for each object, one after the other, while other cores have nothing to do: optimized at once it
 * takes a seventh less time, and less CPU in all. Until the next `compileThriftily`.
 */
export function compileAtOnce(): void {
  if (isWithoutMiddle) setFlagsFromString(`${flags.budget}=33000`);
}
