import { BenchmarkJudge } from './benchmark-judge.js';
import type { Answer } from './controls/control-results.js';
import type { CollectedNode, JudgeInput } from './judge-input.js';
import type { BenchmarkJudgement } from './judgement.js';

/** What a benchmark comes to on a cluster, where what controls say of it is known already. `evidence` is gone through once. */
export function judgeBenchmark({ answers, ...input }: JudgeInput & { readonly answers?: ReadonlyMap<string, Answer> }, evidence: Iterable<CollectedNode> = []): BenchmarkJudgement {
  const judge = new BenchmarkJudge(input);
  for (const node of evidence) judge.add(node);
  return judge.finish(answers);
}
