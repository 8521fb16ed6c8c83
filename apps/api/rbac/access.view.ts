import { stringify } from 'yaml';
import type { Answered } from '#application/rbac/access.service.js';
import type { AccessBasis, CanIAnswer, EscalationAnswer, FoundPath } from '#application/rbac/access-questions.js';
import type { FromScan } from '#application/scans/evidence-questions.js';
import type { GrantChain, RbacRef } from '#inventory/access/access-facts.js';
import { stageText, stepText } from '#inventory/access/escalation-words.js';
import type { EscalationStep, Stage } from '#inventory/access/escalation-world.js';
import { bindingObject, roleObject } from '#inventory/access/rbac-objects.js';
import type { PolicyRule, Subject } from '#inventory/facts.js';
import { ofScan, OfScanView } from '../scans/of-scan.js';
import { ApiField } from '../schema/api-field.js';
import { int, text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { CommonView, view, View } from '../schema/shapes.js';

@View('RbacSubject', 'A user, a group or a service account.')
export class RbacSubjectView {
  @ApiField.text({ about: 'User, Group or ServiceAccount.' })
  readonly kind: string;

  @ApiField.text({ about: 'Of a service account.' })
  readonly namespace: string;

  @ApiField.text({ about: 'Its name.' })
  readonly name: string;

  static of(this: void, { kind, namespace, name }: Subject): RbacSubjectView {
    return view(RbacSubjectView, { kind, namespace, name });
  }
}

@View('RbacObject', 'A role or a binding.')
export class RbacObjectView {
  @ApiField.text({ about: 'Role, ClusterRole, RoleBinding or ClusterRoleBinding.' })
  readonly kind: string;

  @ApiField.text({ about: 'Empty for what belongs to the whole cluster.' })
  readonly namespace: string;

  @ApiField.text({ about: 'Its name.' })
  readonly name: string;

  static of(this: void, { kind, namespace, name }: RbacRef): RbacObjectView {
    return view(RbacObjectView, { kind, namespace, name });
  }
}

@View('PolicyRule', 'A rule of a role.')
export class PolicyRuleView {
  @ApiField.list(text(), { about: 'What may be done.' })
  readonly verbs: readonly string[];

  @ApiField.list(text(), { about: 'API groups; empty text is the core group.' })
  readonly apiGroups: readonly string[];

  @ApiField.list(text(), { about: 'With which resources.' })
  readonly resources: readonly string[];

  @ApiField.list(text(), { about: 'With which objects only; none: with all.' })
  readonly resourceNames: readonly string[];

  @ApiField.list(text(), { about: 'With which paths that are no resources.' })
  readonly nonResourceURLs: readonly string[];

  static of(this: void, { verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): PolicyRuleView {
    return view(PolicyRuleView, { verbs, apiGroups, resources, resourceNames, nonResourceURLs });
  }
}

@View('GrantChain', 'How a right came about.')
export class GrantChainView {
  @ApiField.text({ about: '`binding`; or `superuser` for members of system:masters, whom the API server lets in before it asks RBAC.' })
  readonly by: string;

  @ApiField.object(() => RbacSubjectView, { about: 'The asker itself, or the group by which it is meant.' })
  readonly subject: RbacSubjectView;

  @ApiField.object(() => RbacObjectView, { about: 'What binds the role to the subject.', isNullable: true })
  readonly binding: RbacObjectView | null;

  @ApiField.object(() => RbacObjectView, { about: 'The role that is bound.', isNullable: true })
  readonly role: RbacObjectView | null;

  @ApiField.text({ about: 'The cluster role from which an aggregated one has the rule, where that is known.', isNullable: true })
  readonly aggregatedFrom: string | null;

  @ApiField.object(() => PolicyRuleView, { about: 'The rule that allows it.', isNullable: true })
  readonly rule: PolicyRuleView | null;

  @ApiField.int({ about: 'Its place among the rules of the role it stands in, from 0.', isNullable: true })
  readonly ruleIndex: number | null;

  static of(this: void, chain: GrantChain): GrantChainView {
    const subject = RbacSubjectView.of(chain.subject);
    if (chain.by === 'superuser') return view(GrantChainView, { by: chain.by, subject, binding: null, role: null, aggregatedFrom: null, rule: null, ruleIndex: null });
    return view(GrantChainView, {
      by: chain.by, subject, binding: RbacObjectView.of(chain.binding), role: RbacObjectView.of(chain.role),
      aggregatedFrom: chain.aggregatedFrom ?? null, rule: PolicyRuleView.of(chain.rule), ruleIndex: chain.ruleIndex,
    });
  }
}

/** What every answer on access says of itself. */
@CommonView()
class AccessAnswerView extends OfScanView {
  @ApiField.list(object(() => RbacObjectView), { about: 'Aggregated roles too large to compute, which may grant more.' })
  readonly unresolved: readonly RbacObjectView[];
}

const basisOf = (answer: FromScan & AccessBasis): AccessAnswerView => ({ ...ofScan(answer), unresolved: answer.unresolved.map(RbacObjectView.of) });

@View('CanI', 'Whether a request is allowed.')
export class CanIView {
  @ApiField.bool({ about: 'Null: nothing that was read allows it, but not everything was read.', isNullable: true })
  readonly allowed: boolean | null;

  @ApiField.object(() => GrantChainView, { about: 'The first chain that grants it.', isNullable: true })
  readonly chain: GrantChainView | null;

  static of(this: void, { allowed, chain }: CanIAnswer): CanIView {
    return view(CanIView, { allowed, chain: chain && GrantChainView.of(chain) });
  }
}

@View('CanIAnswers', 'Whether requests are allowed by RBAC. Node, ABAC and webhook authorizers may allow more.')
export class CanIAnswersView extends AccessAnswerView {
  @ApiField.list(object(() => CanIView), { about: 'One a query, in their order.' })
  readonly answers: readonly CanIView[];

  static of(this: void, answer: Answered<'can-i'>): CanIAnswersView {
    return view(CanIAnswersView, { ...basisOf(answer), answers: answer.answers.map(CanIView.of) });
  }
}

@View('RightHolder', 'Who may do something, and why.')
export class RightHolderView {
  @ApiField.object(() => RbacSubjectView, { about: 'A group stands for its members.' })
  readonly subject: RbacSubjectView;

  @ApiField.object(() => GrantChainView, { about: 'The first chain that grants it.' })
  readonly chain: GrantChainView;
}

@View('WhoCanAnswer', 'Who may do something by RBAC. Node, ABAC and webhook authorizers may allow more.')
export class WhoCanAnswerView extends AccessAnswerView {
  @ApiField.list(object(() => RightHolderView), { about: 'Each subject once.' })
  readonly holders: readonly RightHolderView[];

  static of(this: void, answer: Answered<'who-can'>): WhoCanAnswerView {
    return view(WhoCanAnswerView, {
      ...basisOf(answer), holders: answer.holders.map(({ subject, chain }) => view(RightHolderView, { subject: RbacSubjectView.of(subject), chain: GrantChainView.of(chain) })),
    });
  }
}

@View('EffectiveRule', 'A rule that holds for a subject.')
export class EffectiveRuleView {
  @ApiField.text({ about: 'Where it holds; empty: in the whole cluster.' })
  readonly namespace: string;

  @ApiField.object(() => PolicyRuleView, { about: 'The rule.' })
  readonly rule: PolicyRuleView;

  @ApiField.object(() => GrantChainView, { about: 'What grants it.' })
  readonly chain: GrantChainView;
}

@View('WhatCanAnswer', 'What a subject may do by RBAC.')
export class WhatCanAnswerView extends AccessAnswerView {
  @ApiField.list(object(() => EffectiveRuleView), { about: 'Rules of the whole cluster first, 5,000 at most.' })
  readonly rules: readonly EffectiveRuleView[];

  @ApiField.bool({ about: 'There are more than are shown: ask for one namespace.' })
  readonly hasMore: boolean;

  static of(this: void, answer: Answered<'what-can'>): WhatCanAnswerView {
    return view(WhatCanAnswerView, {
      ...basisOf(answer), hasMore: answer.hasMore,
      rules: answer.rules.map(({ namespace, rule, chain }) => view(EffectiveRuleView, { namespace, rule: PolicyRuleView.of(rule), chain: GrantChainView.of(chain) })),
    });
  }
}

@View('CoversAnswer', 'Whether one side holds all rights of another.')
export class CoversAnswerView extends AccessAnswerView {
  @ApiField.bool({ about: 'Null: nothing that was read covers the rest, but not everything was read, or there is too much to compare.', isNullable: true })
  readonly covers: boolean | null;

  @ApiField.list(object(() => PolicyRuleView), { about: 'Single rights of the servant that the owner does not hold, 10,000 at most.' })
  readonly uncovered: readonly PolicyRuleView[];

  @ApiField.int({ about: 'How many there are in all.' })
  readonly uncoveredCount: number;

  static of(this: void, answer: Answered<'covers'>): CoversAnswerView {
    const { coverage } = answer;
    const isWhole = answer.incomplete.length === 0 && answer.unresolved.length === 0;
    return view(CoversAnswerView, {
      ...basisOf(answer),
      covers: coverage.state === 'unknown' || !isWhole ? null : coverage.state === 'covered',
      uncovered: coverage.state === 'uncovered' ? coverage.uncovered.map(PolicyRuleView.of) : [],
      uncoveredCount: coverage.state === 'uncovered' ? coverage.count : 0,
    });
  }
}

@View('GrownRights', 'Rights that bindings give a subject and gave not before.')
export class GrownRightsView {
  @ApiField.object(() => RbacSubjectView, { about: 'Who; what a group gets is told of the group.' })
  readonly subject: RbacSubjectView;

  @ApiField.text({ about: 'Where; empty: in the whole cluster.' })
  readonly namespace: string;

  @ApiField.list(object(() => PolicyRuleView), { about: 'Single rights, 50 at most.' })
  readonly rights: readonly PolicyRuleView[];

  @ApiField.int({ about: 'How many there are.' })
  readonly count: number;

  @ApiField.bool({ about: 'The rules are too many to compare right by right.' })
  readonly isUncertain: boolean;
}

@View('AccessDifference', 'Who may do what that they might not at an earlier scan.')
export class AccessDifferenceView extends AccessAnswerView {
  @ApiField.list(object(() => GrownRightsView), { about: 'By subject, then place, 1,000 at most.' })
  readonly grown: readonly GrownRightsView[];

  @ApiField.bool({ about: 'There is more than is shown.' })
  readonly isCut: boolean;

  static of(this: void, answer: Answered<'difference'>): AccessDifferenceView {
    const { grown, isCut } = answer.difference;
    return view(AccessDifferenceView, {
      ...basisOf(answer), isCut,
      grown: grown.map(({ subject, namespace, rights, count, isUncertain }) => view(GrownRightsView, { subject: RbacSubjectView.of(subject), namespace, rights: rights.map(PolicyRuleView.of), count, isUncertain })),
    });
  }
}

@View('DanglingBinding', 'A binding to a role that does not exist: whoever makes one of this name decides what the subjects may do.')
export class DanglingBindingView {
  @ApiField.object(() => RbacObjectView, { about: 'The binding.' })
  readonly binding: RbacObjectView;

  @ApiField.text({ about: 'Role or ClusterRole.' })
  readonly roleKind: string;

  @ApiField.text({ about: 'The name that is not there.' })
  readonly roleName: string;
}

@View('LostSubjects', 'Subjects of a binding that do not exist.')
export class LostSubjectsView {
  @ApiField.object(() => RbacObjectView, { about: 'The binding.' })
  readonly binding: RbacObjectView;

  @ApiField.list(object(() => RbacSubjectView), { about: 'Service accounts that are not there.' })
  readonly subjects: readonly RbacSubjectView[];
}

@View('UnusedAccess', 'Roles nobody is bound to, and bindings that lead nowhere. What cannot be concluded, because a list was not read to its end, is null.')
export class UnusedAccessView extends AccessAnswerView {
  @ApiField.list(object(() => RbacObjectView), { about: 'Roles that no binding names and no named role aggregates.', isNullable: true })
  readonly unboundRoles: readonly RbacObjectView[] | null;

  @ApiField.list(object(() => DanglingBindingView), { about: 'Bindings to roles that do not exist.', isNullable: true })
  readonly danglingBindings: readonly DanglingBindingView[] | null;

  @ApiField.list(object(() => LostSubjectsView), { about: 'Bindings to service accounts that do not exist.', isNullable: true })
  readonly lostSubjects: readonly LostSubjectsView[] | null;

  @ApiField.list(object(() => RbacObjectView), { about: 'Bindings without any subject that could be somebody.' })
  readonly emptyBindings: readonly RbacObjectView[];

  static of(this: void, answer: Answered<'unused'>): UnusedAccessView {
    const { unboundRoles, danglingBindings, lostSubjects, emptyBindings } = answer.unused;
    return view(UnusedAccessView, {
      ...basisOf(answer),
      unboundRoles: unboundRoles.state === 'known' ? unboundRoles.value.map(RbacObjectView.of) : null,
      danglingBindings: danglingBindings.state === 'known'
        ? danglingBindings.value.map(({ binding, role }) => view(DanglingBindingView, { binding: RbacObjectView.of(binding), roleKind: role.kind, roleName: role.name }))
        : null,
      lostSubjects: lostSubjects.state === 'known'
        ? lostSubjects.value.map(({ binding, subjects }) => view(LostSubjectsView, { binding: RbacObjectView.of(binding), subjects: subjects.map(RbacSubjectView.of) }))
        : null,
      emptyBindings: emptyBindings.map(RbacObjectView.of),
    });
  }
}

@View('RightSizedAccess', 'Roles of exactly what a subject was seen to use, as far as it may.')
export class RightSizedView extends AccessAnswerView {
  @ApiField.text({ about: 'A Role and RoleBinding for each namespace, and a ClusterRole with its binding for what was asked of the whole cluster, as YAML to apply. Empty where nothing that was used is granted.' })
  readonly manifest: string;

  @ApiField.list(int(), { about: 'Places in `used`, from 0, of requests that nothing which was read grants: they are in no role.' })
  readonly notGranted: readonly number[];

  @ApiField.list(object(() => RbacObjectView), { about: 'Bindings that name the subject and gave it what it used: with the manifest applied it can be taken out of them.' })
  readonly replaces: readonly RbacObjectView[];

  @ApiField.list(object(() => RbacObjectView), { about: 'Bindings that name the subject and gave it nothing that it used.' })
  readonly surplus: readonly RbacObjectView[];

  @ApiField.list(object(() => RbacObjectView), { about: 'Bindings of groups that it is in, whose rights it keeps.' })
  readonly byGroup: readonly RbacObjectView[];

  static of(this: void, answer: Answered<'right-size'>): RightSizedView {
    const { roles, bindings, notGranted, replaces, surplus, byGroup } = answer.rightSized;
    return view(RightSizedView, {
      ...basisOf(answer), manifest: [...roles.map(roleObject), ...bindings.map(bindingObject)].map((object) => stringify(object, { lineWidth: 0 })).join('---\n'), notGranted,
      replaces: replaces.map(RbacObjectView.of), surplus: surplus.map(RbacObjectView.of), byGroup: byGroup.map(RbacObjectView.of),
    });
  }
}

const stageEnum = namedEnum(
  'EscalationStageAt',
  ['subject', 'workload', 'host', 'role', 'cluster-admin'] as const satisfies readonly Stage['at'][],
  'What one has at a stage: a subject, the pods of a workload, root on a node, the rights of a role bound on the way, or everything.',
);

@View('EscalationStage', 'A place on a path to cluster-admin.')
export class EscalationStageView {
  @ApiField.oneOf(stageEnum, { about: 'What it is.' })
  readonly at: Stage['at'];

  @ApiField.text({ about: 'Kind of the subject or workload; empty for others.' })
  readonly kind: string;

  @ApiField.text({ about: 'Its namespace; empty for what belongs to the whole cluster.' })
  readonly namespace: string;

  @ApiField.text({ about: 'Its name; `*` for every right in a namespace; empty for cluster-admin and for a node that can be chosen.' })
  readonly name: string;

  @ApiField.text({ about: 'The same in words.' })
  readonly text: string;

  static of(this: void, stage: Stage): EscalationStageView {
    return view(EscalationStageView, { at: stage.at, ...partsOf(stage), text: stageText(stage) });
  }
}

function partsOf(stage: Stage): { readonly kind: string; readonly namespace: string; readonly name: string } {
  switch (stage.at) {
    case 'subject': return stage.subject;
    case 'workload': return stage;
    case 'host': return { kind: '', namespace: '', name: stage.node ?? '' };
    case 'role': return { kind: '', namespace: stage.namespace, name: stage.role };
    case 'cluster-admin': return { kind: '', namespace: '', name: '' };
  }
}

@View('EscalationStep', 'One step on a path to cluster-admin.')
export class EscalationStepView {
  @ApiField.text({ about: 'Stable slug of why it is possible, such as `create-workloads` or `mounted-token`.' })
  readonly reason: string;

  @ApiField.text({ about: 'A sentence: what is done, where, by which binding and rule, and what it needs besides.' })
  readonly text: string;

  @ApiField.object(() => EscalationStageView, { about: 'Whose step it is.' })
  readonly from: EscalationStageView;

  @ApiField.object(() => EscalationStageView, { about: 'Where it leads.' })
  readonly to: EscalationStageView;

  @ApiField.text({ about: 'Where the right is used; empty: in the whole cluster.' })
  readonly namespace: string;

  @ApiField.list(object(() => GrantChainView), { about: 'The bindings that together make it possible; none where it takes no right.' })
  readonly grants: readonly GrantChainView[];

  @ApiField.text({ about: 'What must hold besides.', isNullable: true })
  readonly needs: string | null;

  @ApiField.bool({ about: 'Whether that is more than an ordinary cluster has.' })
  readonly isConditional: boolean;

  static of(this: void, step: EscalationStep): EscalationStepView {
    const { reason, from, to, namespace, grants, needs = null, isConditional } = step;
    return view(EscalationStepView, { reason, text: stepText(step), from: EscalationStageView.of(from), to: EscalationStageView.of(to), namespace, grants: grants.map(GrantChainView.of), needs, isConditional });
  }
}

@View('EscalationPath', 'A shortest way to cluster-admin.')
export class EscalationPathView {
  @ApiField.object(() => EscalationStageView, { about: 'Who holds the rights, or whose pod was broken into.' })
  readonly start: EscalationStageView;

  @ApiField.bool({ about: 'It starts at a part of Kubernetes itself, or in kube-system, where much is as good as cluster-admin by design.' })
  readonly isOfSystem: boolean;

  @ApiField.bool({ about: 'Whether a step of it is conditional; there is then no way of at most fifteen steps without such.' })
  readonly isConditional: boolean;

  @ApiField.list(object(() => EscalationStepView), { about: 'From the start on, 50 at most; none for system:masters, who are there.' })
  readonly steps: readonly EscalationStepView[];

  @ApiField.int({ about: 'Steps that are left out at the end.' })
  readonly moreSteps: number;

  static of(this: void, { start, isOfSystem, isConditional, steps, more }: FoundPath): EscalationPathView {
    return view(EscalationPathView, { start: EscalationStageView.of(start), isOfSystem, isConditional, steps: steps.map(EscalationStepView.of), moreSteps: more });
  }
}

@View('EscalationSummary', 'How many have a way to cluster-admin, and what would take it from most.')
export class EscalationSummaryView {
  @ApiField.int({ about: 'Subjects that have one, beside system:masters.' })
  readonly subjects: number;

  @ApiField.int({ about: 'Workloads whose pods have one.' })
  readonly workloads: number;

  @ApiField.object(() => RbacObjectView, { about: 'The one binding whose removal frees most.', isNullable: true })
  readonly bestCut: RbacObjectView | null;

  @ApiField.int({ about: 'How many subjects and workloads have no way any more without it.' })
  readonly bestCutFrees: number;

  @ApiField.bool({ about: 'False where another binding could do more: the search was cut short.' })
  readonly isBestCutProven: boolean;

  static of(this: void, { subjects, workloads, bestCut }: NonNullable<EscalationAnswer['all']>): EscalationSummaryView {
    return view(EscalationSummaryView, {
      subjects, workloads, bestCut: bestCut ? RbacObjectView.of(bestCut.binding) : null, bestCutFrees: bestCut?.frees ?? 0, isBestCutProven: bestCut?.isProven ?? true,
    });
  }
}

@View('EscalationPaths', 'Ways to cluster-admin by RBAC, pods, nodes and tokens.')
export class EscalationPathsView extends AccessAnswerView {
  @ApiField.bool({ about: 'False: what was not read may hold a way, or a shorter one, and no path proves nothing.' })
  readonly isComplete: boolean;

  @ApiField.list(object(() => EscalationPathView), { about: 'One a start, the shortest first; those of the system after the others.' })
  readonly paths: readonly EscalationPathView[];

  @ApiField.bool({ about: 'There are more than are shown.' })
  readonly hasMore: boolean;

  @ApiField.object(() => EscalationSummaryView, { about: 'Of everybody; null where one was asked for.', isNullable: true })
  readonly summary: EscalationSummaryView | null;

  static of(this: void, { escalation, ...answer }: FromScan & AccessBasis & { readonly escalation: EscalationAnswer }): EscalationPathsView {
    const { isComplete, paths, hasMore, all } = escalation;
    return view(EscalationPathsView, { ...basisOf(answer), isComplete, paths: paths.map(EscalationPathView.of), hasMore, summary: all ? EscalationSummaryView.of(all) : null });
  }
}
