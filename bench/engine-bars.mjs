import { atLeast, atMost, memoryAtMost } from './bars.mjs';

const memory = (name, { peak }, bar) => memoryAtMost(name, peak, bar);

/**
 * What was measured beside what was promised; the promises are for the full sizes. A rate a core is one by CPU seconds.
 * Memory is the peak, facts included.
 */
export function barsOf({ podSecurity, access, reachability, evidence }) {
  return [
    ...['baseline', 'restricted'].flatMap((level) => ['facts', 'objects'].map((from) => atLeast(`pod security, ${level}, from ${from}`, podSecurity[level][from].podsPerCpuSecond, 50_000, 'pods/CPU-s'))),
    atMost('access: index', access.indexSeconds, 1.5, 's'),
    atLeast('access: can-i', access.canIPerSecond, 200_000, '/s'),
    atMost('access: who-can, p99', access.whoCanMs.p99, 20, 'ms'),
    atMost('access: all escalation paths', access.escalationSeconds, 10, 's'),
    memory('access: memory', access.memory, 300),
    atMost('reachability: build', reachability.buildSeconds, 2, 's'),
    atMost('reachability: pair, p99', reachability.pairMs.p99, 1, 'ms'),
    atMost('reachability: whole class matrix', reachability.matrixSeconds, 3, 's'),
    memory('reachability: memory', reachability.memory, 256),
    atMost('reachability: growth of the build with pods', reachability.growth.build, 1.1, ''),
    ...evidence.flatMap(({ replicas, first, again, access, reachability }) => [
      atMost(`evidence, ${replicas} replica(s): first`, first.bytesPerPod, 400, 'bytes/pod'),
      atMost(`evidence, ${replicas} replica(s): nothing changed`, again.bytesPerPod, 60, 'bytes/pod'),
      atMost(`evidence, ${replicas} replica(s): load access`, access.firstSeconds, 1, 's'),
      atMost(`evidence, ${replicas} replica(s): load reachability`, reachability.firstSeconds, 1, 's'),
    ]),
  ];
}
