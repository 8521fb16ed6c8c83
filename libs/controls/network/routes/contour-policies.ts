import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, type World } from '../../engine/world.js';
import { textOf } from './loose.js';
import type { Route } from './route.js';
import { noSuchSetting, none, set, type Setting } from './setting.js';

const key = 'httpproxies.projectcontour.io';

/** Virtual hosts of the proxies that include another one directly. */
const including = defineIndex([key], (world): ReadonlyMap<string, readonly UnknownRecord[]> => {
  const hosts = new Map<string, UnknownRecord[]>();
  for (const { namespace, spec } of world.list(key)) {
    const { virtualhost, includes } = asRecord(spec);
    for (const { namespace: other, name } of asList(includes).map(asRecord)) {
      const included = `${textOf(other) || namespace}/${textOf(name)}`;
      const list = hosts.get(included);
      if (list) list.push(asRecord(virtualhost));
      else hosts.set(included, [asRecord(virtualhost)]);
    }
  }
  return hosts;
});

/** Whether a field of a virtual host, of those that include the proxy, or of each of its routes says what is asked for. */
export function byProxyField(route: Route, world: World, field: string, fits: (value: unknown) => boolean): Setting {
  const { virtualhost, routes } = asRecord(route.spec);
  const own = asList(routes).map(asRecord);
  if (fits(asRecord(virtualhost)[field])) return set;
  if (own.length === 0) return noSuchSetting('it has no routes of its own');
  if (own.every((each) => fits(each[field]))) return set;
  const outer = world.use(including).get(`${route.namespace}/${route.name}`) ?? [];
  return outer.length > 0 && outer.every((each) => fits(each[field])) ? set : none;
}
