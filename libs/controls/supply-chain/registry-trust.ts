import { defineIndex } from '../engine/world.js';
import { hostLooksLike, pathLooksLike } from './look-alike.js';

const dockerHosts: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

export interface TrustedPlace {
  readonly host: string;
  /** Leading pieces of the repository; '' where the whole host is trusted. */
  readonly path: string;
}

/** Reads `host`, `host:port` or `host/path`; undefined for what names no host. A scheme and trailing slashes are forgiven. */
export function placeOf(entry: string): TrustedPlace | undefined {
  const text = entry.trim().toLowerCase().replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const slash = text.indexOf('/');
  const host = (slash < 0 ? text : text.slice(0, slash)).replace(/:443$/, '');
  if (host === '') return undefined;
  return { host: dockerHosts.has(host) ? 'docker.io' : host, path: slash < 0 ? '' : text.slice(slash + 1) };
}

export type Trust = { readonly is: 'trusted' } | { readonly is: 'foreign' } | { readonly is: 'look-alike'; readonly of: string };

const MOST_ANSWERS = 4_096;

/** The organisation's list, and what it says of registries; answers are remembered, for a cluster has many images of few places. */
export class TrustedRegistries {
  private readonly answers = new Map<string, Trust>();

  constructor(readonly places: readonly TrustedPlace[]) {}

  judge(host: string, repository: string): Trust {
    const plainHost = host.replace(/:443$/, '');
    const key = `${plainHost}/${repository}`;
    const known = this.answers.get(key);
    if (known) return known;
    const answer = this.decide(plainHost, repository);
    if (this.answers.size < MOST_ANSWERS) this.answers.set(key, answer);
    return answer;
  }

  private decide(host: string, repository: string): Trust {
    for (const place of this.places) {
      if (place.host === host && (place.path === '' || repository === place.path || repository.startsWith(`${place.path}/`))) return { is: 'trusted' };
    }
    for (const place of this.places) {
      const isAlike = place.host === host ? place.path !== '' && pathLooksLike(repository, place.path) : hostLooksLike(host, place.host);
      if (isAlike) return { is: 'look-alike', of: place.path === '' ? place.host : `${place.host}/${place.path}` };
    }
    return { is: 'foreign' };
  }
}

/** Undefined where the organisation has no list, or an empty one, which nobody can mean. */
export const trustedRegistries = defineIndex([], (world): TrustedRegistries | undefined => {
  const places = (world.policy.trustedRegistries ?? []).map(placeOf).filter((place) => place !== undefined);
  return places.length > 0 ? new TrustedRegistries(places) : undefined;
});
