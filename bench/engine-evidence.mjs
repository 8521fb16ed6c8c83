import { accessEngine } from '../dist/libs/engines/access-engine.js';
import { reachabilityEngine } from '../dist/libs/engines/reachability-engine.js';
import { restoreEvidence } from '../dist/libs/inventory/evidence/restore-evidence.js';
import { inflate } from '../dist/libs/operations/deflated-text.js';
import { keptEvidence } from '../dist/libs/kubernetes/kept-evidence.js';
import { benchCluster } from './bench-cluster.mjs';
import { inventoryOf } from './inventory-of.mjs';
import { bestOf, rounded } from './rounds.mjs';

const ROUNDS = 5;
/** What a scan's list of parts takes for each: sort, items, digest. */
const PART_BYTES = 60;

/** What a scan keeps of its facts, and the engines' way back from it, as they run in their thread; the database and its encryption are not in it. */
export function measureEvidence({ scale, seed, replicas }) {
  const pods = Math.max(1, Math.round(15_000 * scale));
  const cluster = benchCluster({ pods, replicas, seed });
  const inventory = inventoryOf(cluster);
  const none = new Set();
  const first = bestOf(ROUNDS, () => keptEvidence(inventory, none));
  // A later scan reads everything anew and has but the digests of what is kept.
  const later = inventoryOf(cluster);
  const known = new Set(first.result.map(({ digest }) => digest));
  const again = bestOf(ROUNDS, () => keptEvidence(later, known));
  const load = (engine) => {
    const pieces = first.result.filter(({ sort }) => engine.sorts.has(sort));
    const run = () => engine.build(restoreEvidence(pieces, inflate));
    return { pieces: pieces.length, firstSeconds: rounded(bestOf(1, run).seconds), seconds: rounded(bestOf(ROUNDS, run).seconds) };
  };
  return { pods, replicas, first: kept(first, pods), again: kept(again, pods), access: load(accessEngine), reachability: load(reachabilityEngine) };
}

function kept({ seconds, result }, pods) {
  const bytes = result.reduce((sum, part) => sum + PART_BYTES + (part.bytes?.byteLength ?? 0), 0);
  return { seconds: rounded(seconds), parts: result.length, newPieces: result.filter(({ bytes }) => bytes !== undefined).length, bytes, bytesPerPod: rounded(bytes / pods) };
}
