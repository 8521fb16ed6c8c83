import { listAt, mapAt, textAt, type Raw } from '../projection/raw.js';
import type { NamedText } from './find-credentials.js';

export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Values may be of any type where people write them, so that what is no plain value is passed over instead of refusing the object. */
const plain = (value: unknown): string | undefined => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined);

/** The values of a ConfigMap that are text. `binaryData` is what is none. */
export function configMapTexts(raw: Raw): readonly NamedText[] {
  const data = mapAt(raw, 'data');
  return Object.keys(data).map((key) => ({ path: `data.${key}`, name: isSetting(key) ? key : '', value: data[key]!, isNamed: true }));
}

/** A key that is a file's name says nothing of its content, but for files of one value. */
const isSetting = (key: string): boolean => !/\.(?:ya?ml|json|properties|conf|cfg|cnf|config|ini|toml|env|xml|sh|py|js|ts|lua|rb|sql|md|html?|css|tpl|tmpl|crt|cer|pub|log|rules|csv|service|list|groovy|j2|hcl|rego|php)$/i.test(key);

/** Annotations, but for the one that repeats the object. Their names mostly say where a Secret is, so they do not tell. */
export function annotationTexts(metadata: Raw, path = 'metadata.'): readonly NamedText[] {
  const annotations = mapAt(metadata, 'annotations');
  return Object.keys(annotations).filter((name) => name !== lastApplied).map((name) => ({ path: `${path}annotations[${name}]`, name: '', value: annotations[name]!, isNamed: false }));
}

const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** Literal environment variables, commands and arguments of a pod's containers, and its annotations. */
export function podTexts(metadata: Raw, spec: Raw): readonly NamedText[] {
  const texts: NamedText[] = [...annotationTexts(metadata, 'template.metadata.')];
  for (const list of lists) {
    for (const container of listAt(spec, list)) {
      if (typeof container !== 'object' || container === null || Array.isArray(container)) continue;
      addContainer(texts, container as Raw, list);
    }
  }
  return texts;
}

function addContainer(texts: NamedText[], container: Raw, list: string): void {
  const at = `${list}[${textAt(container, 'name') ?? ''}]`;
  for (const item of listAt(container, 'env')) {
    if (typeof item !== 'object' || item === null) continue;
    const variable = item as Raw;
    const name = plain(variable['name']) ?? '';
    const value = plain(variable['value']);
    if (value !== undefined && value !== '') texts.push({ path: `${at}.env.${name}`, name, value, isNamed: true });
  }
  for (const field of ['command', 'args'] as const) addWords(texts, listAt(container, field), `${at}.${field}`);
}

const flag = /^--?([A-Za-z][\w.-]*)(?:=([^]*))?$/;

/** `--password=x` and `--password x` are named; a script is a text of its own. */
function addWords(texts: NamedText[], words: readonly unknown[], path: string): void {
  let name = '';
  for (const [index, item] of words.entries()) {
    const word = plain(item);
    const [, given, value] = (word !== undefined && flag.exec(word)) || [];
    if (word !== undefined && word !== '') {
      const place = `${path}[${index}]`;
      if (given !== undefined && value !== undefined) texts.push({ path: place, name: given, value, isNamed: true });
      else if (given === undefined) texts.push({ path: place, name, value: word, isNamed: true });
    }
    name = given !== undefined && value === undefined ? given : '';
  }
}

/** Deepest and most that is looked at of values of a chart. */
const DEEPEST = 20;

/** The plain values in a tree, each named by its key. */
export function treeTexts(tree: unknown, path: string): readonly NamedText[] {
  const texts: NamedText[] = [];
  const walk = (value: unknown, at: string, name: string, depth: number): void => {
    if (depth > DEEPEST) return;
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, `${at}[${index}]`, name, depth + 1);
    else if (typeof value === 'object' && value !== null) for (const key of Object.keys(value)) walk((value as Raw)[key], `${at}.${key}`, key, depth + 1);
    else {
      const text = plain(value);
      if (text !== undefined && text !== '') texts.push({ path: at, name, value: text, isNamed: true });
    }
  };
  walk(tree, path, '', 0);
  return texts;
}
