import { defineIndex } from '../../engine/world.js';
import type { Match, Route } from './route.js';
import { routes } from './routes.js';

/** Others that are remembered of one claim: a finding names a few. */
const MAX_OTHERS = 20;

interface Claim {
  readonly route: Route;
  readonly target: string;
}

/** Paths that stand for the same requests: of a prefix, with and without a slash at its end. */
function pathKey({ path, type }: Match): string {
  let end = path.length;
  if (type === 'prefix') while (end > 0 && path[end - 1] === '/') end--;
  return `${type} ${end === 0 ? '/' : path.slice(0, end)}`;
}

export const claimKey = (realm: string, match: Match): string => `${realm}|${match.host}|${pathKey(match)}`;

/**
 * Who claims the same host and path of one realm. Claims of one object alone are left out: most are, and the
 * index is as long as all rules together.
 */
export const claims = defineIndex([], (world): ReadonlyMap<string, readonly Claim[]> => {
  const first = new Map<string, Claim>();
  const contested = new Map<string, Claim[]>();
  for (const route of world.use(routes).all) {
    for (const match of route.matches) {
      if (match.isNarrowed || match.target === '') continue;
      for (const realm of route.realms) {
        const key = claimKey(realm, match);
        const known = first.get(key);
        if (!known) first.set(key, { route, target: match.target });
        else if (known.route !== route) {
          const list = contested.get(key);
          if (!list) contested.set(key, [known, { route, target: match.target }]);
          else if (list.length < MAX_OTHERS && list.at(-1)!.route !== route) list.push({ route, target: match.target });
        }
      }
    }
  }
  return contested;
});
