import type { OperatorNamespace } from '#inventory/projection/configuration.js';
import type { ItemSpec } from '../item-spec.js';
import { byRule } from '../item-spec.js';
import { text } from '../remedies/remedy.js';
import { all, type Rule } from '../rules/rule.js';
import { isSet, type ValueTest } from '../rules/value-test.js';

/** Arguments are lists there, even where one value is meant. */
const argument = (namespace: OperatorNamespace, field: string) => (flag: string, is: ValueTest): Rule =>
  ({ kind: 'operator-config', namespace, path: [field, flag], is });

export const apiServerArgument = argument('openshift-kube-apiserver', 'apiServerArguments');
export const managerArgument = argument('openshift-kube-controller-manager', 'extendedArguments');
export const allSet = (of: typeof apiServerArgument, ...flags: readonly string[]): Rule => all(...flags.map((flag) => of(flag, isSet)));

const managed = (operator: string): string => `The operator sets this: take what changes it out of \`spec.unsupportedConfigOverrides\` of ${operator}.operator.openshift.io/cluster, and open a case with Red Hat where it is still not as asked.`;

const item = (operator: string) => (id: string, title: string, rule: Rule, equivalent?: string, remedy = managed(operator)): ItemSpec =>
  byRule(id, title, rule, { assessment: 'manual', target: 'control-plane', remedy: text(remedy), ...(equivalent !== undefined && { equivalent }) });

/** Items of the API server, whose settings its operator writes. `remedy` where an owner can set something. */
export const apiServerItem = item('kubeapiservers');
export const managerItem = item('kubecontrollermanagers');
export const schedulerItem = item('kubeschedulers');
export const etcdItem = item('etcds');
