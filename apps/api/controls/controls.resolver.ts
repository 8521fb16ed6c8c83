import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { ControlsService } from '#application/controls/controls.service.js';
import { AsCaller } from '../access/principal.js';
import { ControlView, ListControlsParameters } from './control.view.js';

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
}
