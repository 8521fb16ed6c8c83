// Measures one engine, in a process of its own so that none sees the heap of another: run with --expose-gc. Its arguments
// are the engine's name and its shape, its last line JSON.
import { measureAccess } from './engine-access.mjs';
import { measureEvidence } from './engine-evidence.mjs';
import { measurePodSecurity } from './engine-pod-security.mjs';
import { measureReachability } from './engine-reachability.mjs';

const measures = { podSecurity: measurePodSecurity, access: measureAccess, reachability: measureReachability, evidence: measureEvidence };
const [name, shape] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(measures[name](JSON.parse(shape)))}\n`);
