import { isBefore, minorOf, type MinorVersion } from '#inventory/readers/minor-version.js';
import type { Rule, RuleKind, RuleOf } from '../rules/rule.js';
import { rulesWithin } from '../rules/rule.js';
import { judgeCloud, judgeLogs } from './cluster/cloud-rules.js';
import { judgeBindings, judgeCapability, judgeConstraints, judgeNamespaces, judgePrivateNodes, judgeRoutes } from './cluster/cluster-rules.js';
import { judgeAwsAuth, judgeLogForwarding, judgeTlsProfile } from './cluster/configuration-rules.js';
import type { ClusterView } from './cluster/cluster-view.js';
import { judgeCondition, judgeObject, judgeObjectsNamed, judgeOperatorConfig } from './cluster/object-rules.js';
import { collector, combine, doesNotApply, toLookAt, unknownFor, type Finding } from './finding.js';
import { judgeAuthorities } from './node/authority-rule.js';
import { judgeAuditPolicy, judgeAuthorizers, judgeConfigFile, judgeEncryption } from './node/config-rules.js';
import { judgeMode, judgeOwner } from './node/file-rules.js';
import type { NodeView } from './node/node-view.js';
import { fromFlagz, fromKubelet, judgeFlag, judgeKubelet, judgeKubeProxy } from './node/setting-rules.js';

/** What one rule is judged on. */
export interface Ground {
  readonly cluster: ClusterView;
  /** A node's evidence, for rules about nodes. */
  readonly node?: NodeView;
  /** The node's name, where what the cluster says of it may decide. */
  readonly nodeName?: string;
}

const ofNodes = ['file-mode', 'file-owner', 'flag', 'kubelet', 'kube-proxy', 'config-file', 'authorizers', 'encryption-provider', 'audit-policy', 'authorities-differ'] as const satisfies readonly RuleKind[];

/** Whether a rule, or a part of it, is judged node by node. */
export const isAboutNodes = (rule: Rule): boolean => rulesWithin(rule).some(({ kind }) => (ofNodes as readonly RuleKind[]).includes(kind));

const unseen = unknownFor('any evidence of the node', collector);

/** What a rule comes to on its ground. */
export function judgeRule(rule: Rule, ground: Ground): Finding {
  const { cluster, node } = ground;
  switch (rule.kind) {
    case 'file-mode': return node ? judgeMode(node, rule) : unseen;
    case 'file-owner': return node ? judgeOwner(node, rule) : unseen;
    case 'flag': return liveFlag(rule, ground) ?? (node ? judgeFlag(node, rule) : unseen);
    case 'kubelet': return liveKubelet(rule, ground) ?? (node ? judgeKubelet(node, rule) : unseen);
    case 'kube-proxy': return node ? judgeKubeProxy(node, rule) : unseen;
    case 'config-file': return node ? judgeConfigFile(node, rule) : unseen;
    case 'authorizers': return node ? judgeAuthorizers(node, rule) : unseen;
    case 'encryption-provider': return node ? judgeEncryption(node, rule) : unseen;
    case 'audit-policy': return node ? judgeAuditPolicy(node, rule) : unseen;
    case 'authorities-differ': return node ? judgeAuthorities(node, rule) : unseen;
    case 'operator-config': return judgeOperatorConfig(cluster, rule);
    case 'object': return judgeObject(cluster, rule);
    case 'tls-profile': return judgeTlsProfile(cluster, rule);
    case 'audit-log-forwarded': return judgeLogForwarding(cluster);
    case 'joined-without-aws-auth': return judgeAwsAuth(cluster);
    case 'condition': return judgeCondition(cluster, rule);
    case 'objects-named': return judgeObjectsNamed(cluster, rule);
    case 'nodes-are-private': return judgePrivateNodes(cluster);
    case 'routes-have-certificates': return judgeRoutes(cluster, rule);
    case 'namespaces-have': return judgeNamespaces(cluster, rule);
    case 'no-binding': return judgeBindings(cluster, rule);
    case 'capability-dropped': return judgeCapability(cluster, rule);
    case 'constraints': return judgeConstraints(cluster, rule);
    case 'cloud': return judgeCloud(cluster, rule);
    case 'control-plane-logs': return judgeLogs(cluster, rule);
    case 'before': return judgeBefore(rule, ground);
    case 'all': return judgeAll(rule.of, ground);
    case 'any': return combine('any', rule.of.map((one) => judgeRule(one, ground)));
    case 'first-known': return judgeFirst(rule.of.map((one) => judgeRule(one, ground)));
    case 'not-applicable': return doesNotApply(rule.reason);
    case 'undecidable': return toLookAt(rule.look, rule.gathered);
  }
}

/** Where there is no file of which a rule says that without it nothing applies, nothing does. */
function judgeAll(rules: readonly Rule[], ground: Ground): Finding {
  const findings = rules.map((one) => judgeRule(one, ground));
  return findings.find(({ status }, index) => status === 'not-applicable' && rules[index]!.kind === 'config-file') ?? combine('all', findings);
}

const judgeFirst = (findings: readonly Finding[]): Finding => findings.find(({ status }) => status !== 'unknown') ?? combine('all', findings);

/** What a kubelet itself says counts before what is read of its files. */
function liveKubelet(rule: RuleOf<'kubelet'>, { cluster, node, nodeName }: Ground): Finding | undefined {
  const live = nodeName === undefined ? undefined : cluster.inventory?.kubelets.get(nodeName);
  // Files, of which flags say nothing, are the node's own evidence's to tell.
  return live?.state === 'observed' && !(node && live.value.shownBy) ? fromKubelet(live.value, rule) : undefined;
}

/** What a kubelet itself says of its command line, or why it did not where nobody looked at its node. */
function liveFlag(rule: RuleOf<'flag'>, { cluster, node, nodeName }: Ground): Finding | undefined {
  const told = rule.component === 'kubelet' && nodeName !== undefined ? cluster.inventory?.kubeletFlags.get(nodeName) : undefined;
  if (told?.state === 'observed') return fromFlagz(told.value, nodeName!, rule);
  return told && !node ? unknownFor(`${told.detail}; the node collector reads its command line`, collector, { source: 'flagz' }) : undefined;
}

function judgeBefore({ version, rule, since }: Extract<Rule, { kind: 'before' }>, ground: Ground): Finding {
  const server = ground.node?.versionOf('kube-apiserver') ?? minorOf(ground.cluster.inventory?.cluster.version ?? '');
  const limit = minorOf(version)!;
  if (server ? !isBefore(server, limit) : hasKubeletSince(limit, ground)) return doesNotApply(since);
  const judged = judgeRule(rule, ground);
  return server ? judged : unknownFor('the version of the API server, on which it depends', { of: 'other', name: 'server-version' });
}

/** No kubelet is newer than its API server. */
function hasKubeletSince(limit: MinorVersion, { cluster }: Ground): boolean {
  return cluster.listed('nodes').items.some(({ kubeletVersion }) => {
    const kubelet = minorOf(kubeletVersion);
    return kubelet !== undefined && !isBefore(kubelet, limit);
  });
}
