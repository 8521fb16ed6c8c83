import { resourceKeys, type ResourceKey } from '#inventory/resources.js';
import { InputChecks } from '../input-checks.js';
import type { Completeness } from '../ports/cluster-collector.js';

/** As the query parameters say it: `complete=cluster&unread=secrets`, `complete=kinds&kinds=pods,deployments.apps`. */
export interface CompletenessInput {
  /** `objects` where not given. */
  readonly complete?: string;
  /** Resources divided by commas, or repeated. */
  readonly unread?: string | readonly string[];
  readonly kinds?: string | readonly string[];
}

/** What an upload says it observed. Throws `invalid-completeness` with every problem at its parameter. */
export function parseCompleteness({ complete = 'objects', unread, kinds }: CompletenessInput): Completeness {
  const checks = new InputChecks();
  const resources = (value: string | readonly string[] | undefined, parameter: string): readonly ResourceKey[] =>
    (typeof value === 'string' ? [value] : (value ?? []))
      .flatMap((text) => text.split(','))
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .filter((text): text is ResourceKey => {
        const isKnown = (resourceKeys as readonly string[]).includes(text);
        checks.require(isKnown, `/${parameter}`, `resources as kubectl names them, such as pods or deployments.apps; one of: ${resourceKeys.join(', ')}`);
        return isKnown;
      });
  const unreadResources = resources(unread, 'unread');
  const completeKinds = resources(kinds, 'kinds');

  checks.require(complete === 'cluster' || complete === 'kinds' || complete === 'objects', '/complete', 'cluster, kinds or objects');
  checks.require(complete === 'cluster' || unreadResources.length === 0, '/unread', 'only together with complete=cluster');
  checks.require(complete === 'kinds' || completeKinds.length === 0, '/kinds', 'only together with complete=kinds');
  checks.require(complete !== 'kinds' || completeKinds.length > 0, '/kinds', 'the resources that were read to their end');
  checks.done('invalid-completeness', 'What the upload observed is not declared in a way we know.');

  if (complete === 'cluster') return { scope: 'cluster', unread: [...new Set(unreadResources)] };
  if (complete === 'kinds') return { scope: 'kinds', kinds: [...new Set(completeKinds)] };
  return { scope: 'objects' };
}
