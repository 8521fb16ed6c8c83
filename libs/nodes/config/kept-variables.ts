import type { EnvironmentVariable } from '../component-process.js';
import { bundleLimits } from '../limits.js';
import { withholdText, withholdValue, withholdWords } from '../secrets.js';

/** Variables that set options of components, or the arguments units give them. */
const kept = /^(ETCD|K3S|RKE2|KUBELET|KUBE|CRIO|CONTAINERD|DAEMON_ARGS|NODEADM)(_|$)/;

/** Of name and value pairs those that items read, secrets replaced. Of the same name the last counts, and stands. */
export function keptVariables(pairs: Iterable<readonly [string, string]>): readonly EnvironmentVariable[] {
  const variables = new Map<string, EnvironmentVariable>();
  for (const [name, value] of pairs) {
    if (!kept.test(name) || name.length > 200 || !isText(value)) continue;
    variables.delete(name);
    variables.set(name, { name, value: safe(name, value) });
  }
  return [...variables.values()].slice(0, bundleLimits.configItems);
}

/** A variable may hold a whole command line. */
function safe(name: string, value: string): string {
  const whole = withholdValue(name, value);
  return /(^|\s)--?[a-z]/.test(whole) ? withholdText(withholdWords(whole.split(/\s+/)).words.join(' ')) : whole;
}

const isText = (value: string): boolean => value.length <= bundleLimits.text && !/\0|\p{Surrogate}/u.test(value);
