import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { SchedulesService } from '#application/schedules/schedules.service.js';
import { AsCaller } from '../access/principal.js';
import { PutScheduleInput, ScheduleView } from './schedule.view.js';

@Resolver(() => ScheduleView)
export class SchedulesResolver {
  constructor(private readonly service: SchedulesService) {}

  @Query(() => ScheduleView, { description: "A cluster's schedule." })
  schedule(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string) {
    return this.service.get(caller, clusterId).then(ScheduleView.of);
  }

  @Mutation(() => ScheduleView, { description: "Sets a cluster's schedule." })
  putSchedule(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('input') input: PutScheduleInput) {
    return this.service.put(caller, clusterId, input).then(ScheduleView.of);
  }

  @Mutation(() => ID, { description: "Deletes a cluster's schedule; answers with the cluster's id." })
  async deleteSchedule(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string) {
    await this.service.delete(caller, clusterId);
    return clusterId;
  }
}
