import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { ControlsService } from '#application/controls/controls.service.js';
import { AsCaller } from '../access/principal.js';
import { ControlView, ListControlsParameters } from './control.view.js';
import { FrameworkListView, FrameworkView } from './framework.view.js';

@Resolver(() => ControlView)
export class ControlsResolver {
  constructor(private readonly service: ControlsService) {}

  @Query(() => [ControlView], { description: 'The catalogue.' })
  controls(@AsCaller() caller: Caller, @Args() filter: ListControlsParameters) {
    return this.service.list(caller, filter).map(ControlView.of);
  }

  @Query(() => ControlView, { description: 'One control, by its id or an earlier one.' })
  control(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return ControlView.of(this.service.get(caller, id));
  }

  @Query(() => [FrameworkView], { description: 'Frameworks with their items, and the controls that answer them.' })
  frameworks(@AsCaller() caller: Caller) {
    return FrameworkListView.of(this.service.list(caller)).items;
  }
}
