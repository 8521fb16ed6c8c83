import { listAt, maybeObject, objectAt, type Raw } from '../projection/raw.js';
import { treeTexts } from './object-texts.js';
import type { NamedText } from './find-credentials.js';

/** Fields of a Flux HelmRelease in which values of a chart are written. */
const releaseFields = ['values', 'postRenderers'] as const;
/** Fields of a source of an Argo CD Application in which its values are written. */
const sourceFields = ['helm', 'kustomize', 'plugin'] as const;

/** Texts of the values that a release gives to a chart. */
export function releaseTexts(raw: Raw): readonly NamedText[] {
  const spec = objectAt(raw, 'spec');
  return releaseFields.flatMap((field) => treeTexts(spec[field], `spec.${field}`));
}

export function applicationTexts(raw: Raw): readonly NamedText[] {
  const spec = objectAt(raw, 'spec');
  const source = maybeObject(spec, 'source');
  const sources = listAt(spec, 'sources').filter(isObject);
  return [...(source ? sourceTexts(source, 'spec.source') : []), ...sources.flatMap((item, index) => sourceTexts(item, `spec.sources[${index}]`))];
}

/** An address may carry a password. */
function addressTexts(object: Raw, field: string, path: string): readonly NamedText[] {
  const value = object[field];
  return typeof value === 'string' ? [{ path: `${path}.${field}`, name: '', value, isNamed: false }] : [];
}

/** The address that a source of Flux reads from. */
export const sourceAddress = (raw: Raw): readonly NamedText[] => addressTexts(objectAt(raw, 'spec'), 'url', 'spec');

function sourceTexts(source: Raw, path: string): readonly NamedText[] {
  const helm = maybeObject(source, 'helm');
  const parameters = helm ? listAt(helm, 'parameters').filter(isObject) : [];
  // A parameter's name is a path of its own.
  const named = parameters.flatMap((parameter, index): readonly NamedText[] => {
    const { name, value } = parameter;
    return typeof name === 'string' && typeof value === 'string' ? [{ path: `${path}.helm.parameters[${index}]`, name, value, isNamed: true }] : [];
  });
  const { parameters: _parameters, ...others } = helm ?? {};
  const variables = listAt(maybeObject(source, 'plugin') ?? {}, 'env').filter(isObject).flatMap((variable, index): readonly NamedText[] => {
    const { name, value } = variable;
    return typeof name === 'string' && typeof value === 'string' ? [{ path: `${path}.plugin.env[${index}]`, name, value, isNamed: true }] : [];
  });
  return [...addressTexts(source, 'repoURL', path), ...named, ...variables, ...treeTexts(others, `${path}.helm`), ...treeTexts(source['kustomize'], `${path}.kustomize`)];
}

const isObject = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is left of a release's spec without the values: they are no facts. */
export const withoutReleaseValues = (spec: Raw): Raw => without(spec, releaseFields);

export function withoutApplicationValues(spec: Raw): Raw {
  const source = maybeObject(spec, 'source');
  const sources = listAt(spec, 'sources');
  return { ...spec, ...(source && { source: without(source, sourceFields) }), ...(sources.length > 0 && { sources: sources.map((item) => (isObject(item) ? without(item, sourceFields) : item)) }) };
}

const without = (object: Raw, fields: readonly string[]): Raw => Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));
