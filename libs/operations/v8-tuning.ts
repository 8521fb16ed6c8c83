import { setFlagsFromString } from 'node:v8';

/** Later versions have a compiler between interpreter and optimizer, and gain nothing by when code is optimized (`npm run bench:scan`). */
const isWithoutMiddle = Number(process.versions.v8.split('.', 1)[0]) < 12;

/** What is told to V8 here, without values. */
export const flags = { parallel: '--parallel-scavenge', pretenuring: '--allocation-site-pretenuring', budget: '--interrupt-budget', inlined: '--max-inlined-bytecode-size-cumulative' } as const;

/**
 * What is new is collected by the thread that allocated it, which waits for nobody. Help with the four megabytes of it comes late
 * where Postgres and other threads want the cores as well, and costs more than it gives: a scan of 50,000 manifests takes a twentieth longer.
 */
function collectAlone(): void {
  setFlagsFromString(off(flags.parallel));
}

const off = (flag: string): string => flag.replace('--', '--no-');

/**
 * For a thread that reads a cluster or an upload next. Of the whole process, until it is told something else.
 *
 * Everything new is allocated among what is new. Where much of what a line of code allocates outlives a collection or two, as parts of
 * a document do while it is read, V8 would put the rest of them among what is old: dead soon, they keep alive there whatever they point
 * to, which then counts as long-lived as well, and so on. Reading YAML takes a third less CPU without.
 *
 * Code is optimized at once: reading is little of it, which runs for each object, one after the other, while other cores have nothing
 * to do. On Node 20 it takes a seventh less time, and less CPU in all.
 */
export function tuneForReading(): void {
  collectAlone();
  setFlagsFromString(off(flags.pretenuring));
  optimizeAfter(EARLY);
}

/**
 * For a thread that reads while another one does so for it. Code is optimized when it is hot for longer: no core is left that had
 * nothing to do, and either thread has all of it optimized for itself. Together they take a fifth less time than at once, and CPU.
 */
export function tuneForReadingTogether(): void {
  optimizeAfter(LATE);
}

/**
 * For what judges, and for all else. Of the whole process, until it is told something else.
 *
 * A scan is a few seconds of much code, most of which V8's optimizing compiler pays back too late: on Node 20 it takes a quarter of
 * the CPU of a scan of 15,000 pods. There, code is optimized when it is hot for longer, and less is inlined: a sixth less CPU in all.
 */
export function tuneForJudging(): void {
  collectAlone();
  setFlagsFromString(flags.pretenuring);
  optimizeAfter(LATE);
  if (isWithoutMiddle) setFlagsFromString(`${flags.inlined}=400`);
}

/** Bytes of bytecode that a function has gone through. */
const EARLY = 33_000;
const LATE = 250_000;

function optimizeAfter(budget: number): void {
  if (isWithoutMiddle) setFlagsFromString(`${flags.budget}=${budget}`);
}
