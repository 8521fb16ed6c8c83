import { asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, type World } from '../../engine/world.js';
import type { Route } from './route.js';
import { serviceNamed } from './services.js';
import { none, set, type Setting } from './setting.js';

const keys = ['kongplugins.configuration.konghq.com', 'kongclusterplugins.configuration.konghq.com'] as const;
const annotation = 'konghq.com/plugins';

interface Plugins {
  readonly byName: ReadonlyMap<string, UnknownRecord>;
  readonly global: readonly UnknownRecord[];
}

const plugins = defineIndex(keys, (world): Plugins => {
  const all = keys.flatMap((key) => world.list(key).map(({ namespace, name, spec }) => ({ name: `${namespace}/${name}`, spec: asRecord(spec) }))).filter(({ spec }) => spec['disabled'] !== true);
  return { byName: new Map(all.map(({ name, spec }) => [name, spec])), global: all.map(({ spec }) => spec).filter((spec) => spec['global'] === true) };
});

/** Whether a plugin of some kind works on a route: named by it, by every Service that it leads to, or by all routes there are. */
export function byPlugin(route: Route, world: World, fits: (plugin: UnknownRecord) => boolean): Setting {
  const { byName, global } = world.use(plugins);
  const isNamed = (namespace: string, names: string | undefined): boolean => (names ?? '').split(',').slice(0, 100).some((text) => {
    const name = text.trim();
    const plugin = byName.get(`${namespace}/${name}`) ?? byName.get(`/${name}`);
    return plugin !== undefined && fits(plugin);
  });
  if (global.some(fits) || isNamed(route.namespace, route.annotations[annotation])) return set;
  const services = route.backends.map(({ namespace, name }) => serviceNamed(world, namespace, name));
  return services.length > 0 && services.every((service) => service && isNamed(service.namespace, service.annotations?.[annotation])) ? set : none;
}
