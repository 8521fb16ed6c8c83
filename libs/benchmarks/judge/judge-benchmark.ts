import { BenchmarkJudge } from './benchmark-judge.js';
import type { CollectedNode, JudgeInput } from './judge-input.js';
import type { BenchmarkJudgement } from './judgement.js';

/** What a benchmark comes to on a cluster. `evidence` is gone through once, so that it may be read while it is judged. */
export function judgeBenchmark(input: JudgeInput, evidence: Iterable<CollectedNode> = []): BenchmarkJudgement {
  const judge = new BenchmarkJudge(input);
  for (const node of evidence) judge.add(node);
  return judge.finish();
}
