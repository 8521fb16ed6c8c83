import { eventTypes, type Event, type EventType } from '#application/events/event.js';
import type { PageRequest } from '#application/paging.js';
import type { Severity } from '#controls/engine/control.js';
import { severityEnum } from '../controls/control-enums.js';
import { ApiField } from '../schema/api-field.js';
import { oneOf } from '../schema/field-type.js';
import { namedEnum } from '../schema/named-enum.js';
import { PageParameters, pageViews } from '../schema/page.js';
import { Parameters, View, view } from '../schema/shapes.js';

export const eventTypeEnum = namedEnum('EventType', eventTypes, 'What happened.');

@View('Event', 'One thing that happened, as the feed and every webhook tell it.')
export class EventView {
  @ApiField.id({ about: 'Its id; the same in webhooks.' })
  readonly id: string;

  @ApiField.long({ about: "Its place in the organisation's feed: 1, 2, 3 … without gaps." })
  readonly position: number;

  @ApiField.oneOf(eventTypeEnum, { about: 'What happened.' })
  readonly type: EventType;

  @ApiField.id({ about: 'The cluster it is about.', isNullable: true })
  readonly clusterId: string | null;

  @ApiField.id({ about: 'The scan that noticed.', isNullable: true })
  readonly scanId: string | null;

  @ApiField.id({ about: 'The finding it is about.', isNullable: true })
  readonly findingId: string | null;

  @ApiField.oneOf(severityEnum, { about: "The finding's severity.", isNullable: true })
  readonly severity: Severity | null;

  @ApiField.bool({ about: "Belongs to the cluster's first complete scan." })
  readonly isBaseline: boolean;

  @ApiField.json({ about: 'More about it, by type.', schema: { type: 'object', additionalProperties: true } })
  readonly data: Readonly<Record<string, unknown>>;

  @ApiField.time({ about: 'When it happened.' })
  readonly createdAt: Date;

  static of(this: void, { id, position, type, clusterId, scanId, findingId, severity, isBaseline, data, createdAt }: Event): EventView {
    return view(EventView, { id, position, type, clusterId, scanId, findingId, severity, isBaseline, data, createdAt });
  }
}

export const eventPages = pageViews<Event, EventView>('Event', EventView, EventView.of);

@Parameters()
export class ListEventsParameters extends PageParameters implements PageRequest {
  @ApiField.list(oneOf(eventTypeEnum), { about: 'Only of these types.', isOptional: true, max: eventTypes.length })
  readonly types?: readonly EventType[];
}
