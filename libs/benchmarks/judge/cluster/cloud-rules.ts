import { shownValue } from '#controls/engine/shown-value.js';
import { logGroups } from '../../cloud/cloud-description.js';
import { describeCommands } from '../../evidence.js';
import { fieldAt } from '../../rules/field-at.js';
import type { CloudProvider, RuleOf } from '../../rules/rule.js';
import { holds } from '../../rules/value-test.js';
import { combine, failsBy, passes, unknownFor, type Finding } from '../finding.js';
import { testText } from '../test-text.js';
import type { ClusterView } from './cluster-view.js';

const withoutDescription = (provider: CloudProvider): Finding => unknownFor(`the provider's description of the cluster: upload what \`${describeCommands[provider]}\` prints`, { of: 'cloud' });

export function judgeCloud(view: ClusterView, rule: RuleOf<'cloud'>): Finding {
  const description = view.clouds.get(rule.provider);
  if (!description) return withoutDescription(rule.provider);
  if (!rule.each) return judgeField(description.fields, rule, '');
  const name = rule.each.join('.');
  const elements = fieldAt(description.fields, rule.each);
  if (elements === undefined) return rule.absent ? judgeValue(rule.absent.means, rule, name) : unknownFor(`${name}, which the description does not have`, { of: 'cloud' });
  if (!Array.isArray(elements)) return unknownFor(`${name}, which is no list in the description`, { of: 'cloud' });
  if (elements.length === 0) return failsBy(`${name} is empty`, { source: 'cloud', at: name });
  return combine('all', elements.map((element) => judgeField(element, rule, `${name}[].`)));
}

function judgeField(fields: unknown, rule: RuleOf<'cloud'>, prefix: string): Finding {
  for (const path of rule.paths) {
    const value = fieldAt(fields, path);
    if (value !== undefined) return judgeValue(value, rule, `${prefix}${path.join('.')}`);
  }
  const name = `${prefix}${rule.paths[0]!.join('.')}`;
  return rule.absent ? judgeValue(rule.absent.means, rule, name) : unknownFor(`${name}, which the description does not have`, { of: 'cloud' });
}

function judgeValue(value: unknown, { is }: RuleOf<'cloud'>, name: string): Finding {
  const where = { source: 'cloud', at: name, found: shownValue(value ?? 'not set') } as const;
  return holds(is, value) ? passes(where) : failsBy(`${name} is ${value === null || value === undefined ? 'not set' : shownValue(value)}, ${testText(is)}`, where);
}

export function judgeLogs(view: ClusterView, { types }: RuleOf<'control-plane-logs'>): Finding {
  const description = view.clouds.get('eks');
  if (!description) return withoutDescription('eks');
  const groups = fieldAt(description.fields, logGroups);
  const name = logGroups.join('.');
  if (!Array.isArray(groups)) return unknownFor(`${name}, which the description does not have`, { of: 'cloud' });
  const shipped = new Set(groups.flatMap((group) => (fieldAt(group, ['enabled']) === true ? ((fieldAt(group, ['types']) ?? []) as readonly unknown[]) : [])));
  const left = types.filter((type) => !shipped.has(type));
  const where = { source: 'cloud', at: name, found: shownValue([...shipped].join(',')) } as const;
  return left.length === 0 ? passes(where) : failsBy(`logs that are not shipped: ${left.join(', ')}`, where);
}
