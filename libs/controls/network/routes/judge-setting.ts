import { fail, notApplicable, pass, unknown, type Verdict } from '../../engine/verdict.js';
import type { World } from '../../engine/world.js';
import type { Product } from './controllers.js';
import { facingOf } from './facing.js';
import { routeKeys, type Route } from './route.js';
import type { Setting } from './setting.js';

/** Judges a setting that routes need which the internet reaches. `settingOf` reads it as the route's controller does. */
export function judgeSetting(route: Route, world: World, settingOf: (route: Route, product: Product, world: World) => Setting, message: (by: string) => string, detail: Readonly<Record<string, unknown>> = {}): Verdict {
  const { product, by, missing } = route.controller;
  if (route.key === 'tlsroutes.gateway.networking.k8s.io') return notApplicable('it passes TLS on and sees no requests');
  if (product === undefined) return unknown(missing ?? { fact: routeKeys[0], reason: 'not-requested', detail: `which settings its controller takes is not known here: it is served by ${by}` });
  const setting = settingOf(route, product, world);
  if (setting.state === 'set') return pass;
  if (setting.state === 'no-such-setting') return notApplicable(setting.because);
  const facing = facingOf(route, world);
  if (facing.state === 'inside') return notApplicable(facing.because);
  if (setting.state === 'unknown') return unknown(setting.missing);
  if (facing.state === 'unknown') return unknown(facing.missing);
  return fail(message(facing.by), { detail: { ...detail, controller: product, hosts: route.hosts.slice(0, 20) } });
}
