import { flagDefinitions, type FlagType } from '../components/flag-definitions.js';
import { goBoolean, goDuration, goGates, goInteger } from '../components/go-values.js';
import { isKeptFlag } from '../components/kept-flags.js';
import type { ComponentFacts } from '../facts.js';
import type { Observed } from '../observed.js';
import { asRecord } from '../readers/unknown-record.js';

const component = 'kube-apiserver';
const definitions = flagDefinitions[component];

/** Stands for values that the server keeps to itself (component-base/zpages/flagz). */
const classified = 'CLASSIFIED';
const LONGEST_VALUE = 4_096;

/** The form of /flagz that says what it is, by version, the best first, and the text that servers before 1.35 answer with alone. */
export const flagzAccept = ['application/json;v=v1beta1;g=config.k8s.io;as=Flagz', 'application/json;v=v1alpha1;g=config.k8s.io;as=Flagz', 'text/plain'].join(', ');

/**
 * The flags in force of the API server that answered, defaults included, of those that somebody reads. What its answer leaves out or
 * keeps to itself may be set.
 */
export function projectFlagz(answer: string): Observed<ComponentFacts> {
  const told = answer.trimStart().startsWith('{') ? jsonFlags(answer) : textFlags(answer);
  if (!told) return { state: 'missing', reason: 'invalid', detail: 'what the API server answered at /flagz is no list of its flags' };
  const flags: Record<string, readonly string[]> = {};
  const unread: Record<string, string> = {};
  for (const name of new Set([...Object.keys(definitions), ...told.keys()])) {
    if (!isKeptFlag(component, name)) continue;
    const text = told.get(name);
    const given = text === undefined || text === classified || text.length > LONGEST_VALUE ? undefined : valueOf(text, Object.hasOwn(definitions, name) ? definitions[name]!.type : 'text');
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

const isServer = (name: unknown): boolean => name === 'apiserver' || name === 'kube-apiserver';

function jsonFlags(answer: string): ReadonlyMap<string, string> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    return undefined;
  }
  const { kind, apiVersion, metadata, flags } = asRecord(parsed);
  if (kind !== 'Flagz' || typeof apiVersion !== 'string' || !apiVersion.startsWith('config.k8s.io/') || !isServer(asRecord(metadata)['name'])) return undefined;
  return new Map(Object.entries(asRecord(flags)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The server picks one of these when it starts, and uses it in all lines. */
const delimiters = [': ', ':', '=', ' '];
const flagName = /^[A-Za-z0-9][\w.-]*/;

function textFlags(answer: string): ReadonlyMap<string, string> | undefined {
  const [title = '', warning = '', ...lines] = answer.split('\n').filter((line) => line.trim() !== '');
  if (!isServer(/^(\S+) flag[sz]$/.exec(title)?.[1]) || !warning.startsWith('Warning:') || lines.length === 0) return undefined;
  const names = lines.map((line) => flagName.exec(line)?.[0]);
  const delimiter = delimiters.find((one) => lines.every((line, at) => names[at] !== undefined && line.startsWith(one, names[at].length)));
  return delimiter === undefined ? undefined : new Map(lines.map((line, at) => [names[at]!, line.slice(names[at]!.length + delimiter.length)]));
}

/** A value as a command line would give it; '' where it is empty, undefined where it cannot be one. */
function valueOf(text: string, type: FlagType): string | undefined {
  switch (type) {
    case 'boolean': return goBoolean(text) === undefined ? undefined : text;
    case 'integer': return goInteger(text) === undefined ? undefined : text;
    case 'duration': return goDuration(text) === undefined ? undefined : text;
    case 'text': return text;
    case 'gates': {
      // Gates of the server itself have no component before their colon.
      const own = text.split(',').map((pair) => pair.replace(/^:/, '')).join(',');
      return goGates(own) ? own : undefined;
    }
    case 'list':
    case 'texts':
    case 'last-list':
      return /^\[[^"\n]*\]$/.test(text) ? text.slice(1, -1) : undefined;
  }
}
