import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '#application/caller.js';
import { EventsService } from '#application/events/events.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { eventPages, EventView, ListEventsParameters } from './event.view.js';

@Controller('v1/events')
@ApiTags('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @Operation({
    id: 'listEvents',
    summary: 'Read the feed: what happened, in order and without gaps',
    about: 'Oldest first. `after` takes a cursor, or the position of an event as webhooks carry it. Keep `pageInfo.endCursor` and ask again: it is also there when nothing new has happened.',
    scope: 'events:read',
    returns: eventPages.List,
    problems: [400, 422],
  })
  list(@AsCaller() caller: Caller, @Query() parameters: ListEventsParameters) {
    return this.events.feed(caller, parameters).then(eventPages.listOf);
  }

  @Get(':id')
  @Operation({ id: 'getEvent', summary: 'Get an event', scope: 'events:read', returns: EventView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.events.get(caller, id).then(EventView.of);
  }
}
