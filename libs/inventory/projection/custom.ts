import { withoutApplicationValues, withoutReleaseValues } from '../credentials/helm-values.js';
import { withoutUserInfo } from '../credentials/user-info.js';
import type { CustomFacts } from '../facts.js';
import type { ResourceKey } from '../resources.js';
import { annotationsOf, type Identity } from './objects.js';
import type { Mutable } from './optional.js';
import { InvalidObject, listAt, mapAt, maybeObject, numberAt, objectAt, textAt, type Raw } from './raw.js';
import { maybeSelector } from './selector.js';

/** Longest JSON of a custom resource's spec that is kept. */
export const MAX_CUSTOM_SPEC = 256 * 1024;

/** A custom resource's spec as it stands, but for kinds that hold secrets in it or have none. */
export function projectCustom(key: ResourceKey, raw: Raw, { namespace, name }: Identity): CustomFacts {
  const given = [specOf[key]?.(raw) ?? maybeObject(raw, 'spec') ?? {}, ...listAt(raw, 'specs')];
  const json = jsonOf(given);
  if (json === undefined || json.length > MAX_CUSTOM_SPEC) throw new InvalidObject('spec', `smaller than ${MAX_CUSTOM_SPEC / 1024} KiB`);
  const kept = withoutUserInfo(json);
  const [spec, ...specs] = kept === json ? given : (JSON.parse(kept) as readonly unknown[]);
  const facts: Mutable<CustomFacts> = { namespace, name, spec, annotations: annotationsOf(raw) };
  if (specs.length > 0) facts.specs = specs;
  return facts;
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than the stack.
    return undefined;
  }
}

const specOf: { readonly [K in ResourceKey]?: (raw: Raw) => Raw } = {
  'applications.argoproj.io': (raw) => withoutApplicationValues(objectAt(raw, 'spec')),
  'helmreleases.helm.toolkit.fluxcd.io': (raw) => withoutReleaseValues(objectAt(raw, 'spec')),
  'horizontalpodautoscalers.autoscaling': autoscaler,
  'poddisruptionbudgets.policy': disruptionBudget,
  'routes.route.openshift.io': withoutKey,
  'middlewares.traefik.io': middleware,
  'kongplugins.configuration.konghq.com': kongPlugin,
  'kongclusterplugins.configuration.konghq.com': kongPlugin,
};

/** Of the API's own kinds the server promises the shape: what lies is refused as it is of others. */
function autoscaler(raw: Raw): Raw {
  const spec = objectAt(raw, 'spec');
  const target = objectAt(spec, 'scaleTargetRef');
  return { scaleTargetRef: { apiVersion: textAt(target, 'apiVersion'), kind: textAt(target, 'kind'), name: textAt(target, 'name') }, minReplicas: numberAt(spec, 'minReplicas') };
}

function disruptionBudget(raw: Raw): Raw {
  return { selector: maybeSelector(objectAt(raw, 'spec'), 'selector') };
}

/** A route carries its certificate with the private key. */
function withoutKey(raw: Raw): Raw {
  const spec = objectAt(raw, 'spec');
  const tls = maybeObject(spec, 'tls');
  if (!tls) return spec;
  const { key: _key, certificate, caCertificate: _ca, destinationCACertificate: _destination, ...rest } = tls;
  return { ...spec, tls: { ...rest, ...(certificate !== undefined && certificate !== null && certificate !== '' && { hasCertificate: true }) } };
}

/** Settings of middlewares that say who may come in, how often and by what; of others, which set headers and passwords, the name alone. */
const toldMiddlewares: ReadonlySet<string> = new Set(['chain', 'inFlightReq', 'ipAllowList', 'ipWhiteList', 'rateLimit', 'redirectScheme']);

function middleware(raw: Raw): Raw {
  return Object.fromEntries(Object.entries(objectAt(raw, 'spec')).map(([type, settings]) => [type, toldMiddlewares.has(type) ? settings : {}]));
}

/** A plugin has no spec, and most of its settings may be secrets. */
function kongPlugin(raw: Raw): Raw {
  const config = objectAt(raw, 'config');
  const isGlobal = mapAt(objectAt(raw, 'metadata'), 'labels')['global'] === 'true';
  return { plugin: textAt(raw, 'plugin') ?? '', disabled: raw['disabled'] === true, global: isGlobal, allow: listAt(config, 'allow') };
}
