import type { ControlAnswer } from '../../benchmark.js';
import { partName } from '../controls/answer.js';
import { apiServerParts } from './api-server-parts.js';
import { etcdParts } from './etcd-parts.js';
import { kubeletParts } from './kubelet-parts.js';
import { managerParts } from './manager-parts.js';
import type { PartRule } from './part-rule.js';

const parts: Readonly<Record<string, PartRule>> = { ...apiServerParts, ...etcdParts, ...kubeletParts };

/** How a node's evidence answers what a control does of the API; undefined where no node shows it. */
export function partRuleOf(answer: ControlAnswer): PartRule | undefined {
  const name = partName(answer);
  if (Object.hasOwn(parts, name)) return parts[name];
  return answer.component && Object.hasOwn(managerParts, name) ? managerParts[name]![answer.component] : undefined;
}
