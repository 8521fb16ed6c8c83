import { etcdVariableOf } from '#inventory/components/config-file-components.js';
import type { ComponentFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { flagOf } from '../scopes/each-component.js';
import { isLoopback } from './loopback.js';

/** What etcd does where a list of URLs is not given. */
const defaultUrls = { 'listen-client-urls': 'http://localhost:2379', 'listen-peer-urls': 'http://localhost:2380' } as const;

/** Why the first of these flags that is set in the environment alone cannot be judged: values there are not read. A flag on the command line goes before it. */
export function inEnvironment(etcd: ComponentFacts, flags: readonly string[]): MissingEvidence | undefined {
  const hidden = flags.find((flag) => flagOf(etcd, flag) === undefined && (etcd.variables ?? []).includes(etcdVariableOf(flag)));
  return hidden === undefined ? undefined : { fact: 'component-flags', reason: 'not-requested', detail: `etcd takes --${hidden} from ${etcdVariableOf(hidden)}, and values of environment variables are not read` };
}

export const valuesOf = (text: string): readonly string[] => text.split(',').map((value) => value.trim()).filter((value) => value !== '');

export const urlsOf = (etcd: ComponentFacts, flag: keyof typeof defaultUrls | 'listen-client-http-urls' | 'listen-metrics-urls'): readonly string[] =>
  valuesOf(flagOf(etcd, flag) ?? (flag in defaultUrls ? defaultUrls[flag as keyof typeof defaultUrls] : ''));

/** The host of a URL, without brackets. */
export const hostOf = (url: string): string => (/^\w+:\/\/(\[[^\]]*\]|[^:/]*)/.exec(url)?.[1] ?? '').replace(/^\[|\]$/g, '');

export const isLocal = (url: string): boolean => isLoopback(hostOf(url));
