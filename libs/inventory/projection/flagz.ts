import { flagDefinitions } from '../components/flag-definitions.js';
import { isKeptFlag } from '../components/kept-flags.js';
import type { ComponentFacts } from '../facts.js';
import type { Observed } from '../observed.js';
import { toldFlags, toldValue } from './flagz-answer.js';

const component = 'kube-apiserver';
const definitions = flagDefinitions[component];

/**
 * The flags in force of the API server that answered, defaults included, of those that somebody reads. What its answer leaves out or
 * keeps to itself may be set.
 */
export function projectFlagz(answer: string): Observed<ComponentFacts> {
  const told = toldFlags(answer, ['apiserver', component]);
  if (!told) return { state: 'missing', reason: 'invalid', detail: 'what the API server answered at /flagz is no list of its flags' };
  const flags: Record<string, readonly string[]> = {};
  const unread: Record<string, string> = {};
  for (const name of new Set([...Object.keys(definitions), ...told.keys()])) {
    if (!isKeptFlag(component, name)) continue;
    const given = toldValue(told.get(name), Object.hasOwn(definitions, name) ? definitions[name]!.type : 'text');
    if (given === undefined) unread[name] = `/flagz of the API server does not say what --${name} is`;
    else if (given !== '') flags[name] = [given];
  }
  // Beside a file of authentication this is the default, which the file may change: a server that is given both does not start.
  if (flags['authentication-config'] && flags['anonymous-auth']?.[0] === 'true') delete flags['anonymous-auth'];
  return {
    state: 'observed',
    value: { component, group: '', kind: 'Cluster', namespace: '', pod: 'cluster', container: '', shownBy: 'flagz', flags, ...(Object.keys(unread).length > 0 && { unreadFlags: unread }) },
  };
}
