import { shownValue } from '#controls/engine/shown-value.js';
import { goBoolean, goInteger } from '#inventory/components/go-values.js';
import { fieldAt } from '../../rules/field-at.js';
import type { ObjectRef, RuleOf } from '../../rules/rule.js';
import { holds, type ValueTest } from '../../rules/value-test.js';
import { combine, doesNotApply, failsBy, passes, right, unknownFor, type Finding } from '../finding.js';
import { testText } from '../test-text.js';
import type { AnyObject, ClusterView } from './cluster-view.js';

export const nameOf = ({ namespace, name }: AnyObject): string => (namespace === '' ? name : `${namespace}/${name}`);

/** A field of one object, or of each of a kind; objects that nobody saw leave it unknown, unless one that was seen fails. */
export const judgeObject = (view: ClusterView, rule: RuleOf<'object'>): Finding => combine('all', objectFindings(view, rule).map(({ finding }) => finding));

/** The same object by object. */
export function objectFindings(view: ClusterView, { object, path, is, absent }: RuleOf<'object'>): readonly NamedFinding[] {
  const judged = judgeEach(view, object, (each) => judgeField(each, path, is, absent, object.resource));
  return judged.length > 0 ? judged : [{ name: 'none', finding: doesNotApply(`there is no object of ${object.resource}`, { source: 'api', at: object.resource }) }];
}

interface NamedFinding {
  readonly name: string;
  readonly finding: Finding;
}

/** Of the objects that are meant, those that were seen, and what is unknown beside them: others, or the one that has the name. Empty where there surely are none. */
export function judgeEach(view: ClusterView, { resource, namespace, name }: ObjectRef, judge: (object: AnyObject) => Finding): readonly NamedFinding[] {
  const { items, missing } = view.objects(resource);
  const meant = items.filter((each) => (name === undefined || each.name === name) && (namespace === undefined || each.namespace === namespace));
  const judged = meant.map((each) => ({ name: each.name, finding: judge(each) }));
  if (name !== undefined) return meant.length > 0 ? judged : [{ name, finding: missing === undefined ? notThere(`${resource} ${name}`) : unknownFor(missing, right(resource)) }];
  return missing === undefined ? judged : [...judged, { name: 'others', finding: unknownFor(missing, right(resource)) }];
}

/** What every cluster of its platform has is not there, or who looked could not see it: no right would tell. */
export const notThere = (what: string): Finding => unknownFor(`${what}, which is not there`, { of: 'other', name: what });

function judgeField(object: AnyObject, path: readonly string[], is: ValueTest, absent: unknown, resource: string): Finding {
  const value = fieldAt(object.fields, path) ?? absent;
  const name = path.join('.');
  const where = { source: 'api', at: `${name} of ${resource} ${nameOf(object)}`, found: shownValue(value ?? 'not set') } as const;
  return holds(is, value) ? passes(where) : failsBy(`${name} of ${resource} ${nameOf(object)} is ${value === undefined ? 'not set' : shownValue(value)}, ${testText(is)}`, where);
}

export function judgeCondition(view: ClusterView, { object, type, status }: RuleOf<'condition'>): Finding {
  const judged = judgeEach(view, object, (found) => {
    const conditions = fieldAt(found.fields, ['status', 'conditions']);
    if (!Array.isArray(conditions)) return unknownFor(`the conditions of ${object.resource} ${nameOf(found)}, which do not come with it`, right(object.resource));
    const condition = conditions.find((each) => fieldAt(each, ['type']) === type) as unknown;
    const value = fieldAt(condition, ['status']);
    const where = { source: 'api', at: `condition ${type} of ${object.resource} ${nameOf(found)}`, found: shownValue(value ?? 'not there') } as const;
    return value === status ? passes(where) : failsBy(`the condition ${type} of ${object.resource} ${nameOf(found)} is ${value === undefined ? 'not there' : shownValue(value)}, not ${status}`, where);
  });
  return combine('all', judged.map(({ finding }) => finding));
}

/** What an operator gave a server, in the JSON of its ConfigMap. */
export function judgeOperatorConfig(view: ClusterView, { namespace, path, is }: RuleOf<'operator-config'>): Finding {
  const { items, missing } = view.listed('configmaps');
  const map = `ConfigMap ${namespace}/config`;
  const found = items.find((each) => each.namespace === namespace && each.name === 'config');
  if (!found) return missing === undefined ? notThere(map) : unknownFor(missing, right(`configmaps of ${namespace}`));
  const { operatorConfig: config } = found;
  if (config?.state !== 'observed') return unknownFor(`what is in ${map}: ${config?.detail ?? 'nobody looked when the evidence was kept; scan the cluster anew'}`, { of: 'other', name: map });
  const raw = fieldAt(config.value, path);
  const value = path[0]?.endsWith('Arguments') === true ? argumentOf(raw, is) : raw;
  const name = path.join('.');
  const where = { source: 'api', at: `${name} in ${map}`, found: shownValue(raw ?? 'not set') } as const;
  return holds(is, value) ? passes(where) : failsBy(`${name} is ${raw === undefined ? 'not set' : shownValue(raw)}, ${testText(is)}`, where);
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
