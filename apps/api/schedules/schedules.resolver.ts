import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import type { ScheduleKind } from '#application/schedules/schedule.js';
import { SchedulesService } from '#application/schedules/schedules.service.js';
import { AsCaller } from '../access/principal.js';
import { scheduleKindEnum } from './schedule-kind-enum.js';
import { PutScheduleInput, ScheduleView } from './schedule.view.js';

const kindArgument = { type: () => scheduleKindEnum.members, nullable: true, description: 'That of posture where not given.' };

@Resolver(() => ScheduleView)
export class SchedulesResolver {
  constructor(private readonly service: SchedulesService) {}

  @Query(() => ScheduleView, { description: "A cluster's schedule." })
  schedule(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('kind', kindArgument) kind?: ScheduleKind | null) {
    return this.service.get(caller, clusterId, kind ?? undefined).then(ScheduleView.of);
  }

  @Query(() => [ScheduleView], { description: "A cluster's schedules, of posture and of benchmarks." })
  async schedules(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string) {
    return (await this.service.list(caller, clusterId)).map(ScheduleView.of);
  }

  @Mutation(() => ScheduleView, { description: "Sets a cluster's schedule." })
  putSchedule(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('input') input: PutScheduleInput) {
    return this.service.put(caller, clusterId, input).then(ScheduleView.of);
  }

  @Mutation(() => ID, { description: "Deletes a cluster's schedule; answers with the cluster's id." })
  async deleteSchedule(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('kind', kindArgument) kind?: ScheduleKind | null) {
    await this.service.delete(caller, clusterId, kind ?? undefined);
    return clusterId;
  }
}
