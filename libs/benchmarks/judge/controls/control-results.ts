import type { Control } from '#controls/engine/control.js';
import { violatedBy, type ObserveVerdict } from '#controls/engine/tally.js';
import type { Evaluation } from '#controls/engine/evaluation.js';
import type { NamedSubject } from '#controls/engine/named-subject.js';
import { joinedParts } from '#controls/engine/named-subject.js';
import { shownValue } from '#controls/engine/shown-value.js';
import { valuesText, type Values } from '#controls/engine/values.js';
import type { Verdict } from '#controls/engine/verdict.js';
import { flagzOfKubelet, sourceOfComponent } from '#inventory/components/source-of-component.js';
import type { Inventory } from '#inventory/inventory.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { refText, type ResourceRef } from '#inventory/resource-ref.js';
import { resourceTypes } from '#inventory/resources.js';
import { itemsOf, type Benchmark, type ControlAnswer } from '../../benchmark.js';
import type { Component } from '../../component.js';
import { noSubjects, type SubjectStatus } from '../../outcomes/subject-verdict.js';
import { combine, doesNotApply, failsBy, passes, unknownFor, type Finding, type Need } from '../finding.js';
import type { EvidenceSource } from '../judgement.js';
import { answerKey } from './answer.js';

/** One subject that a control judged. */
export interface AnsweredSubject {
  readonly subject: string;
  readonly finding: Finding;
}

/** What a control, or a part of it, says of a cluster, subject by subject. */
export interface Answer {
  /** Of nodes and of processes on them, by node: the worst where there are several. */
  readonly byNode: ReadonlyMap<string, Finding>;
  /** Other subjects, as many of each status as are kept. */
  readonly others: readonly AnsweredSubject[];
  /** How many of the others there are beside those. */
  readonly more: Readonly<Record<SubjectStatus, number>>;
  /** What holds beside what was judged: that there may be more, that there is nothing, or that the control broke. */
  readonly whole?: Finding;
}

/** Subjects of each status that are kept by name. */
const KEPT = 1_000;

interface Gathering {
  readonly answer: ControlAnswer;
  readonly rules: ReadonlySet<string>;
  readonly byNode: Map<string, Finding>;
  readonly others: AnsweredSubject[];
  readonly kept: Record<SubjectStatus, number>;
  readonly more: Record<SubjectStatus, number>;
}

/** Gathers what controls say of their subjects while they are evaluated, for the items of one benchmark. */
export class ControlResults {
  private readonly byControl: readonly (readonly Gathering[])[];
  private readonly lastFailed: (ResourceRef | undefined)[] = [];
  private readonly componentOf: ReadonlyMap<string, Component>;
  private readonly source: readonly EvidenceSource[];
  private readonly nodes: ReadonlySet<string>;
  /** Nodes of whose kubelets flags alone tell. */
  private readonly byFlagz: ReadonlySet<string>;

  /** `controls`: in the order in which they are evaluated. */
  constructor(
    benchmark: Benchmark,
    private readonly controls: readonly Control[],
    inventory: Inventory,
  ) {
    const answers = new Map(itemsOf(benchmark).flatMap(({ answeredBy = [] }) => answeredBy.map((answer) => [answerKey(answer), answer] as const)));
    this.byControl = controls.map(({ id, rules = [] }) => [...answers.values()].filter(({ controlId }) => controlId === id).map((answer): Gathering => ({
      answer, rules: new Set(rules), byNode: new Map(), others: [], kept: noSubjects(), more: noSubjects(),
    })));
    this.source = controls.map(({ evidence }) => sourceOf(evidence));
    this.nodes = new Set(inventory.list('nodes').map(({ name }) => name));
    this.byFlagz = new Set([...inventory.kubelets].filter(([node, facts]) => facts.state === 'observed' && facts.value.shownBy === 'flagz' && !inventory.nodeEvidence.has(node)).map(([node]) => node));
    this.componentOf = new Map(inventory.components.flatMap(({ namespace, pod, component, kind }) => (kind === 'Node' ? [] : [[`${namespace}/${pod}`, component] as const])));
  }

  /** To be handed to `evaluate`. */
  readonly observe: ObserveVerdict = (control, subject, scopePart, verdict, expected, values) => {
    if (verdict.status === 'fail' && expected === undefined) this.lastFailed[control] = subject.resource;
    for (const gathering of this.byControl[control]!) {
      const component = subject.component?.component ?? this.componentOf.get(`${subject.resource.namespace}/${subject.resource.name}`);
      if (gathering.answer.component !== undefined && gathering.answer.component !== component) continue;
      const finding = this.findingOf(control, gathering, subject, verdict, expected, values);
      if (finding) this.keep(gathering, subject, component, scopePart, verdict, finding);
    }
  };

  /** `evaluations`: what `evaluate` returned. */
  finish(evaluations: readonly Evaluation<unknown>[]): ReadonlyMap<string, Answer> {
    const answers = new Map<string, Answer>();
    this.byControl.forEach((gatherings, index) => {
      for (const { answer, byNode, others, more } of gatherings) {
        const evaluation = evaluations[index];
        const whole = evaluation && this.wholeOf(evaluation, answer, byNode.size + others.length);
        answers.set(answerKey(answer), { byNode, others, more, ...(whole && { whole }) });
      }
    });
    return answers;
  }

  /** Undefined for what says nothing of this part. */
  private findingOf(control: number, { answer: { part }, rules }: Gathering, subject: NamedSubject, verdict: Verdict, expected: string | undefined, values: Values | undefined): Finding | undefined {
    if (part !== undefined && verdict.part !== undefined && verdict.part !== part) return undefined;
    const { source, at } = this.whereOf(control, subject);
    const where = { source, at, ...(values && foundIn(values, at)) };
    switch (verdict.status) {
      case 'pass': return passes(where);
      case 'unknown': return unknownFor(verdict.missing.detail === '' ? verdict.missing.fact : verdict.missing.detail, needOf(verdict.missing), { source });
      case 'not-applicable': return doesNotApply(verdict.reason, { source, at });
      case 'implied': return this.lastFailed[control] === subject.resource ? failsBy('what is wider than this fails already', { source, at }) : doesNotApply('what is wider than this is expected to fail', { source, at });
      case 'fail':
        if (expected !== undefined) return doesNotApply(`this is expected: ${expected}`, { source, at });
        // A failure of several rules together is one of those alone that it names.
        if (part !== undefined && verdict.part === undefined && rules.has(part) && violatedBy(verdict)?.includes(part) === false) return passes(where);
        return failsBy(verdict.message, where);
    }
  }

  private whereOf(control: number, { component, resource }: NamedSubject): { readonly source: EvidenceSource; readonly at: string } {
    const source = this.source[control]!;
    if (component) return { source: component.shownBy === 'flagz' ? 'flagz' : source, at: sourceOfComponent(component) ?? refText(resource) };
    return source === 'configz' && resource.kind === 'Node' && this.byFlagz.has(resource.name) ? { source: 'flagz', at: flagzOfKubelet(resource.name) } : { source, at: refText(resource) };
  }

  private keep(gathering: Gathering, { resource }: NamedSubject, component: Component | undefined, scopePart: string, verdict: Verdict, finding: Finding): void {
    const node = resource.kind === 'Node' ? resource.name : resource.kind === 'Cluster' ? undefined : component && this.nodeOf(resource.name, component);
    if (node !== undefined) {
      const known = gathering.byNode.get(node);
      gathering.byNode.set(node, known ? combine('all', [known, finding]) : finding);
      return;
    }
    if (gathering.kept[finding.status] >= KEPT) {
      gathering.more[finding.status]++;
      return;
    }
    gathering.kept[finding.status]++;
    const part = joinedParts(scopePart, gathering.answer.part === undefined ? (verdict.part ?? '') : '');
    gathering.others.push({ subject: part === '' ? refText(resource) : `${refText(resource)} (${part})`, finding });
  }

  /** Static pods are named by their manifest and the node that runs them: by the longest that it can be. */
  private nodeOf(pod: string, component: Component): string {
    for (let at = pod.indexOf('-'); at >= 0; at = pod.indexOf('-', at + 1)) if (this.nodes.has(pod.slice(at + 1))) return pod.slice(at + 1);
    return pod.startsWith(`${component}-`) ? pod.slice(component.length + 1) : pod;
  }

  private wholeOf({ outcome, error, unknowns, notApplicables, complete, controlId }: Evaluation<unknown>, { component }: ControlAnswer, seen: number): Finding | undefined {
    if (outcome === 'error') return unknownFor(`a result of ${controlId}, which broke: ${error ?? ''}`, { of: 'other', name: controlId });
    for (const { missing, count } of unknowns) {
      if (count > 0) continue;
      // That another component is not to be seen says nothing of this one.
      if (component !== undefined && seen > 0 && missing.fact === 'component-flags') continue;
      return unknownFor(missing.detail === '' ? missing.fact : missing.detail, needOf(missing));
    }
    if (seen > 0) return undefined;
    const reason = notApplicables.find(({ count }) => count === 0)?.reason;
    if (reason !== undefined && reason.startsWith('switched off')) return unknownFor(`${controlId}, which is ${reason}`, { of: 'other', name: controlId });
    if (outcome === 'not-applicable' && complete) return doesNotApply(reason ?? `there is nothing that ${controlId} is about`);
    return unknownFor(reason ?? `what ${controlId} could not read`, { of: 'other', name: controlId });
  }
}

/** What a report shows of them; one has a name to be found by. */
function foundIn(values: Values, at: string): Pick<Finding, 'found' | 'at'> {
  const [name, ...others] = Object.keys(values);
  return { found: shownValue(valuesText(values)), at: others.length === 0 ? `${name} of ${at}` : at };
}

export function needOf({ fact }: MissingEvidence): Need {
  if (Object.hasOwn(resourceTypes, fact)) return { of: 'right', resource: fact };
  return fact === 'kubelet-config' || fact === 'component-flags' ? { of: 'collector' } : { of: 'other', name: fact };
}

function sourceOf(evidence: readonly string[]): EvidenceSource {
  if (evidence.includes('configz')) return 'configz';
  return evidence.includes('flags') ? 'flags' : 'api';
}
