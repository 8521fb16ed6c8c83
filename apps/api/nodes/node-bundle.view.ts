import { isStale, type NodeBundle } from '#application/nodes/node-bundle.js';
import { ApiField } from '../schema/api-field.js';
import { object } from '../schema/fields.js';
import { pageViews } from '../schema/page.js';
import { Parameters, View, view } from '../schema/shapes.js';

const aboutRetired = 'The machine is gone for good. Without this, what was found on a machine outside of the cluster stays open.';

@Parameters()
export class DeleteNodeBundleParameters {
  @ApiField.bool({ about: aboutRetired, isOptional: true })
  readonly retired?: boolean;
}

@View('NodeBundle', 'What a node collector sent of one node, without the evidence itself.')
export class NodeBundleView {
  @ApiField.id({ about: 'Id of this bundle; the next one of the node has another.' })
  readonly id: string;

  @ApiField.id({ about: 'The cluster that it is of.' })
  readonly clusterId: string;

  @ApiField.text({ about: 'Name of the node.' })
  readonly node: string;

  @ApiField.int({ about: "Which of the node's bundles it is, from 1 on." })
  readonly sequence: number;

  @ApiField.time({ about: "When it was collected, by the node's clock." })
  readonly collectedAt: Date;

  @ApiField.time({ about: 'When it was received.' })
  readonly receivedAt: Date;

  @ApiField.long({ about: 'Seconds since it was collected.' })
  readonly ageSeconds: number;

  @ApiField.bool({ about: 'It is older than 36 hours: the collector that sends twice a day was missed three times.' })
  readonly isStale: boolean;

  @ApiField.text({ about: 'Version of the collector.' })
  readonly collector: string;

  @ApiField.bool({ about: "Signed by an enrolment key of the cluster; where not, `uploadedBy` answers for it." })
  readonly isSigned: boolean;

  @ApiField.id({ about: 'The enrolment key that signed it.', isNullable: true })
  readonly enrolmentKeyId: string | null;

  @ApiField.id({ about: 'The API key that uploaded it; null where it came by its signature alone.', isNullable: true })
  readonly uploadedBy: string | null;

  @ApiField.text({ about: 'SHA-256 of the evidence: the same evidence has the same.' })
  readonly digest: string;

  @ApiField.int({ about: 'Bytes of the evidence.' })
  readonly size: number;

  @ApiField.text({ about: 'Pseudonym of the machine within the cluster; null where it has no machine id.', isNullable: true })
  readonly machine: string | null;

  @ApiField.bool({ about: 'The bundle before came from another machine of that name: it was reinstalled, or two nodes have one name.' })
  readonly isOtherMachine: boolean;

  static of(this: void, bundle: NodeBundle): NodeBundleView {
    const { id, clusterId, node, sequence, collectedAt, receivedAt, collector, isSigned, enrolmentKeyId, uploadedBy, digest, size, machine, isOtherMachine } = bundle;
    const now = new Date();
    // A node's clock may be some minutes ahead.
    const ageSeconds = Math.max(0, Math.floor((now.getTime() - collectedAt.getTime()) / 1_000));
    return view(NodeBundleView, {
      id, clusterId, node, sequence, collectedAt, receivedAt, ageSeconds, isStale: isStale(bundle, now), collector, isSigned, enrolmentKeyId, uploadedBy, digest, size, machine, isOtherMachine,
    });
  }
}

export const nodeBundlePages = pageViews<NodeBundle, NodeBundleView>('NodeBundle', NodeBundleView, NodeBundleView.of);

@View('NodeBundleHistory', 'The last bundles of one node. Of the present one the evidence is kept, of the others what stands here.')
export class NodeBundleHistoryView {
  @ApiField.object(() => NodeBundleView, { about: 'The present one.' })
  readonly present: NodeBundleView;

  @ApiField.list(object(() => NodeBundleView), { about: 'Those before it, newest first; up to 19.' })
  readonly earlier: readonly NodeBundleView[];

  static of(this: void, [present, ...earlier]: readonly [NodeBundle, ...NodeBundle[]]): NodeBundleHistoryView {
    return view(NodeBundleHistoryView, { present: NodeBundleView.of(present), earlier: earlier.map(NodeBundleView.of) });
  }
}
