import { withoutApplicationValues, withoutReleaseValues } from '../credentials/helm-values.js';
import { withoutUserInfo } from '../credentials/user-info.js';
import type { CustomFacts } from '../facts.js';
import { customShapes } from '../readers/custom-shapes.js';
import { policyShapes } from '../readers/policy-shape.js';
import { misfitOf, withoutNulls } from '../readers/shape.js';
import type { ResourceKey } from '../resources.js';
import { annotationsOf, type Identity } from './objects.js';
import type { Mutable } from './optional.js';
import { flagAt, InvalidObject, listAt, mapAt, maybeObject, numberAt, objectAt, stringsAt, textAt, type Raw } from './raw.js';
import { maybeSelector } from './selector.js';

/** Longest JSON of a custom resource's spec that is kept. */
export const MAX_CUSTOM_SPEC = 256 * 1024;

/**
 * A custom resource's spec as it stands, but for kinds that hold secrets in it or have none. Throws where it is not of its kind's shape:
 * only of network policies, which are many people's, each is kept whatever it says, and doubted by who reads it.
 */
export function projectCustom(key: ResourceKey, raw: Raw, { namespace, name }: Identity): CustomFacts {
  const [own, ...more] = [maybeObject(raw, 'spec') ?? {}, ...listAt(raw, 'specs')].map((spec, index) => shaped(key, spec, index === 0 ? 'spec' : `specs[${index - 1}]`));
  const given = [specOf[key]?.(own as Raw, raw) ?? own, ...more];
  const json = jsonOf(given);
  if (json === undefined || json.length > MAX_CUSTOM_SPEC) throw new InvalidObject('spec', `smaller than ${MAX_CUSTOM_SPEC / 1024} KiB`);
  const kept = withoutUserInfo(json);
  const [spec, ...specs] = kept === json ? given : (JSON.parse(kept) as readonly unknown[]);
  const facts: Mutable<CustomFacts> = { namespace, name, spec, annotations: annotationsOf(raw) };
  if (specs.length > 0) facts.specs = specs;
  return facts;
}

function shaped(key: ResourceKey, given: unknown, path: string): unknown {
  const shape = customShapes[key] ?? policyShapes[key];
  if (!shape) return given;
  const spec = withoutNulls(given, shape);
  const misfit = customShapes[key] && misfitOf(spec, shape);
  if (misfit) throw new InvalidObject(`${path}${misfit.path}`, misfit.expected);
  return spec;
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than the stack.
    return undefined;
  }
}

const specOf: { readonly [K in ResourceKey]?: (spec: Raw, raw: Raw) => Raw } = {
  'applications.argoproj.io': withoutApplicationValues,
  'helmreleases.helm.toolkit.fluxcd.io': withoutReleaseValues,
  'horizontalpodautoscalers.autoscaling': autoscaler,
  'poddisruptionbudgets.policy': disruptionBudget,
  'routes.route.openshift.io': withoutKey,
  'middlewares.traefik.io': middleware,
  'kongplugins.configuration.konghq.com': kongPlugin,
  'kongclusterplugins.configuration.konghq.com': kongPlugin,
};

/** Of the API's own kinds the server promises the shape: what lies is refused as it is of others. */
function autoscaler(spec: Raw): Raw {
  const target = objectAt(spec, 'scaleTargetRef');
  return { scaleTargetRef: { apiVersion: textAt(target, 'apiVersion'), kind: textAt(target, 'kind'), name: textAt(target, 'name') }, minReplicas: numberAt(spec, 'minReplicas') };
}

function disruptionBudget(spec: Raw): Raw {
  return { selector: maybeSelector(spec, 'selector') };
}

/** A route carries its certificate with the private key. */
function withoutKey(spec: Raw): Raw {
  const tls = maybeObject(spec, 'tls');
  if (!tls) return spec;
  const { key: _key, certificate, caCertificate: _ca, destinationCACertificate: _destination, ...rest } = tls;
  return { ...spec, tls: { ...rest, ...(certificate !== undefined && certificate !== '' && { hasCertificate: true }) } };
}

/** Settings of middlewares that say who may come in, how often and by what; of others, which set headers and passwords, the name alone. */
const toldMiddlewares: ReadonlySet<string> = new Set(['chain', 'inFlightReq', 'ipAllowList', 'ipWhiteList', 'rateLimit', 'redirectScheme']);

function middleware(spec: Raw): Raw {
  return Object.fromEntries(Object.entries(spec).map(([type, settings]) => [type, toldMiddlewares.has(type) ? settings : {}]));
}

/** A plugin has no spec, and most of its settings may be secrets. Those that say who may come in are of one plugin; others have what they like by the same name. */
function kongPlugin(_spec: Raw, raw: Raw): Raw {
  const plugin = textAt(raw, 'plugin') ?? '';
  const isGlobal = mapAt(objectAt(raw, 'metadata'), 'labels')['global'] === 'true';
  return { plugin, disabled: flagAt(raw, 'disabled') ?? false, global: isGlobal, allow: plugin === 'ip-restriction' ? stringsAt(objectAt(raw, 'config'), 'allow') : [] };
}
