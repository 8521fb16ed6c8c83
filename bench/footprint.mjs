// How much memory a pod more takes, for facts, indexes and results: run with --expose-gc. Its argument is a shape, its
// last line JSON. Two sizes are compared, so that what every scan takes (code, caches) is no part of it.
import { catalogue } from '../dist/libs/controls/catalogue.js';
import { evaluate } from '../dist/libs/controls/engine/evaluate.js';
import { wholeCluster } from '../dist/libs/controls/scopes/whole-cluster.js';
import { benchCluster, policy } from './bench-cluster.mjs';
import { inventoryOf } from './inventory-of.mjs';

const shape = JSON.parse(process.argv[2]);

/** Bytes in use once nothing more can be collected; buffers outside of the heap count too. */
function used() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The last control to be judged holds on to the world, and with it to the indexes. */
const held = {};
const holder = { id: 'governance/holder', title: '', severity: 'info', scope: wholeCluster(), check: (_subject, world) => ((held.world = world), { status: 'pass' }) };

function measure(pods) {
  const cluster = benchCluster({ ...shape, pods });
  const empty = used();
  held.inventory = inventoryOf(cluster);
  const facts = used();
  held.results = evaluate([...catalogue, holder], held.inventory, policy);
  const everything = used();
  delete held.results;
  const indexes = used();
  delete held.world;
  delete held.inventory;
  return { facts: facts - empty, indexes: indexes - facts, results: everything - indexes };
}

measure(2_400);
const half = Math.ceil(shape.pods / 2);
const [small, large] = [measure(half), measure(shape.pods)];
const perPod = Object.fromEntries(Object.keys(large).map((part) => [part, Math.round((large[part] - small[part]) / (shape.pods - half))]));
process.stdout.write(`${JSON.stringify(perPod)}\n`);
