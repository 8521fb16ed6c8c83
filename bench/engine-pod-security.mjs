import { evaluatePodSecurity } from '../dist/libs/inventory/pod-security/evaluate-pod-security.js';
import { newestVersion } from '../dist/libs/inventory/pod-security/pod-security-version.js';
import { templateOfObject } from '../dist/libs/inventory/pod-security/template-of-object.js';
import { benchCluster } from './bench-cluster.mjs';
import { batchesOf } from './inventory-of.mjs';
import { bestOf, rounded } from './rounds.mjs';

const ROUNDS = 7;
/** Times over all pods a round, so that one takes long enough to be timed. */
const PASSES = 5;

/** Pods a second that the standards are evaluated for on one core: from facts, and from an object as the API gives it. */
export function measurePodSecurity({ scale, seed }) {
  const pods = Math.max(1, Math.round(5_000 * scale));
  const objects = [...batchesOf(benchCluster({ pods, replicas: 1, seed }).pods)].flat().map((pod) => ({ apiVersion: 'v1', kind: 'Pod', ...pod }));
  const rate = (each) => {
    const { seconds, cpuSeconds, result } = bestOf(ROUNDS, () => {
      let violations = 0;
      for (let pass = 0; pass < PASSES; pass++) for (let i = 0; i < pods; i++) violations += each(i).length;
      return violations;
    });
    const perSecond = (time) => Math.round((pods * PASSES) / time);
    return { podsPerSecond: perSecond(seconds), podsPerCpuSecond: perSecond(cpuSeconds), violationsPerPod: rounded(result / pods / PASSES) };
  };
  // Before any template is kept: V8 would take that as a promise that all of them live long, which no answer keeps.
  const fromObjects = bothLevels((name) => rate((i) => evaluatePodSecurity(templateOfObject(objects[i]).template, name, newestVersion)));
  const templates = objects.map((object) => templateOfObject(object).template);
  const fromFacts = bothLevels((name) => rate((i) => evaluatePodSecurity(templates[i], name, newestVersion)));
  const level = (name) => ({ facts: fromFacts[name], objects: fromObjects[name] });
  return { pods, version: newestVersion.name, ...bothLevels(level) };
}

const bothLevels = (of) => ({ baseline: of('baseline'), restricted: of('restricted') });
