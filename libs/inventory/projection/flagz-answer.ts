import { goBoolean, goDuration, goGates, goInteger } from '../components/go-values.js';
import type { FlagType } from '../components/flag-definitions.js';
import { asRecord } from '../readers/unknown-record.js';

/** The form of /flagz that says what it is, by version, the best first, and the text that components before 1.35 answer with alone. */
export const flagzAccept = ['application/json;v=v1beta1;g=config.k8s.io;as=Flagz', 'application/json;v=v1alpha1;g=config.k8s.io;as=Flagz', 'text/plain'].join(', ');

/** Stands for values that a component keeps to itself (component-base/zpages/flagz). */
const classified = 'CLASSIFIED';
const LONGEST_VALUE = 4_096;

/** Flags by name as a component answers at /flagz, defaults included; undefined for what is no such answer. `component`: as it may call itself there. */
export const toldFlags = (answer: string, component: readonly string[]): ReadonlyMap<string, string> | undefined =>
  answer.trimStart().startsWith('{') ? jsonFlags(answer, component) : textFlags(answer, component);

function jsonFlags(answer: string, component: readonly string[]): ReadonlyMap<string, string> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    return undefined;
  }
  const { kind, apiVersion, metadata, flags } = asRecord(parsed);
  const { name } = asRecord(metadata);
  if (kind !== 'Flagz' || typeof apiVersion !== 'string' || !apiVersion.startsWith('config.k8s.io/') || typeof name !== 'string' || !component.includes(name)) return undefined;
  return new Map(Object.entries(asRecord(flags)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** A component picks one of these when it starts, and uses it in all lines. */
const delimiters = [': ', ':', '=', ' '];
const flagName = /^[A-Za-z0-9][\w.-]*/;

function textFlags(answer: string, component: readonly string[]): ReadonlyMap<string, string> | undefined {
  const [title = '', warning = '', ...lines] = answer.split('\n').filter((line) => line.trim() !== '');
  if (!component.includes(/^(\S+) flag[sz]$/.exec(title)?.[1] ?? '') || !warning.startsWith('Warning:') || lines.length === 0) return undefined;
  const names = lines.map((line) => flagName.exec(line)?.[0]);
  const delimiter = delimiters.find((one) => lines.every((line, at) => names[at] !== undefined && line.startsWith(one, names[at].length)));
  return delimiter === undefined ? undefined : new Map(lines.map((line, at) => [names[at]!, line.slice(names[at]!.length + delimiter.length)]));
}

/** A told value as a command line would give it; '' where it is empty, undefined where it is left out, kept back or cannot be one. */
export function toldValue(text: string | undefined, type: FlagType): string | undefined {
  if (text === undefined || text === classified || text.length > LONGEST_VALUE) return undefined;
  switch (type) {
    case 'boolean': return goBoolean(text) === undefined ? undefined : text;
    case 'integer': return goInteger(text) === undefined ? undefined : text;
    case 'duration': return goDuration(text) === undefined ? undefined : text;
    case 'text': return text;
    case 'gates': {
      // Gates of a server itself have no component before their colon.
      const own = text.split(',').map((pair) => pair.replace(/^:/, '')).join(',');
      return goGates(own) ? own : undefined;
    }
    case 'list':
    case 'texts':
    case 'last-list':
      return /^\[[^"\n]*\]$/.test(text) ? text.slice(1, -1) : undefined;
  }
}
