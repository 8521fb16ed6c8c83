import type { ExposedWorkload } from '#application/reachability/reachability-questions.js';
import type { Found } from '#application/reachability/reachability.service.js';
import type { Caveat, DecidedBy, DirectionAnswer, PairAnswer, PortAnswer, PortRange, Status, UnknownReason } from '#inventory/reachability/answer.js';
import type { WorkloadGroup, WorkloadName } from '#inventory/reachability/difference.js';
import type { ExposureLevel, WayIn } from '#inventory/reachability/exposure.js';
import type { Isolation } from '#inventory/reachability/reachability.js';
import { refText } from '#inventory/resource-ref.js';
import { ResourceView } from '../findings/finding.view.js';
import { ofScan, OfScanView } from '../scans/of-scan.js';
import { ApiField } from '../schema/api-field.js';
import { oneOf, text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { CommonView, View, view } from '../schema/shapes.js';

const statusEnum = namedEnum('ReachStatus', ['allowed', 'denied', 'unknown'] as const satisfies readonly Status[], 'Whether policies let a connection through. `unknown`: it hangs on what could not be read or is not evaluated, and the answer says on what.');
const decidedByEnum = namedEnum(
  'ReachDecidedBy',
  ['no-policy', 'network-policy', 'admin-tier', 'baseline-tier', 'host-network', 'outside', 'own-node', 'self', 'nothing'] as const satisfies readonly DecidedBy[],
  'What decides. `no-policy`: none selects the pod in this direction.',
);
const caveatEnum = namedEnum(
  'ReachCaveat',
  ['ip-block-on-pod-address', 'own-node', 'some-pods', 'address-translation'] as const satisfies readonly Caveat[],
  "What holds beside an answer: an ipBlock on pods' own addresses is the network plugin's decision; a pod accepts traffic of its own node; it holds for some of the pods only; senders' addresses may be translated on the way.",
);
const exposureEnum = namedEnum('ExposureLevel', ['internet', 'cluster', 'namespace', 'none'] as const satisfies readonly ExposureLevel[], 'From how far a workload can be reached.');
const wayEnum = namedEnum('WayInBy', ['LoadBalancer', 'NodePort', 'ExternalIP', 'Ingress', 'HostPort', 'HostNetwork'] as const satisfies readonly WayIn['by'][], 'By what one comes in from outside.');
const protocolEnum = namedEnum('Protocol', ['TCP', 'UDP', 'SCTP'] as const satisfies readonly PortRange['protocol'][], 'Transport protocol.');

@View('ReachUnknown', 'Why an answer is not certain.')
export class ReachUnknownView {
  @ApiField.text({ about: 'Stable slug, such as `other-engine` or `missing`.' })
  readonly kind: string;

  @ApiField.text({ about: 'A sentence.' })
  readonly detail: string;

  @ApiField.list(object(() => ResourceView), { about: 'The objects that it hangs on.' })
  readonly objects: readonly ResourceView[];

  static of(this: void, reason: UnknownReason): ReachUnknownView {
    const objects = 'object' in reason ? [reason.object] : 'objects' in reason ? reason.objects : [];
    return view(ReachUnknownView, { kind: reason.kind, detail: sentenceOf(reason), objects: objects.map(ResourceView.of) });
  }
}

function sentenceOf(reason: UnknownReason): string {
  switch (reason.kind) {
    case 'other-engine': return `${refText(reason.object)} is of another policy engine, which is not evaluated.`;
    case 'unreadable': return `${reason.field} of ${refText(reason.object)} cannot be understood.`;
    case 'address-not-known': return `${refText(reason.object)} names addresses, and not all of those that are asked about are known.`;
    case 'nodes-not-known': return `${refText(reason.object)} names nodes, whose addresses are not known.`;
    case 'domain-names': return `${refText(reason.object)} names domains, which resolve elsewhere.`;
    case 'equal-priority': return `${reason.objects.map(refText).join(' and ')} have the same priority and contradict each other.`;
    case 'too-many-ports': return 'The policies tell so many ports apart that only single ports are answered.';
    case 'missing': return reason.evidence.detail;
    case 'not-found': return `There is no ${reason.party}.`;
    case 'ingress-controller-not-known': return `Who serves ${refText(reason.object)} is not known.`;
    case 'invalid': return `${reason.field} is none that can be asked about.`;
  }
}

@View('PolicyRuleRef', 'A rule of a policy, by its place.')
export class PolicyRuleRefView {
  @ApiField.object(() => ResourceView, { about: 'The policy.' })
  readonly policy: ResourceView;

  @ApiField.text({ about: 'ingress or egress.' })
  readonly direction: string;

  @ApiField.int({ about: 'Its place there, from 0.' })
  readonly index: number;

  @ApiField.text({ about: 'allow, deny, pass; or unreadable.' })
  readonly action: string;
}

@View('DirectionAnswer', 'What one end has to say to a connection.')
export class DirectionAnswerView {
  @ApiField.oneOf(statusEnum, { about: 'Whether this end lets it through.' })
  readonly status: Status;

  @ApiField.oneOf(decidedByEnum, { about: 'What decides.' })
  readonly by: DecidedBy;

  @ApiField.list(object(() => ResourceView), { about: 'Policies that isolate the pod in this direction, 16 at most.' })
  readonly policies: readonly ResourceView[];

  @ApiField.list(object(() => PolicyRuleRefView), { about: 'Rules that decide, 16 at most.' })
  readonly rules: readonly PolicyRuleRefView[];

  static of(this: void, { status, by, policies, rules }: DirectionAnswer): DirectionAnswerView {
    return view(DirectionAnswerView, {
      status, by, policies: policies.map(ResourceView.of),
      rules: rules.map(({ object: policy, direction, index, action }) => view(PolicyRuleRefView, { policy: ResourceView.of(policy), direction, index, action })),
    });
  }
}

@View('PairAnswer', 'Whether one party may open a connection to another.')
export class PairAnswerView {
  @ApiField.oneOf(statusEnum, { about: 'Both ends have to let it through.' })
  readonly status: Status;

  @ApiField.object(() => DirectionAnswerView, { about: 'At the source.' })
  readonly egress: DirectionAnswerView;

  @ApiField.object(() => DirectionAnswerView, { about: 'At the destination.' })
  readonly ingress: DirectionAnswerView;

  @ApiField.list(object(() => ReachUnknownView), { about: 'Why it is not certain.' })
  readonly unknown: readonly ReachUnknownView[];

  @ApiField.list(oneOf(caveatEnum), { about: 'What holds beside it.' })
  readonly caveats: readonly Caveat[];

  static of(this: void, { status, egress, ingress, unknown, caveats }: PairAnswer): PairAnswerView {
    return view(PairAnswerView, { status, egress: DirectionAnswerView.of(egress), ingress: DirectionAnswerView.of(ingress), unknown: unknown.map(ReachUnknownView.of), caveats });
  }
}

@View('PortRange', 'Ports from the first to the last.')
export class PortRangeView {
  @ApiField.oneOf(protocolEnum, { about: 'Their protocol.' })
  readonly protocol: PortRange['protocol'];

  @ApiField.int({ about: 'The first.' })
  readonly first: number;

  @ApiField.int({ about: 'The last.' })
  readonly last: number;

  static of(this: void, { protocol, first, last }: PortRange): PortRangeView {
    return view(PortRangeView, { protocol, first, last });
  }
}

@View('ReachedPorts', 'Ports by certainty; those in neither list are denied.')
export class ReachedPortsView {
  @ApiField.list(object(() => PortRangeView), { about: 'Surely reachable.' })
  readonly allowed: readonly PortRangeView[];

  @ApiField.list(object(() => PortRangeView), { about: 'Perhaps.' })
  readonly unknown: readonly PortRangeView[];

  static of(this: void, { allowed, unknown }: PortAnswer): ReachedPortsView {
    return view(ReachedPortsView, { allowed: allowed.map(PortRangeView.of), unknown: unknown.map(PortRangeView.of) });
  }
}

@CommonView()
class WorkloadNameView {
  @ApiField.text({ about: 'Kind of the workload.' })
  readonly kind: string;

  @ApiField.text({ about: 'Its namespace.' })
  readonly namespace: string;

  @ApiField.text({ about: 'Its name.' })
  readonly name: string;
}

@View('NamedWorkload', 'A workload.')
export class NamedWorkloadView extends WorkloadNameView {
  static of(this: void, { kind, namespace, name }: WorkloadName): NamedWorkloadView {
    return view(NamedWorkloadView, { kind, namespace, name });
  }
}

@View('PairAnswers', 'Whether connections are let through.')
export class PairAnswersView extends OfScanView {
  @ApiField.list(object(() => PairAnswerView), { about: 'One a pair, in their order.' })
  readonly answers: readonly PairAnswerView[];

  static of(this: void, { answer, ...basis }: Found<'pairs'>): PairAnswersView {
    return view(PairAnswersView, { ...ofScan(basis), answers: answer.map(PairAnswerView.of) });
  }
}

@View('ReachedWorkload', 'A workload at the other end.')
export class ReachedWorkloadView extends WorkloadNameView {
  @ApiField.object(() => ReachedPortsView, { about: 'On which ports.' })
  readonly ports: ReachedPortsView;
}

@View('ReachList', 'All that is at the other end.')
export class ReachListView extends OfScanView {
  @ApiField.list(object(() => ReachedWorkloadView), { about: 'By namespace and name, 5,000 at most; those surely denied on every port are not in it.' })
  readonly workloads: readonly ReachedWorkloadView[];

  @ApiField.object(() => ReachedPortsView, { about: 'On which ports with any address outside of the cluster; null where outside is what was asked of.', isNullable: true })
  readonly outside: ReachedPortsView | null;

  @ApiField.object(() => ReachedPortsView, { about: 'On which ports with any address of the internet; null where outside is what was asked of.', isNullable: true })
  readonly internet: ReachedPortsView | null;

  @ApiField.bool({ about: 'Some are left out.' })
  readonly isCut: boolean;

  static of(this: void, { answer, ...basis }: Found<'reach'>): ReachListView {
    return view(ReachListView, {
      ...ofScan(basis), isCut: answer.isCut,
      workloads: answer.workloads.map(({ kind, namespace, name, ports }) => view(ReachedWorkloadView, { kind, namespace, name, ports: ReachedPortsView.of(ports) })),
      outside: 'outside' in answer ? ReachedPortsView.of(answer.outside.any) : null,
      internet: 'outside' in answer ? ReachedPortsView.of(answer.outside.internet) : null,
    });
  }
}

@View('IsolationInDirection', 'Whether anything isolates a party in one direction.')
export class IsolationInDirectionView {
  @ApiField.bool({ about: 'What no rule allows is denied.' })
  readonly isIsolated: boolean;

  @ApiField.list(object(() => ResourceView), { about: 'What isolates it.' })
  readonly by: readonly ResourceView[];

  @ApiField.list(object(() => ReachUnknownView), { about: 'Why it is not certain.' })
  readonly unknown: readonly ReachUnknownView[];

  static of(this: void, { isIsolated, by, unknown }: Isolation): IsolationInDirectionView {
    return view(IsolationInDirectionView, { isIsolated, by: by.map(ResourceView.of), unknown: unknown.map(ReachUnknownView.of) });
  }
}

@View('Isolation', 'Whether anything isolates a party.')
export class IsolationView extends OfScanView {
  @ApiField.object(() => IsolationInDirectionView, { about: 'From what comes in.' })
  readonly ingress: IsolationInDirectionView;

  @ApiField.object(() => IsolationInDirectionView, { about: 'From what goes out.' })
  readonly egress: IsolationInDirectionView;

  static of(this: void, { answer, ...basis }: Found<'isolation'>): IsolationView {
    return view(IsolationView, { ...ofScan(basis), ingress: IsolationInDirectionView.of(answer.ingress), egress: IsolationInDirectionView.of(answer.egress) });
  }
}

@View('WayIn', 'One way from outside of the cluster to a workload.')
export class WayInView {
  @ApiField.oneOf(wayEnum, { about: 'By what.' })
  readonly by: WayIn['by'];

  @ApiField.list(object(() => ResourceView), { about: 'The objects that it leads through.' })
  readonly through: readonly ResourceView[];

  @ApiField.text({ about: 'Host name of an Ingress.', isNullable: true })
  readonly host: string | null;

  @ApiField.text({ about: 'Path of an Ingress.', isNullable: true })
  readonly path: string | null;

  @ApiField.int({ about: 'Port outside.', isNullable: true })
  readonly port: number | null;

  @ApiField.int({ about: 'Port of the pod.' })
  readonly targetPort: number;

  @ApiField.text({ about: 'Protocol.' })
  readonly protocol: string;

  @ApiField.list(text(), { about: 'The only addresses that are let in, where it says so.', isNullable: true })
  readonly sources: readonly string[] | null;

  @ApiField.oneOf(statusEnum, { about: 'Whether policies let it through.' })
  readonly status: Status;

  static of(this: void, { by, through, host, path, port, targetPort, protocol, sources, status }: WayIn): WayInView {
    return view(WayInView, { by, through: through.map(ResourceView.of), host: host ?? null, path: path ?? null, port: port ?? null, targetPort, protocol, sources: sources ?? null, status });
  }
}

@View('ExposedWorkload', 'From how far a workload can be reached, and what it reaches that it should not.')
export class ExposedWorkloadView extends WorkloadNameView {
  @ApiField.oneOf(exposureEnum, { about: 'What is sure.' })
  readonly level: ExposureLevel;

  @ApiField.oneOf(exposureEnum, { about: 'As far as this it may be, for all that is known; null where it is certain.', isNullable: true })
  readonly mayBe: ExposureLevel | null;

  @ApiField.list(object(() => WayInView), { about: 'The ways in.' })
  readonly ways: readonly WayInView[];

  @ApiField.oneOf(statusEnum, { about: "Whether its pods reach the cloud's metadata address." })
  readonly metadata: Status;

  @ApiField.oneOf(statusEnum, { about: 'Whether its pods reach the API server.' })
  readonly controlPlane: Status;

  static of(this: void, { kind, namespace, name, exposure, sensitive }: ExposedWorkload): ExposedWorkloadView {
    return view(ExposedWorkloadView, {
      kind, namespace, name, level: exposure.level, mayBe: exposure.mayBe ?? null, ways: exposure.ways.map(WayInView.of),
      metadata: sensitive.metadata.status, controlPlane: sensitive.controlPlane.status,
    });
  }
}

@View('ExposureList', 'How exposed workloads are.')
export class ExposureListView extends OfScanView {
  @ApiField.list(object(() => ExposedWorkloadView), { about: 'By namespace and name, 5,000 at most.' })
  readonly workloads: readonly ExposedWorkloadView[];

  @ApiField.bool({ about: 'Some are left out: ask for one namespace.' })
  readonly isCut: boolean;

  static of(this: void, { answer, ...basis }: Found<'exposure'>): ExposureListView {
    return view(ExposureListView, { ...ofScan(basis), isCut: answer.isCut, workloads: answer.workloads.map(ExposedWorkloadView.of) });
  }
}

@View('ReachMapNode', 'Workloads of one namespace that the policies do not tell apart.')
export class ReachMapNodeView {
  @ApiField.text({ about: 'Name in this map; `internet` is outside.' })
  readonly id: string;

  @ApiField.text({ about: 'Their namespace.' })
  readonly namespace: string;

  @ApiField.list(text(), { about: 'Some of them by name.' })
  readonly workloads: readonly string[];

  @ApiField.int({ about: 'How many workloads.' })
  readonly count: number;

  @ApiField.int({ about: 'How many pods.' })
  readonly pods: number;
}

@View('ReachMapEdge', 'Who reaches whom.')
export class ReachMapEdgeView {
  @ApiField.text({ about: 'Node that opens the connection.' })
  readonly from: string;

  @ApiField.text({ about: 'Node that it is opened to.' })
  readonly to: string;

  @ApiField.object(() => ReachedPortsView, { about: 'On which ports.' })
  readonly ports: ReachedPortsView;
}

@View('ReachMap', 'What reaches what, workloads alike put together.')
export class ReachMapView extends OfScanView {
  @ApiField.list(object(() => ReachMapNodeView), { about: 'Who.' })
  readonly nodes: readonly ReachMapNodeView[];

  @ApiField.list(object(() => ReachMapEdgeView), { about: 'Reaches whom.' })
  readonly edges: readonly ReachMapEdgeView[];

  @ApiField.bool({ about: 'There is more than is shown: ask for some namespaces.' })
  readonly isCut: boolean;

  static of(this: void, { answer: { map }, ...basis }: Found<'map'>): ReachMapView {
    return view(ReachMapView, {
      ...ofScan(basis), isCut: map.isCut,
      nodes: map.nodes.map(({ id, namespace, workloads, count, pods }) => view(ReachMapNodeView, { id, namespace, workloads, count, pods })),
      edges: map.edges.map(({ from, to, ports }) => view(ReachMapEdgeView, { from, to, ports: ReachedPortsView.of(ports) })),
    });
  }
}

@View('WorkloadGroup', 'Some workloads.')
export class WorkloadGroupView {
  @ApiField.list(object(() => NamedWorkloadView), { about: 'Some of them.' })
  readonly workloads: readonly NamedWorkloadView[];

  @ApiField.int({ about: 'How many there are.' })
  readonly count: number;

  static of(this: void, { workloads, count }: WorkloadGroup): WorkloadGroupView {
    return view(WorkloadGroupView, { workloads: workloads.map(NamedWorkloadView.of), count });
  }
}

@View('NewlyReachable', 'What could not be reached before.')
export class NewlyReachableView {
  @ApiField.object(() => WorkloadGroupView, { about: 'Who reaches it.' })
  readonly from: WorkloadGroupView;

  @ApiField.object(() => WorkloadGroupView, { about: 'What is reached.' })
  readonly to: WorkloadGroupView;

  @ApiField.object(() => ReachedPortsView, { about: 'On which ports, and on which perhaps.' })
  readonly ports: ReachedPortsView;
}

@View('ReachabilityDifference', 'What changed between two scans.')
export class ReachabilityDifferenceView extends OfScanView {
  @ApiField.list(object(() => NewlyReachableView), { about: 'Between workloads that were there before.' })
  readonly newly: readonly NewlyReachableView[];

  @ApiField.object(() => WorkloadGroupView, { about: 'Workloads that were not there before.' })
  readonly added: WorkloadGroupView;

  @ApiField.object(() => WorkloadGroupView, { about: 'Workloads that are gone.' })
  readonly removed: WorkloadGroupView;

  @ApiField.bool({ about: 'There is more than is shown.' })
  readonly isCut: boolean;

  static of(this: void, { answer: { newly, added, removed, isCut }, ...basis }: Found<'difference'>): ReachabilityDifferenceView {
    return view(ReachabilityDifferenceView, {
      ...ofScan(basis), isCut, added: WorkloadGroupView.of(added), removed: WorkloadGroupView.of(removed),
      newly: newly.map(({ from, to, allowed, unknown }) => view(NewlyReachableView, { from: WorkloadGroupView.of(from), to: WorkloadGroupView.of(to), ports: ReachedPortsView.of({ allowed, unknown }) })),
    });
  }
}
