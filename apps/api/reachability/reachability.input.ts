import { invalid } from '#application/app-error.js';
import type { PairQuery, ReachQuestion } from '#application/reachability/reachability-questions.js';
import { OfScanParameters } from '../scans/of-scan.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { Input, Parameters } from '../schema/shapes.js';

/** By how many pairs one request may ask. */
const MOST_PAIRS = 10_000;
const party = { maxLength: 600, minLength: 1, example: 'shop/web' };
const directionEnum = namedEnum('ReachDirection', ['from', 'to'] as const, 'Whose end is asked about: what they reach (`from`), or what reaches them (`to`).');

@Input('PairInput', 'A connection that somebody may open.')
export class PairInput {
  @ApiField.text({ about: '`namespace/name` of a pod or workload, `namespace/Kind/name`, or an address.', ...party })
  readonly from: string;

  @ApiField.text({ about: 'The same.', ...party })
  readonly to: string;

  @ApiField.int({ about: 'Port of the destination.', min: 1, max: 65_535 })
  readonly port: number;

  @ApiField.text({ about: 'TCP, UDP or SCTP; TCP where left out.', isOptional: true, maxLength: 10 })
  readonly protocol?: string;

  static read(this: void, { from, to, port, protocol = 'TCP' }: PairInput): PairQuery {
    return { from, to, port, protocol };
  }
}

@Input('PairsInput', 'Connections, answered in order.')
export class PairsInput {
  @ApiField.list(object(() => PairInput), { about: 'The connections.', max: MOST_PAIRS })
  readonly pairs: readonly PairInput[];
}

@Input('ReachInput', 'Of whom all connections are asked: exactly one of party, namespace and outside.')
export class ReachInput {
  @ApiField.text({ about: '`namespace/name` of a pod or workload, `namespace/Kind/name`, or an address.', isOptional: true, ...party })
  readonly party?: string;

  @ApiField.text({ about: 'All of a namespace.', isOptional: true, maxLength: 253, minLength: 1 })
  readonly namespace?: string;

  @ApiField.bool({ about: 'Everything that is not of the cluster.', isOptional: true })
  readonly outside?: boolean;

  @ApiField.oneOf(directionEnum, { about: 'Which way.' })
  readonly direction: 'from' | 'to';

  @ApiField.int({ about: 'Only on this port.', isOptional: true, min: 1, max: 65_535 })
  readonly port?: number;

  @ApiField.text({ about: 'Of the port: TCP, UDP or SCTP; TCP where left out.', isOptional: true, maxLength: 10 })
  readonly protocol?: string;

  static read(this: void, { party: one, namespace, outside, direction, port, protocol = 'TCP' }: ReachInput): ReachQuestion {
    const of = [...(one === undefined ? [] : [{ party: one }]), ...(namespace === undefined ? [] : [{ namespace }]), ...(outside === true ? [{ outside: true as const }] : [])];
    if (of.length !== 1) throw invalid('invalid-input', 'The input cannot be used as given.', [{ pointer: '', detail: 'exactly one of party, namespace and outside' }]);
    return { of: of[0]!, direction, ...(port !== undefined && { port: { port, protocol } }) };
  }
}

@Parameters()
export class PartyParameters extends OfScanParameters {
  @ApiField.text({ about: '`namespace/name` of a pod or workload, or `namespace/Kind/name`.', ...party })
  readonly party: string;
}

@Parameters()
export class NamespaceParameters extends OfScanParameters {
  @ApiField.text({ about: 'Only this one.', isOptional: true, maxLength: 253, minLength: 1 })
  readonly namespace?: string;
}

@Parameters()
export class NamespacesParameters extends OfScanParameters {
  @ApiField.list(text({ maxLength: 253 }), { about: 'Only these.', isOptional: true, max: 100 })
  readonly namespaces?: readonly string[];
}
