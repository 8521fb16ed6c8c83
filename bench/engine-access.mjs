import { AccessIndex } from '../dist/libs/inventory/access/access-index.js';
import { canI } from '../dist/libs/inventory/access/can-i.js';
import { EscalationPaths } from '../dist/libs/inventory/access/escalation-paths.js';
import { whoCan } from '../dist/libs/inventory/access/who-can.js';
import { accessFacts } from './access-facts.mjs';
import { growthExponent } from './growth.mjs';
import { memoryGrowth } from './memory-growth.mjs';
import { bestOf, latencies, rounded } from './rounds.mjs';

const ROUNDS = 3;
const QUESTIONS = 100_000;
const WHO_CAN = 1_000;

/** Every path is made and counted, none is kept: as a client reads them. */
function allPaths(index, world) {
  const paths = new EscalationPaths(index, world);
  let count = 0;
  let steps = 0;
  for (const path of paths.all()) {
    count++;
    steps += path.steps.length;
  }
  return { paths, count, steps };
}

/** Who may do what, and how far that goes: seconds to index, questions a second, seconds for every way to cluster-admin. */
export function measureAccess({ scale, seed }) {
  const { result: made, memory } = memoryGrowth(() => {
    const made = accessFacts({ scale, seed });
    const index = new AccessIndex(made.facts);
    const { paths } = allPaths(index, made.world);
    for (const question of made.questions(1_000)) if (canI(index, question).allowed) whoCan(index, question);
    return { ...made, index, paths };
  });
  const { sizes, facts, world, questions, index } = made;
  const asked = questions(QUESTIONS);
  const can = bestOf(5, () => asked.reduce((allowed, question) => allowed + (canI(index, question).allowed ? 1 : 0), 0));
  const who = latencies(asked.slice(0, WHO_CAN), (question) => whoCan(index, question));
  const sized = [1, 2, 4].map((times) => timesAt(times === 1 ? { facts, world } : accessFacts({ scale: scale * times, seed }), times));
  const { index: indexSeconds, escalation, found } = sized[0];
  const cut = bestOf(1, () => found.paths.bestCut());
  return {
    sizes, named: index.subjects.length, indexSeconds: rounded(indexSeconds),
    canIPerSecond: Math.round(QUESTIONS / can.seconds), allowed: rounded(can.result / QUESTIONS), whoCanMs: { p50: rounded(who.p50), p99: rounded(who.p99) },
    escalationSeconds: rounded(escalation), paths: found.count, stepsPerPath: rounded(found.steps / found.count), bestCutSeconds: rounded(cut.seconds), memory,
    growth: Object.fromEntries(['index', 'escalation'].map((name) => [name, growthExponent(sized.map((each) => ({ x: each.times, y: each[name] })))])),
  };
}

function timesAt({ facts, world }, times) {
  const index = bestOf(ROUNDS, () => new AccessIndex(facts));
  const escalation = bestOf(ROUNDS, () => allPaths(index.result, world));
  return { times, index: index.seconds, escalation: escalation.seconds, found: escalation.result };
}
