import type { Raw } from '../projection/raw.js';
import { asList, asRecord } from '../readers/unknown-record.js';
import { treeTexts } from './object-texts.js';
import type { NamedText } from './find-credentials.js';

/** Fields of a Flux HelmRelease in which values of a chart are written. */
const releaseFields = ['values', 'postRenderers'] as const;
/** Fields of a source of an Argo CD Application in which its values are written. */
const sourceFields = ['helm', 'kustomize', 'plugin'] as const;

/** Texts of the values that a release gives to a chart. */
export function releaseTexts(raw: Raw): readonly NamedText[] {
  const spec = asRecord(raw['spec']);
  return releaseFields.flatMap((field) => treeTexts(spec[field], `spec.${field}`));
}

export function applicationTexts(raw: Raw): readonly NamedText[] {
  const spec = asRecord(raw['spec']);
  return [...sourceTexts(asRecord(spec['source']), 'spec.source'), ...asList(spec['sources']).flatMap((item, index) => sourceTexts(asRecord(item), `spec.sources[${index}]`))];
}

/** An address may carry a password. */
function addressTexts(object: Raw, field: string, path: string): readonly NamedText[] {
  const value = object[field];
  return typeof value === 'string' ? [{ path: `${path}.${field}`, name: '', value, isNamed: false }] : [];
}

/** The address that a source of Flux reads from. */
export const sourceAddress = (raw: Raw): readonly NamedText[] => addressTexts(asRecord(raw['spec']), 'url', 'spec');

function sourceTexts(source: Raw, path: string): readonly NamedText[] {
  const { parameters, ...helm } = asRecord(source['helm']);
  return [
    ...addressTexts(source, 'repoURL', path), ...namedTexts(parameters, `${path}.helm.parameters`), ...namedTexts(asRecord(source['plugin'])['env'], `${path}.plugin.env`),
    ...treeTexts(helm, `${path}.helm`), ...treeTexts(source['kustomize'], `${path}.kustomize`),
  ];
}

/** Items of a name and a value: a parameter's name is a path of its own. */
const namedTexts = (items: unknown, path: string): readonly NamedText[] =>
  asList(items).map(asRecord).flatMap(({ name, value }, index) => (typeof name === 'string' && typeof value === 'string' ? [{ path: `${path}[${index}]`, name, value, isNamed: true }] : []));

/** What is left of a release's spec without the values: they are no facts. */
export const withoutReleaseValues = (spec: Raw): Raw => without(spec, releaseFields);

export function withoutApplicationValues(spec: Raw): Raw {
  const { source, sources } = spec;
  return {
    ...spec,
    ...(source !== undefined && { source: without(asRecord(source), sourceFields) }),
    ...(sources !== undefined && { sources: asList(sources).map((item) => without(asRecord(item), sourceFields)) }),
  };
}

const without = (object: Raw, fields: readonly string[]): Raw => Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));
