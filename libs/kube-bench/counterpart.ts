import { benchmarkNumbers, notCarried, type ItemScope } from './benchmark-numbers.js';

/** The item of ours that a check of kube-bench is about, or why there is none. */
export type Counterpart =
  | {
      readonly state: 'item';
      readonly benchmark: string;
      readonly item: string;
      /** Its number in CIS Kubernetes 1.12; absent where that has no such item. */
      readonly cis112?: string;
      readonly scope: ItemScope;
    }
  | { readonly state: 'none'; readonly reason: string };

export const isKnownBenchmark = (benchmark: string): boolean => Object.hasOwn(benchmarkNumbers, benchmark) || Object.hasOwn(notCarried, benchmark);

export const knownBenchmarks: readonly string[] = Object.keys(benchmarkNumbers);

/** Benchmarks with the same numbers are one table of ours. */
export const benchmarkOfOurs = (benchmark: string): string => (Object.hasOwn(benchmarkNumbers, benchmark) ? benchmarkNumbers[benchmark]!.benchmark : benchmark);

/** By number, never by title: `control` is the id of kube-bench's control object, with whose number its checks begin. */
export function counterpartOf(benchmark: string, control: string, number: string): Counterpart {
  if (!Object.hasOwn(benchmarkNumbers, benchmark)) {
    const instead = Object.hasOwn(notCarried, benchmark) ? notCarried[benchmark]! : undefined;
    return none(instead === undefined ? `the benchmark ${benchmark} is not known` : `the numbers of ${benchmark} are not carried; run kube-bench with --benchmark ${instead}`);
  }
  const numbers = benchmarkNumbers[benchmark]!;
  const dot = number.lastIndexOf('.');
  const [section, index] = [number.slice(0, dot), number.slice(dot + 1)];
  const most = Object.hasOwn(numbers.sections, section) ? numbers.sections[section]! : 0;
  if (!/^[1-9]\d{0,3}$/.test(index) || Number(index) > most || (numbers.unused ?? []).includes(number)) return none(`${benchmark} has no item ${number}`);
  const part = number.split('.')[0]!;
  if (part !== control) return none(`${number} stands under control ${control}, where ${benchmark} has no such item`);
  const cis112 = Object.hasOwn(numbers.moved, number) ? numbers.moved[number]! : number;
  const scope = numbers.scopes[part]!;
  if (numbers.benchmark !== benchmarkOfCis112) return { state: 'item', benchmark: numbers.benchmark, item: number, ...(cis112 !== null && { cis112 }), scope };
  return cis112 === null ? none(`CIS Kubernetes 1.12 has no counterpart of ${benchmark} ${number}`) : { state: 'item', benchmark: benchmarkOfCis112, item: cis112, cis112, scope };
}

const benchmarkOfCis112 = 'cis-1.12';

const none = (reason: string): Counterpart => ({ state: 'none', reason });
