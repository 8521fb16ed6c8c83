import { goBoolean, goInteger } from '#inventory/components/go-values.js';
import { fieldAt } from '../../rules/field-at.js';
import type { RuleOf } from '../../rules/rule.js';
import { holds, type ValueTest } from '../../rules/value-test.js';
import { combine, doesNotApply, failsBy, passes, right, shownValue, unknownFor, type Finding } from '../finding.js';
import { testText } from '../test-text.js';
import type { AnyObject, ClusterView } from './cluster-view.js';

const nameOf = ({ namespace, name }: AnyObject): string => (namespace === '' ? name : `${namespace}/${name}`);

/** A field of one object, or of each of a kind; objects that nobody saw leave it unknown, unless one that was seen fails. */
export const judgeObject = (view: ClusterView, rule: RuleOf<'object'>): Finding => combine('all', objectFindings(view, rule).map(({ finding }) => finding));

/** The same object by object. */
export function objectFindings(view: ClusterView, { object, path, is, absent }: RuleOf<'object'>): readonly { readonly name: string; readonly finding: Finding }[] {
  const { items, missing } = view.objects(object.resource);
  const meant = items.filter((each) => (object.name === undefined || each.name === object.name) && (object.namespace === undefined || each.namespace === object.namespace));
  const judged = meant.map((each) => ({ name: each.name, finding: judgeField(each, path, is, absent, object.resource) }));
  if (object.name !== undefined && meant.length > 0) return judged;
  const unseen = missing === undefined ? undefined : unknownFor(missing, right(object.resource));
  if (object.name !== undefined) return [{ name: object.name, finding: unseen ?? unknownFor(`${object.resource} ${object.name}, which is not there`, right(object.resource)) }];
  if (unseen) return [...judged, { name: 'others', finding: unseen }];
  return judged.length > 0 ? judged : [{ name: 'none', finding: doesNotApply(`there is no object of ${object.resource}`, { source: 'api', at: object.resource }) }];
}

function judgeField(object: AnyObject, path: readonly string[], is: ValueTest, absent: unknown, resource: string): Finding {
  const value = fieldAt(object.fields, path) ?? absent;
  const name = path.join('.');
  const where = { source: 'api', at: `${name} of ${resource} ${nameOf(object)}`, found: shownValue(value ?? 'not set') } as const;
  return holds(is, value) ? passes(where) : failsBy(`${name} of ${resource} ${nameOf(object)} is ${value === undefined ? 'not set' : shownValue(value)}, ${testText(is)}`, where);
}

export function judgeCondition(view: ClusterView, { object, type, status }: RuleOf<'condition'>): Finding {
  const { items, missing } = view.objects(object.resource);
  const found = items.find((each) => each.name === object.name && (object.namespace === undefined || each.namespace === object.namespace));
  if (!found) return unknownFor(missing ?? `${object.resource} ${object.name ?? ''}, which is not there`, right(object.resource));
  const conditions = fieldAt(found.fields, ['status', 'conditions']);
  const condition = (Array.isArray(conditions) ? conditions : []).find((each) => fieldAt(each, ['type']) === type) as unknown;
  const value = fieldAt(condition, ['status']);
  const where = { source: 'api', at: `condition ${type} of ${object.resource} ${nameOf(found)}`, found: shownValue(value ?? 'not there') } as const;
  return value === status ? passes(where) : failsBy(`the condition ${type} of ${object.resource} ${nameOf(found)} is ${value === undefined ? 'not there' : shownValue(value)}, not ${status}`, where);
}

/** What an operator gave a server, in the JSON of its ConfigMap. */
export function judgeOperatorConfig(view: ClusterView, { namespace, path, is }: RuleOf<'operator-config'>): Finding {
  const resource = `configmaps of ${namespace}`;
  const { items, missing } = view.objects(resource);
  const found = items.find(({ name }) => name === 'config');
  if (!found) return unknownFor(missing ?? `ConfigMap ${namespace}/config, which is not there`, right(resource));
  const text = fieldAt(found.fields, ['data', 'config.yaml']);
  const config = typeof text === 'string' ? parsed(text) : undefined;
  if (config === undefined) return unknownFor(`what is in ConfigMap ${namespace}/config`, right(resource));
  const isArgument = path[0]?.endsWith('Arguments') === true;
  const raw = fieldAt(config, path);
  const value = isArgument ? argumentOf(raw, is) : raw;
  const name = path.join('.');
  const where = { source: 'api', at: `${name} in ConfigMap ${namespace}/config`, found: shownValue(raw ?? 'not set') } as const;
  return holds(is, value) ? passes(where) : failsBy(`${name} is ${raw === undefined ? 'not set' : shownValue(raw)}, ${testText(is)}`, where);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Arguments are lists of texts; as flags are read, a list has commas too, and of what is no list the last counts. */
function argumentOf(raw: unknown, { op }: ValueTest): unknown {
  const texts = (Array.isArray(raw) ? raw : raw === undefined ? [] : [raw]).filter((each) => typeof each === 'string');
  if (op === 'has' || op === 'lacks' || op === 'within') return texts.flatMap((text) => text.split(','));
  const last = texts.at(-1);
  if (last === undefined || op === 'set' || op === 'unset' || op === 'starts-with' || op === 'loopback') return last;
  return op === 'at-least' ? goInteger(last) : (goBoolean(last) ?? goInteger(last) ?? last);
}

export function judgeObjectsNamed(view: ClusterView, { resources, names, label, exist }: RuleOf<'objects-named'>): Finding {
  const lists = resources.map((resource) => ({ resource, ...view.objects(resource) }));
  for (const { resource, items } of lists) {
    const found = items.find((object) => names.includes(object.name) || (label && fieldAt(object.fields, ['metadata', 'labels', label[0]]) === label[1]));
    if (!found) continue;
    const where = { source: 'api', at: `${resource} ${nameOf(found)}`, found: nameOf(found) } as const;
    return exist ? passes(where) : failsBy(`${resource} has ${nameOf(found)}`, where);
  }
  const lack = lists.find(({ missing }) => missing !== undefined);
  if (lack) return unknownFor(lack.missing!, right(lack.resource));
  const where = { source: 'api', at: resources.join(', ') } as const;
  return exist ? failsBy(`there is no ${names.join(' or ')} among ${resources.join(', ')}`, where) : passes(where);
}
